/** Models that runs logged or read: entities of their own since MLflow 3. */
import type { LoggedModel } from '../../../protocol/run.ts';
import { metricValue } from '../store/entryLimits.ts';
import { asNumber, asText, type Row, type Snapshot } from './mlflowDatabase.ts';

const statuses: Readonly<Record<number, LoggedModel['status']>> = { 1: 'PENDING', 2: 'READY', 3: 'FAILED' };

/** @param ids the runs' ids as a JSON list */
export function loggedModelsByRun(snapshot: Snapshot, ids: string): ReadonlyMap<string, readonly LoggedModel[]> {
  if (!snapshot.tables.has('logged_models') || !snapshot.tables.has('inputs')) return new Map();
  const rows = snapshot.all(
    `SELECT DISTINCT i.source_id AS run, i.destination_type AS role,
       m.model_id AS id, m.name, m.status, m.model_type AS type, m.artifact_location AS location
     FROM inputs i JOIN logged_models m ON m.model_id = i.destination_id
     WHERE i.source_type IN ('RUN_OUTPUT', 'RUN_INPUT') AND i.destination_type IN ('MODEL_OUTPUT', 'MODEL_INPUT')
       AND coalesce(m.lifecycle_stage, 'active') <> 'deleted' AND i.source_id IN (SELECT value FROM json_each(?))
     ORDER BY m.creation_timestamp_ms, m.model_id`,
    ids,
  );
  const models = JSON.stringify(rows.map(({ id }) => asText(id) ?? ''));
  const params = textsByModel(snapshot, models);
  const metrics = metricsByModel(snapshot, models);
  const found = rows.map((row) => {
    const id = asText(row.id) ?? '';
    const model: LoggedModel = {
      id,
      name: asText(row.name) ?? id,
      role: asText(row.role) === 'MODEL_INPUT' ? 'input' : 'output',
      status: statuses[asNumber(row.status) ?? 0],
      type: asText(row.type),
      artifactUri: asText(row.location) ?? '',
      params: Object.fromEntries(params.get(id) ?? []),
      metrics: Object.fromEntries(metrics.get(id) ?? []),
    };
    return { run: asText(row.run) ?? '', model };
  });
  return new Map([...Map.groupBy(found, ({ run }) => run)].map(([run, own]) => [run, own.map(({ model }) => model)]));
}

function textsByModel(snapshot: Snapshot, models: string): Map<string, [string, string][]> {
  if (!snapshot.tables.has('logged_model_params')) return new Map();
  const rows = snapshot.all(
    `SELECT model_id, param_key, param_value FROM logged_model_params
     WHERE model_id IN (SELECT value FROM json_each(?)) ORDER BY param_key`,
    models,
  );
  return byModel(rows, (row) => [asText(row.param_key) ?? '', asText(row.param_value) ?? '']);
}

/** The latest value of each; MLflow writes NaN there as 0 without a mark, which the run's own row of the same metric has. */
function metricsByModel(snapshot: Snapshot, models: string): Map<string, [string, number][]> {
  if (!snapshot.tables.has('logged_model_metrics')) return new Map();
  const rows = snapshot.all(
    `SELECT m.model_id, m.metric_name, m.metric_value, EXISTS (
         SELECT 1 FROM metrics r WHERE r.run_uuid = m.run_id AND r."key" = m.metric_name AND r.timestamp = m.metric_timestamp_ms
           AND r.step = m.metric_step AND r.is_nan = 1) AS is_nan
     FROM logged_model_metrics m WHERE m.model_id IN (SELECT value FROM json_each(?))
     ORDER BY m.metric_name, m.metric_step, m.metric_timestamp_ms, m.metric_value`,
    models,
  );
  return byModel(rows, (row) => [asText(row.metric_name) ?? '', metricValue(asNumber(row.metric_value) ?? NaN, row.is_nan === 1)]);
}

function byModel<T>(rows: readonly Row[], read: (row: Row) => T): Map<string, T[]> {
  return new Map([...Map.groupBy(rows, ({ model_id: id }) => asText(id) ?? '')].map(([id, own]) => [id, own.map(read)]));
}
