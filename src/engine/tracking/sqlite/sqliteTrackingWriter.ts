/** Writes runs into MLflow's own database, as MLflow 2.22 and newer would. */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { RunInput, RunStatus, RunSummary } from '../../../protocol/run.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { artifactLocation, locationOf, ownArtifacts, writableArtifacts } from '../artifacts/artifacts.ts';
import { copyArtifact, copyModel, type LoggedModel } from '../artifacts/artifactWriter.ts';
import { DatabaseWriter, type Transaction } from './databaseWriter.ts';
import { fitted, limits, requireExperimentName, requireKey, requireMetric, storedValue } from '../store/entryLimits.ts';
import { modelHistoryTag, nameTag, parentTag, userTag } from '../../../protocol/tables/storedNames.ts';
import { asNumber, asText } from './mlflowDatabase.ts';
import { relocateArtifacts } from './locationsWriter.ts';
import type { Metric, NewRun, RunEntries, TrackingWriter } from '../store/trackingStore.ts';
import { inWorkspace, requireWorkspace, workspaceFolders } from './workspace.ts';

export class SqliteTrackingWriter implements TrackingWriter {
  readonly #database: DatabaseWriter;
  readonly #root: string;

  constructor(path: string) {
    this.#database = new DatabaseWriter(path);
    this.#root = dirname(path);
  }

  async createRun(run: NewRun): Promise<RunSummary> {
    requireExperimentName(run.experiment);
    const id = randomUUID().replaceAll('-', '');
    const name = fitted(run.name, limits.runName);
    return this.#database.change((transaction) => {
      relocateArtifacts(transaction);
      const experiment = openExperiment(transaction, run.experiment, run.startedAt);
      const artifactUri = runArtifacts(transaction.root, experiment, id);
      transaction.insert('runs', {
        run_uuid: id,
        name,
        source_type: 'UNKNOWN',
        source_name: '',
        entry_point_name: '',
        user_id: fitted(run.user, 256),
        status: 'RUNNING',
        start_time: run.startedAt,
        source_version: '',
        lifecycle_stage: 'active',
        artifact_uri: artifactUri,
        experiment_id: experiment.id,
      });
      const parent = run.parentId === undefined ? {} : { [parentTag]: run.parentId };
      setTags(transaction, id, { [userTag]: run.user, ...run.tags, ...parent, [nameTag]: name });
      return {
        id,
        name,
        experimentId: String(experiment.id),
        experimentName: run.experiment,
        status: 'RUNNING',
        startedAt: run.startedAt,
        endedAt: undefined,
        deleted: false,
        parentId: run.parentId,
        children: 0,
        artifactUri,
      };
    });
  }

  async log(runId: string, entries: RunEntries): Promise<void> {
    for (const key of Object.keys(entries.params ?? {})) requireKey(key, 'parameter');
    for (const key of Object.keys(entries.tags ?? {})) requireKey(key, 'tag');
    for (const metric of entries.metrics ?? []) requireMetric(metric);
    await this.#database.change((transaction) => {
      const run = requireRun(transaction, runId);
      logParams(transaction, runId, entries.params ?? {});
      logMetrics(transaction, runId, entries.metrics ?? []);
      setTags(transaction, runId, entries.tags ?? {});
      for (const input of entries.inputs ?? []) logInput(transaction, run, input);
    });
  }

  async logArtifact(runId: string, source: string, name: string): Promise<string> {
    return locationOf(await copyArtifact(source, { root: this.#root, folder: await this.#artifactFolder(runId), name }));
  }

  async logModel(runId: string, folder: string, name: string): Promise<string> {
    const place = { root: this.#root, folder: await this.#artifactFolder(runId), name };
    const { path, model } = await copyModel(folder, place, runId);
    await this.#database.change((transaction) => {
      requireRun(transaction, runId);
      const value = transaction.get('SELECT value FROM tags WHERE run_uuid = ? AND "key" = ?', runId, modelHistoryTag)?.value;
      setTags(transaction, runId, { [modelHistoryTag]: withModel(asText(value), model) });
    });
    return locationOf(path);
  }

  async endRun(runId: string, status: Exclude<RunStatus, 'RUNNING' | 'SCHEDULED'>, endedAt: number): Promise<boolean> {
    return this.#database.change((transaction) => {
      requireRun(transaction, runId);
      const sql = `UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ? AND status IN ('RUNNING', 'SCHEDULED')`;
      return transaction.run(sql, status, endedAt, runId) > 0;
    });
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#setLifecycle(runId, 'deleted', Date.now());
  }

  async restoreRun(runId: string): Promise<void> {
    await this.#setLifecycle(runId, 'active', null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  async #setLifecycle(runId: string, stage: 'active' | 'deleted', deletedAt: number | null): Promise<void> {
    await this.#database.change((transaction) => {
      const changed = transaction.run('UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE run_uuid = ?', stage, deletedAt, runId);
      if (changed === 0) throw runNotFound(runId);
    });
  }

  async #artifactFolder(runId: string): Promise<string> {
    const { root, artifactUri } = await this.#database.change((transaction) => {
      relocateArtifacts(transaction);
      return { root: transaction.root, ...requireRun(transaction, runId) };
    });
    const path = ownArtifacts(root, artifactUri);
    if (path !== undefined) return path;
    throw new AppError(
      'tracking.remoteArtifacts',
      t('The artifacts of run {runId} lie at {artifactUri}, which is not on this machine.', { runId, artifactUri }),
      {
        kind: 'environment',
        args: { runId, artifactUri },
        remedy: t('Log to a run of an experiment whose artifacts lie in this project folder.'),
      },
    );
  }
}

