/** What was logged to runs: parameters, tags, the latest value of each metric, data sets and models. */
import type { Run, RunInput, RunSummary } from '../../../protocol/run.ts';
import { metricValue } from '../store/entryLimits.ts';
import { modelHistoryTag } from '../../../protocol/tables/storedNames.ts';
import { modelsInTag } from '../store/modelHistory.ts';
import { loggedModelsByRun } from './loggedModels.ts';
import { asNumber, asText, optional, rowsOf, type Row, type Snapshot } from './mlflowDatabase.ts';

/** Adds what was logged, with one query per kind, however many runs there are. */
export function withMeasurements(snapshot: Snapshot, summaries: readonly RunSummary[]): Run[] {
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

export function valueOf(row: Row): number {
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
