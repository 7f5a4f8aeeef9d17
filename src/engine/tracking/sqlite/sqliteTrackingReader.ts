/** Runs as MLflow's database holds them, whatever its version. */
import type { MetricPoint, Run, RunSummary } from '../../../protocol/run.ts';
import type { Page, Question } from '../store/pages.ts';
import type { HistoryQuery, RunHistories, RunQuery, TrackingReader } from '../store/trackingStore.ts';
import { asNumber, asText, MlflowDatabase, optional, rowsOf, type Row, type Snapshot } from './mlflowDatabase.ts';
import { valueOf, withMeasurements } from './runMeasurements.ts';
import { findRuns } from './findRuns.ts';

export class SqliteTrackingReader implements TrackingReader {
  readonly #database: MlflowDatabase;

  constructor(path: string) {
    this.#database = new MlflowDatabase(path);
  }

  async summaries(query: RunQuery = {}): Promise<Page<RunSummary>> {
    return this.#read((snapshot) => findRuns(snapshot, query), { items: [] }, query);
  }

  async runs(query: RunQuery = {}): Promise<Page<Run>> {
    return this.#read((snapshot) => findMeasuredRuns(snapshot, query), { items: [] }, query);
  }

  async run(id: string, question: Question = {}): Promise<Run | undefined> {
    const query = { ids: [id], includeDeleted: true, limit: 1 };
    return this.#read((snapshot) => findMeasuredRuns(snapshot, query).items[0], undefined, question);
  }

  async histories(query: HistoryQuery): Promise<RunHistories> {
    return this.#read<RunHistories>((snapshot) => readHistories(snapshot, query), new Map(), query);
  }

  async isHalfDone(question: Question = {}): Promise<boolean> {
    return this.#database.isHalfDone(question.signal);
  }

  async revision(): Promise<number> {
    return this.#database.revision();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  async #read<T>(work: (snapshot: Snapshot) => T, absent: T, { signal }: Question): Promise<T> {
    return this.#database.read(work, absent, signal);
  }
}

function findMeasuredRuns(snapshot: Snapshot, query: RunQuery): Page<Run> {
  const { items, ...next } = findRuns(snapshot, query);
  return { items: withMeasurements(snapshot, items), ...next };
}

function readHistories(snapshot: Snapshot, { runIds, metrics }: HistoryQuery): RunHistories {
  const isNan = optional(snapshot, 'metrics', 'is_nan');
  const step = optional(snapshot, 'metrics', 'step');
  const [asked, values] = metrics === undefined ? ['', []] : ['AND "key" IN (SELECT value FROM json_each(?))', [JSON.stringify(metrics)]];
  const rows = rowsOf(
    snapshot,
    'metrics',
    `SELECT run_uuid, "key", CAST(${step} AS REAL) AS step, CAST(timestamp AS REAL) AS timestamp, value, ${isNan} AS is_nan FROM metrics
     WHERE run_uuid IN (SELECT value FROM json_each(?)) ${asked} ORDER BY run_uuid, "key", 3, 4, value`,
    JSON.stringify(runIds),
    ...values,
  );
  const byRun = Map.groupBy(rows, (row) => asText(row.run_uuid) ?? '');
  return new Map([...byRun].map(([run, own]) => [run, pointsByMetric(own)]));
}

function pointsByMetric(rows: readonly Row[]): Record<string, readonly MetricPoint[]> {
  const byMetric = Map.groupBy(rows, (row) => asText(row.key) ?? '');
  return Object.fromEntries([...byMetric].map(([metric, own]) => [metric, own.map(toPoint)]));
}

function toPoint(row: Row): MetricPoint {
  return { step: asNumber(row.step) ?? 0, timestamp: asNumber(row.timestamp) ?? 0, value: valueOf(row) };
}