interface Experiment {
  readonly id: number;
  readonly artifactLocation: string | undefined;
}

/** The experiment of that name in our workspace, made where it is missing. */
function openExperiment(transaction: Transaction, name: string, now: number): Experiment {
  requireWorkspace(transaction);
  const row = transaction.get(
    `SELECT experiment_id, lifecycle_stage, artifact_location FROM experiments WHERE name = ? ${inWorkspace(transaction.tables, 'experiments')}`,
    name,
  );
  if (row === undefined) {
    const id = transaction.insert('experiments', { name, lifecycle_stage: 'active', creation_time: now, last_update_time: now });
    const location = artifactLocation(transaction.root, ...workspaceFolders(transaction.tables), String(id));
    transaction.run('UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?', location, id);
    return { id, artifactLocation: location };
  }
  if (row.lifecycle_stage === 'deleted') {
    throw new AppError('tracking.experimentDeleted', t('The experiment "{name}" has been deleted.', { name }), {
      args: { name },
      remedy: t('Restore it in MLflow (mlflow experiments restore), or set another tracking.experiment.'),
    });
  }
  return { id: asNumber(row.experiment_id) ?? 0, artifactLocation: asText(row.artifact_location) };
}

/** Below the experiment's own location where that lies in the project, else where MLflow would put it by default. */
function runArtifacts(root: string, experiment: Experiment, runId: string): string {
  const inside = writableArtifacts(root, experiment.artifactLocation) !== undefined;
  const base = inside ? (experiment.artifactLocation ?? '') : artifactLocation(root, String(experiment.id));
  return `${base}/${runId}/artifacts`;
}

interface OpenRun {
  readonly id: string;
  readonly experimentId: number;
  readonly artifactUri: string;
}

function requireRun(transaction: Transaction, id: string): OpenRun {
  const row = transaction.get(
    `SELECT r.experiment_id, r.artifact_uri, r.lifecycle_stage FROM runs r LEFT JOIN experiments e ON e.experiment_id = r.experiment_id
     WHERE r.run_uuid = ? ${inWorkspace(transaction.tables, 'experiments', 'e')}`,
    id,
  );
  if (row === undefined) throw runNotFound(id);
  if (row.lifecycle_stage === 'deleted') {
    throw new AppError('tracking.runDeleted', t('Run {id} has been deleted: nothing more can be logged to it.', { id }), {
      args: { id },
      remedy: t('Restore the run first.'),
    });
  }
  return { id, experimentId: asNumber(row.experiment_id) ?? 0, artifactUri: asText(row.artifact_uri) ?? '' };
}

function runNotFound(id: string): AppError {
  return new AppError('tracking.runNotFound', t('There is no run {id}.', { id }), {
    args: { id },
    remedy: t('"millwright runs" lists the runs there are.'),
  });
}

function logParams(transaction: Transaction, runId: string, params: Readonly<Record<string, string>>): void {
  for (const [key, given] of Object.entries(params)) {
    const value = fitted(given, limits.paramValue);
    const present = transaction.get('SELECT value FROM params WHERE run_uuid = ? AND "key" = ?', runId, key);
    if (present === undefined) {
      transaction.insert('params', { key, value, run_uuid: runId });
    } else if (present.value !== value) {
      const args = { key, old: asText(present.value) ?? '', value, runId };
      throw new AppError(
        'tracking.paramChanged',
        t('The parameter {key} of run {runId} is {old} and cannot become {value}: a run keeps the parameters it was made with.', args),
        { args, remedy: t('Log the new value to a new run.') },
      );
    }
  }
}

