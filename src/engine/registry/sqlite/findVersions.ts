/** Pages of model versions; their tags and aliases are read for the versions of the page alone. */
import type { ModelVersion } from '../../../protocol/model.ts';
import type { Page } from '../../tracking/store/pages.ts';
import { asNumber, asText, optional, type Row, type Snapshot } from '../../tracking/sqlite/mlflowDatabase.ts';
import { inWorkspace } from '../../tracking/sqlite/workspace.ts';
import type { VersionQuery } from '../store/registryStore.ts';

/** MLflow keeps a deleted version's row, with its content taken out. */
export const deletedStage = 'Deleted_Internal';
/** What MLflow writes for a version in no stage. */
export const noStage = 'None';

const defaultLimit = 1000;
const statuses = ['READY', 'PENDING_REGISTRATION', 'FAILED_REGISTRATION'] as const satisfies readonly ModelVersion['status'][];

interface VersionPlaces extends Omit<VersionQuery, 'model'> {
  readonly models?: readonly string[];
  readonly version?: number;
  readonly alias?: string;
}

export function findVersionPage(snapshot: Snapshot, query: VersionPlaces): Page<ModelVersion> {
  if (!snapshot.tables.has('model_versions')) return { items: [] };
  const limit = query.limit ?? defaultLimit;
  const { texts, values } = conditionsOf(snapshot, query);
  const column = (name: string): string => optional(snapshot, 'model_versions', name, 'v');
  const found = snapshot.all(
    `SELECT v.name, v.version, CAST(v.creation_time AS REAL) AS created, v.description, v.current_stage, v.run_id,
       coalesce(${column('storage_location')}, v.source) AS source, ${column('status')} AS status, ${column('status_message')} AS status_message
     FROM model_versions v WHERE ${texts.join(' AND ')} ${inWorkspace(snapshot.tables, 'model_versions', 'v')}
     ORDER BY v.name, v.version DESC ${limit === Infinity ? '' : `LIMIT ${limit + 1}`}`,
    ...values,
  );
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const items = toVersions(snapshot, rows);
  return last === undefined ? { items } : { items, nextPage: `${versionOf(last)} ${nameOf(last)}` };
}

/** The condition that a name is not that of a prompt. */
export function isNoPrompt({ tables }: Snapshot, name: string): string {
  if (!tables.has('registered_model_tags')) return '1';
  return `NOT EXISTS (SELECT 1 FROM registered_model_tags t WHERE t.name = ${name}
    AND t."key" = 'mlflow.prompt.is_prompt' AND lower(t.value) = 'true' ${inWorkspace(tables, 'registered_model_tags', 't')})`;
}

function conditionsOf(
  snapshot: Snapshot,
  query: VersionPlaces,
): { readonly texts: readonly string[]; readonly values: (string | number)[] } {
  const texts = [`coalesce(v.current_stage, '') <> '${deletedStage}'`];
  const values: (string | number)[] = [];
  const where = (text: string, ...bound: (string | number)[]): void => {
    texts.push(text);
    values.push(...bound);
  };
  const has = (table: string, condition: string): string =>
    snapshot.tables.has(table)
      ? `EXISTS (SELECT 1 FROM ${table} x WHERE x.name = v.name AND x.version = v.version AND ${condition} ${inWorkspace(snapshot.tables, table, 'x')})`
      : '0';
  const models = `SELECT x.name FROM registered_models x WHERE ${isNoPrompt(snapshot, 'x.name')} ${inWorkspace(snapshot.tables, 'registered_models', 'x')}`;
  if (query.models === undefined) where(`v.name IN (${models})`);
  else where(`v.name IN (${models} AND x.name IN (SELECT value FROM json_each(?)))`, JSON.stringify(query.models));
  if (query.version !== undefined) where('v.version = ?', query.version);
  if (query.alias !== undefined) where(has('registered_model_aliases', 'x.alias = ?'), query.alias);
  if (query.runIds !== undefined) where('v.run_id IN (SELECT value FROM json_each(?))', JSON.stringify(query.runIds));
  for (const [key, value] of Object.entries(query.tags ?? {})) where(has('model_version_tags', 'x."key" = ? AND x.value = ?'), key, value);
  if (query.page !== undefined) {
    const [version = '', ...words] = query.page.split(' ');
    const name = words.join(' ');
    where('(v.name > ? OR (v.name = ? AND v.version < ?))', name, name, Number(version));
  }
  return { texts, values };
}

function toVersions(snapshot: Snapshot, rows: readonly Row[]): readonly ModelVersion[] {
  const tags = byVersion(snapshot, rows, { table: 'model_version_tags', columns: '"key", value' });
  const aliases = byVersion(snapshot, rows, { table: 'registered_model_aliases', columns: 'alias AS "key"' });
  return rows.map((row) => ({
    model: nameOf(row),
    version: versionOf(row),
    createdAt: asNumber(row.created) ?? 0,
    description: asText(row.description),
    runId: asText(row.run_id),
    source: asText(row.source) ?? '',
    status: statuses.find((status) => status === asText(row.status)) ?? 'READY',
    statusMessage: asText(row.status_message),
    stage: stageIn(row),
    tags: textsOf(tags.get(placeOf(row))),
    aliases: (aliases.get(placeOf(row)) ?? []).map((alias) => asText(alias.key) ?? ''),
  }));
}

function byVersion(
  snapshot: Snapshot,
  versions: readonly Row[],
  { table, columns }: { readonly table: string; readonly columns: string },
): ReadonlyMap<string, readonly Row[]> {
  if (!snapshot.tables.has(table) || versions.length === 0) return new Map();
  const [names, numbers] = [[...new Set(versions.map(nameOf))], versions.map(versionOf).sort((a, b) => a - b)];
  // A range finds in one pass what is wanted, and of several models perhaps more, which nobody asks for.
  const rows = snapshot.all(
    `SELECT x.name, x.version, ${columns} FROM ${table} x WHERE x.name IN (SELECT value FROM json_each(?))
       AND x.version BETWEEN ? AND ? ${inWorkspace(snapshot.tables, table, 'x')} ORDER BY 3`,
    JSON.stringify(names),
    numbers[0] ?? 0,
    numbers.at(-1) ?? 0,
  );
  return Map.groupBy(rows, placeOf);
}

/** Tags by the name of what carries them. */
export function textsByName(
  snapshot: Snapshot,
  table: 'registered_model_tags',
  names: readonly string[],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  if (!snapshot.tables.has(table)) return new Map();
  const rows = snapshot.all(
    `SELECT x.name, x."key", x.value FROM ${table} x
     WHERE x.name IN (SELECT value FROM json_each(?)) ${inWorkspace(snapshot.tables, table, 'x')} ORDER BY 2`,
    JSON.stringify(names),
  );
  return new Map([...Map.groupBy(rows, nameOf)].map(([name, own]) => [name, textsOf(own)]));
}

function textsOf(rows: readonly Row[] | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((rows ?? []).map((row) => [asText(row.key) ?? '', asText(row.value) ?? '']));
}

function stageIn(row: Row): string | undefined {
  const stage = asText(row.current_stage);
  return stage === noStage || stage === '' ? undefined : stage;
}

function nameOf(row: Row): string {
  return asText(row.name) ?? '';
}

function versionOf(row: Row): number {
  return asNumber(row.version) ?? 0;
}

function placeOf(row: Row): string {
  return `${versionOf(row)} ${nameOf(row)}`;
}
