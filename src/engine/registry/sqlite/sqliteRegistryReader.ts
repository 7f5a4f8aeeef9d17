/** Registered models as MLflow's database holds them, whatever its version; of its workspaces, ours. */
import type { ModelVersion, RegisteredModel } from '../../../protocol/model.ts';
import { asNumber, asText, MlflowDatabase, type Row, type Snapshot } from '../../tracking/sqlite/mlflowDatabase.ts';
import { inWorkspace } from '../../tracking/sqlite/workspace.ts';
import type { RegistryReader } from '../store/registryStore.ts';

/** MLflow keeps a deleted version's row, with its content taken out. */
export const deletedStage = 'Deleted_Internal';
/** What MLflow writes for a version in no stage. */
export const noStage = 'None';

const statuses = ['READY', 'PENDING_REGISTRATION', 'FAILED_REGISTRATION'] as const satisfies readonly ModelVersion['status'][];

export class SqliteRegistryReader implements RegistryReader {
  readonly #database: MlflowDatabase;

  constructor(path: string) {
    this.#database = new MlflowDatabase(path);
  }

  async models(): Promise<readonly RegisteredModel[]> {
    return this.#database.read((snapshot) => findModels(snapshot), []);
  }

  async model(name: string): Promise<RegisteredModel | undefined> {
    return this.#database.read((snapshot) => findModels(snapshot, name).at(0), undefined);
  }

  async version(name: string, version: number): Promise<ModelVersion | undefined> {
    return (await this.model(name))?.versions.find((found) => found.version === version);
  }

  async alias(name: string, alias: string): Promise<ModelVersion | undefined> {
    return (await this.model(name))?.versions.find((found) => found.aliases.includes(alias));
  }

  async revision(): Promise<number> {
    return this.#database.revision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

function findModels(snapshot: Snapshot, name?: string): RegisteredModel[] {
  if (!snapshot.tables.has('registered_models')) return [];
  const select = (table: string, columns: string, order: string): readonly Row[] => {
    if (!snapshot.tables.has(table)) return [];
    const conditions = ['1', ...(name === undefined ? [] : ['name = ?'])];
    const where = `WHERE ${conditions.join(' AND ')} ${inWorkspace(snapshot.tables, table)}`;
    return snapshot.all(`SELECT ${columns} FROM ${table} ${where} ORDER BY ${order}`, ...(name === undefined ? [] : [name]));
  };
  const versionColumns = snapshot.tables.get('model_versions');
  const optional = (column: string): string => (versionColumns?.has(column) === true ? column : 'NULL');
  const location = versionColumns?.has('storage_location') === true ? 'coalesce(storage_location, source)' : 'source';
  const tags = grouped(select('registered_model_tags', 'name, "key", value', '"key"'), nameOf);
  const versionTags = grouped(select('model_version_tags', 'name, version, "key", value', '"key"'), versionOf);
  const aliases = grouped(select('registered_model_aliases', 'name, alias, version', 'alias'), versionOf);
  const versions = grouped(
    select(
      'model_versions',
      `name, version, CAST(creation_time AS REAL) AS created, description, current_stage, run_id, ${location} AS source,
       ${optional('status')} AS status, ${optional('status_message')} AS status_message`,
      'version DESC',
    ).filter((row) => row.current_stage !== deletedStage),
    nameOf,
  );
  return select(
    'registered_models',
    'name, CAST(creation_time AS REAL) AS created, CAST(last_updated_time AS REAL) AS updated, description',
    'name',
  )
    .map((row) => ({ row, tags: entries(tags.get(nameOf(row))) }))
    .filter((model) => model.tags['mlflow.prompt.is_prompt']?.toLowerCase() !== 'true')
    .map((model) => ({
      name: nameOf(model.row),
      description: asText(model.row.description),
      createdAt: asNumber(model.row.created) ?? 0,
      updatedAt: asNumber(model.row.updated) ?? asNumber(model.row.created) ?? 0,
      tags: model.tags,
      versions: (versions.get(nameOf(model.row)) ?? []).map((row) => ({
        model: nameOf(row),
        version: asNumber(row.version) ?? 0,
        createdAt: asNumber(row.created) ?? 0,
        description: asText(row.description),
        runId: asText(row.run_id),
        source: asText(row.source) ?? '',
        status: statuses.find((status) => status === asText(row.status)) ?? 'READY',
        statusMessage: asText(row.status_message),
        stage: stageIn(row),
        tags: entries(versionTags.get(versionOf(row))),
        aliases: (aliases.get(versionOf(row)) ?? []).map((alias) => asText(alias.alias) ?? ''),
      })),
    }));
}

function stageIn(row: Row): string | undefined {
  const stage = asText(row.current_stage);
  return stage === noStage || stage === '' ? undefined : stage;
}

function nameOf(row: Row): string {
  return asText(row.name) ?? '';
}

function versionOf(row: Row): string {
  return `${asText(row.version) ?? ''} ${nameOf(row)}`;
}

function grouped(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, keyOf);
}

function entries(rows: readonly Row[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((rows ?? []).map((row) => [asText(row.key) ?? '', asText(row.value) ?? '']));
}
