/** Registered models as MLflow's database holds them, whatever its version; of its workspaces, ours. */
import type { ModelVersion, RegisteredModel } from '../../../protocol/model.ts';
import type { Page, PageQuestion, Question } from '../../tracking/store/pages.ts';
import { asNumber, asText, MlflowDatabase, type Row, type Snapshot } from '../../tracking/sqlite/mlflowDatabase.ts';
import { inWorkspace } from '../../tracking/sqlite/workspace.ts';
import type { RegistryReader, VersionQuery } from '../store/registryStore.ts';
import { findVersionPage, isNoPrompt, textsByName } from './findVersions.ts';

const defaultLimit = 100;

export class SqliteRegistryReader implements RegistryReader {
  readonly #database: MlflowDatabase;

  constructor(path: string) {
    this.#database = new MlflowDatabase(path);
  }

  async models(question: PageQuestion = {}): Promise<Page<RegisteredModel>> {
    return this.#read((snapshot) => findModelPage(snapshot, question), { items: [] }, question);
  }

  async model(name: string, question: Question = {}): Promise<RegisteredModel | undefined> {
    return this.#read((snapshot) => findModelPage(snapshot, { name }).items[0], undefined, question);
  }

  async versions(query: VersionQuery = {}): Promise<Page<ModelVersion>> {
    const { model, ...others } = query;
    const models = model === undefined ? {} : { models: [model] };
    return this.#read((snapshot) => findVersionPage(snapshot, { ...others, ...models }), { items: [] }, query);
  }

  async version(name: string, version: number, question: Question = {}): Promise<ModelVersion | undefined> {
    return this.#read((snapshot) => findVersionPage(snapshot, { models: [name], version }).items[0], undefined, question);
  }

  async alias(name: string, alias: string, question: Question = {}): Promise<ModelVersion | undefined> {
    return this.#read((snapshot) => findVersionPage(snapshot, { models: [name], alias }).items[0], undefined, question);
  }

  async revision(): Promise<number> {
    return this.#database.revision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  async #read<T>(work: (snapshot: Snapshot) => T, absent: T, { signal }: Question): Promise<T> {
    return this.#database.read((snapshot) => (snapshot.tables.has('registered_models') ? work(snapshot) : absent), absent, signal);
  }
}

function findModelPage(snapshot: Snapshot, query: PageQuestion & { readonly name?: string }): Page<RegisteredModel> {
  const limit = query.limit ?? defaultLimit;
  const conditions = [
    ...(query.name === undefined ? [] : [['m.name = ?', query.name] as const]),
    ...(query.page === undefined ? [] : [['m.name > ?', query.page] as const]),
  ];
  const found = snapshot.all(
    `SELECT m.name, CAST(m.creation_time AS REAL) AS created, CAST(m.last_updated_time AS REAL) AS updated, m.description
     FROM registered_models m WHERE ${[isNoPrompt(snapshot, 'm.name'), ...conditions.map(([text]) => text)].join(' AND ')}
       ${inWorkspace(snapshot.tables, 'registered_models', 'm')} ORDER BY m.name LIMIT ?`,
    ...conditions.map(([, value]) => value),
    limit + 1,
  );
  const rows = found.slice(0, limit);
  const names = rows.map(nameOf);
  const tags = textsByName(snapshot, 'registered_model_tags', names);
  const versions = Map.groupBy(findVersionPage(snapshot, { models: names, limit: Infinity }).items, ({ model }) => model);
  const items = rows.map((row) => toModel(row, { tags: tags.get(nameOf(row)) ?? {}, versions: versions.get(nameOf(row)) ?? [] }));
  return found.length > limit ? { items, nextPage: names.at(-1) } : { items };
}

function toModel(row: Row, { tags, versions }: Pick<RegisteredModel, 'tags' | 'versions'>): RegisteredModel {
  return {
    name: nameOf(row),
    description: asText(row.description),
    createdAt: asNumber(row.created) ?? 0,
    updatedAt: asNumber(row.updated) ?? asNumber(row.created) ?? 0,
    tags,
    versions,
  };
}

function nameOf(row: Row): string {
  return asText(row.name) ?? '';
}