function logMetrics(transaction: Transaction, runId: string, metrics: readonly Metric[]): void {
  for (const metric of metrics) {
    const { value, isNan } = storedValue(metric.value);
    const { key, step, timestamp } = metric;
    transaction.insert('metrics', { key, value, timestamp, run_uuid: runId, step, is_nan: isNan }, 'nothing');
    updateLatest(transaction, { key, value, timestamp, run_uuid: runId, step, is_nan: isNan });
  }
}

interface MetricRow {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly run_uuid: string;
  readonly step: number;
  readonly is_nan: 0 | 1;
}

/** MLflow's latest value is the greatest by step, then time, then value, in whatever order they arrive. */
function updateLatest(transaction: Transaction, row: MetricRow): void {
  const { key, value, timestamp, run_uuid, step, is_nan } = row;
  const present = transaction.get('SELECT 1 FROM latest_metrics WHERE run_uuid = ? AND "key" = ?', run_uuid, key);
  if (present === undefined) {
    transaction.insert('latest_metrics', row);
    return;
  }
  transaction.run(
    `UPDATE latest_metrics SET value = ?, timestamp = ?, step = ?, is_nan = ?
     WHERE run_uuid = ? AND "key" = ? AND (step, coalesce(timestamp, 0), value) < (?, ?, ?)`,
    value,
    timestamp,
    step,
    is_nan,
    run_uuid,
    key,
    step,
    timestamp,
    value,
  );
}

function setTags(transaction: Transaction, runId: string, tags: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(tags)) {
    transaction.insert('tags', { key, value: fitted(value, limits.tagValue), run_uuid: runId }, 'replace');
    if (key === nameTag) transaction.run('UPDATE runs SET name = ? WHERE run_uuid = ?', fitted(value, limits.runName), runId);
  }
}

/** A data set is stored once per experiment, and read by a run once: a second use keeps the first one's context, as in MLflow. */
function logInput(transaction: Transaction, run: OpenRun, input: RunInput): void {
  const name = fitted(input.name, limits.datasetName);
  const digest = fitted(input.digest, limits.datasetDigest);
  const present = transaction.get(
    'SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?',
    run.experimentId,
    name,
    digest,
  );
  const dataset = asText(present?.dataset_uuid) ?? newUuid();
  if (present === undefined) {
    transaction.insert('datasets', {
      dataset_uuid: dataset,
      experiment_id: run.experimentId,
      name,
      digest,
      dataset_source_type: input.sourceType,
      dataset_source: input.source,
      dataset_schema: input.schema ?? null,
      dataset_profile: input.profile ?? null,
    });
  }
  const edge = { source_type: 'DATASET', source_id: dataset, destination_type: 'RUN', destination_id: run.id } as const;
  const known = transaction.get(
    `SELECT 1 FROM inputs WHERE source_type = 'DATASET' AND source_id = ? AND destination_type = 'RUN' AND destination_id = ?`,
    dataset,
    run.id,
  );
  if (known !== undefined) return;
  const uuid = newUuid();
  transaction.insert('inputs', { input_uuid: uuid, ...edge });
  if (input.context === undefined) return;
  const value = fitted(input.context, limits.inputTagValue);
  transaction.insert('input_tags', { input_uuid: uuid, name: 'mlflow.data.context', value });
}

function newUuid(): string {
  return randomUUID().replaceAll('-', '');
}

/** The history with one more model; an earlier one at the same place is replaced, the oldest go where the tag is full. */
function withModel(history: string | undefined, model: LoggedModel): string {
  const others = parseHistory(history).filter((entry) => entry.artifact_path !== model.artifact_path);
  const entries: readonly { readonly artifact_path: string }[] = [...others, model];
  for (let from = 0; ; from++) {
    const text = JSON.stringify(entries.slice(from));
    if (text.length <= limits.tagValue || from === entries.length - 1) return text;
  }
}

function parseHistory(text: string | undefined): readonly { readonly artifact_path: string }[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(hasArtifactPath) : [];
  } catch {
    return []; // cut off by another writer: MLflow could not read it either
  }
}

function hasArtifactPath(value: unknown): value is { readonly artifact_path: string } {
  return typeof value === 'object' && value !== null && 'artifact_path' in value && typeof value.artifact_path === 'string';
}
