/** Runs as MLflow's database holds them, whatever its version. */
import type { MetricPoint, Run, RunInput, RunStatus, RunSummary } from '../../../protocol/run.ts';
import { metricValue } from '../store/entryLimits.ts';
import { loggedModelsByRun, modelHistoryTag, modelsInTag } from './loggedModels.ts';
import { asNumber, asText, MlflowDatabase, type Row, type Snapshot } from './mlflowDatabase.ts';
import type { RunQuery, TrackingReader } from '../store/trackingStore.ts';
import { inWorkspace } from './workspace.ts';

const statuses: readonly string[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] satisfies readonly RunStatus[];

export class SqliteTrackingReader implements TrackingReader {
  readonly #database: MlflowDatabase;

  constructor(path: string) {
    this.#database = new MlflowDatabase(path);
  }

  async summaries(query: RunQuery = {}): Promise<readonly RunSummary[]> {
    return this.#database.read((snapshot) => findSummaries(snapshot, query), []);
  }

  async runs(query: RunQuery = {}): Promise<readonly Run[]> {
    return this.#database.read((snapshot) => withMeasurements(snapshot, findSummaries(snapshot, query)), []);
  }

  async run(id: string): Promise<Run | undefined> {
    return this.#database.read(
      (snapshot) => withMeasurements(snapshot, findSummaries(snapshot, { id, includeDeleted: true })).at(0),
      undefined,
    );
  }

  async metricHistory(runId: string, metric: string): Promise<readonly MetricPoint[]> {
    return this.#database.read((snapshot) => {
      const isNan = optional(snapshot, 'metrics', 'is_nan');
      const step = optional(snapshot, 'metrics', 'step');
      return rowsOf(
        snapshot,
        'metrics',
        `SELECT CAST(${step} AS REAL) AS step, CAST(timestamp AS REAL) AS timestamp, value, ${isNan} AS is_nan FROM metrics
         WHERE run_uuid = ? AND "key" = ? ORDER BY 1, 2, 3`,
        runId,
        metric,
      ).map((row) => ({ step: asNumber(row.step) ?? 0, timestamp: asNumber(row.timestamp) ?? 0, value: valueOf(row) }));
    }, []);
  }

  async isHalfDone(): Promise<boolean> {
    return this.#database.isHalfDone();
  }

  async revision(): Promise<number> {
    return this.#database.revision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

/** NULL instead of a column that this database's version does not have. */
function optional(snapshot: Snapshot, table: string, column: string, alias = table): string {
  return snapshot.tables.get(table)?.has(column) === true ? `${alias}."${column}"` : 'NULL';
}

/** No rows where the table is missing. */
function rowsOf(snapshot: Snapshot, table: string, sql: string, ...values: readonly string[]): readonly Row[] {
  return snapshot.tables.has(table) ? snapshot.all(sql, ...values) : [];
}

function findSummaries(snapshot: Snapshot, query: RunQuery & { readonly id?: string }): RunSummary[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, ...bound: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (query.id !== undefined) where('r.run_uuid = ?', query.id);
  if (query.experiment !== undefined) where('e.name = ?', query.experiment);
  if (query.includeDeleted !== true)
    where(`coalesce(r.lifecycle_stage, 'active') <> 'deleted' AND coalesce(e.lifecycle_stage, 'active') <> 'deleted'`);
  const hasTags = snapshot.tables.has('tags');
  const tags = { ...query.tags, ...(query.parentId === undefined ? {} : { 'mlflow.parentRunId': query.parentId }) };
  for (const [key, value] of Object.entries(tags)) {
    if (!hasTags) return [];
    where('EXISTS (SELECT 1 FROM tags t WHERE t.run_uuid = r.run_uuid AND t."key" = ? AND t.value = ?)', key, value);
  }
  if (query.topLevel === true && hasTags) {
    const listed = query.includeDeleted === true ? '' : `AND coalesce(p.lifecycle_stage, 'active') <> 'deleted'`;
    where(`NOT EXISTS (SELECT 1 FROM tags t JOIN runs p ON p.run_uuid = t.value
      WHERE t.run_uuid = r.run_uuid AND t."key" = 'mlflow.parentRunId' ${listed})`);
  }
  const parent = hasTags ? `(SELECT p.value FROM tags p WHERE p.run_uuid = r.run_uuid AND p."key" = 'mlflow.parentRunId')` : 'NULL';
  const sql = `SELECT r.run_uuid AS id, ${optional(snapshot, 'runs', 'name', 'r')} AS name, r.experiment_id, e.name AS experiment, r.status,
      CAST(r.start_time AS REAL) AS started, CAST(r.end_time AS REAL) AS ended, r.artifact_uri, ${parent} AS parent,
      coalesce(r.lifecycle_stage, 'active') = 'deleted' OR coalesce(e.lifecycle_stage, 'active') = 'deleted' AS deleted
    FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id
    WHERE ${['1', ...conditions].join(' AND ')} ${inWorkspace(snapshot.tables, 'experiments', 'e')}
    ORDER BY r.start_time DESC, r.run_uuid ${query.limit === undefined ? '' : 'LIMIT ?'}`;
  if (query.limit !== undefined) values.push(query.limit);
  return snapshot.all(sql, ...values).map(toSummary);
}

function toSummary(row: Row): RunSummary {
  const id = asText(row.id) ?? '';
  const status = asText(row.status) ?? '';
  return {
    id,
    name: asText(row.name) ?? id,
    experimentId: asText(row.experiment_id) ?? '',
    experimentName: asText(row.experiment) ?? '',
    status: isStatus(status) ? status : 'RUNNING',
    startedAt: asNumber(row.started) ?? 0,
    endedAt: asNumber(row.ended),
    deleted: row.deleted === 1,
    parentId: asText(row.parent),
    artifactUri: asText(row.artifact_uri) ?? '',
  };
}

function isStatus(text: string): text is RunStatus {
  return statuses.includes(text);
}

/** Adds what was logged, with one query per kind, however many runs there are. */
function withMeasurements(snapshot: Snapshot, summaries: readonly RunSummary[]): Run[] {
  const ids = JSON.stringify(summaries.map(({ id }) => id));
  const inRuns = 'run_uuid IN (SELECT value FROM json_each(?))';
  const params = byRun(rowsOf(snapshot, 'params', `SELECT run_uuid, "key", value FROM params WHERE ${inRuns} ORDER BY "key"`, ids), textOf);
  const tags = byRun(rowsOf(snapshot, 'tags', `SELECT run_uuid, "key", value FROM tags WHERE ${inRuns} ORDER BY "key"`, ids), textOf);
  const isNan = optional(snapshot, 'latest_metrics', 'is_nan');
  const latest = `SELECT run_uuid, "key", value, ${isNan} AS is_nan FROM latest_metrics WHERE ${inRuns} ORDER BY "key"`;
  const metrics = byRun(rowsOf(snapshot, 'latest_metrics', latest, ids), valueOf);
  const inputs = inputsByRun(snapshot, ids);
  const models = loggedModelsByRun(snapshot, ids);
  return summaries.map((summary) => {
    const own = Object.fromEntries(tags.get(summary.id) ?? []);
    return {
      ...summary,
      params: Object.fromEntries(params.get(summary.id) ?? []),
      metrics: Object.fromEntries(metrics.get(summary.id) ?? []),
      tags: own,
      inputs: inputs.get(summary.id) ?? [],
      models: [...modelsInTag(own[modelHistoryTag], summary.artifactUri), ...(models.get(summary.id) ?? [])],
    };
  });
}

function byRun<T>(rows: readonly Row[], read: (row: Row) => T): Map<string, [string, T][]> {
  const found = new Map<string, [string, T][]>();
  for (const row of rows) append(found, asText(row.run_uuid) ?? '', [asText(row.key) ?? '', read(row)]);
  return found;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function textOf(row: Row): string {
  return asText(row.value) ?? '';
}

function valueOf(row: Row): number {
  return metricValue(asNumber(row.value) ?? Number.NaN, row.is_nan === 1);
}

/** What a run used a data set for. */
const contextTag = 'mlflow.data.context';

function inputsByRun(snapshot: Snapshot, ids: string): Map<string, RunInput[]> {
  if (!snapshot.tables.has('datasets') || !snapshot.tables.has('inputs')) return new Map();
  const tags = snapshot.tables.has('input_tags')
    ? `(SELECT json_group_object(t.name, t.value) FROM input_tags t WHERE t.input_uuid = i.input_uuid)`
    : 'NULL';
  const rows = snapshot.all(
    `SELECT i.destination_id AS run, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile,
       ${tags} AS tags
     FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
     WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id IN (SELECT value FROM json_each(?))
     ORDER BY d.name, d.digest`,
    ids,
  );
  const found = new Map<string, RunInput[]>();
  for (const row of rows) {
    const { [contextTag]: context, ...others } = JSON.parse(asText(row.tags) ?? '{}') as Record<string, string>;
    append(found, asText(row.run) ?? '', {
      name: asText(row.name) ?? '',
      digest: asText(row.digest) ?? '',
      sourceType: asText(row.dataset_source_type) ?? '',
      source: asText(row.dataset_source) ?? '',
      schema: asText(row.dataset_schema),
      profile: asText(row.dataset_profile),
      context,
      ...(Object.keys(others).length === 0 ? {} : { tags: others }),
    });
  }
  return found;
}
