/** A store with one of everything that Millwright tracks, and how MLflow's client shows it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelVersion, RegisteredModel } from '../../src/protocol/model.ts';
import type { MetricPoint, Run } from '../../src/protocol/run.ts';
import { toRunInput } from '../../src/engine/tracking/runs/datasetInput.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import type { RunEntries } from '../../src/engine/tracking/store/trackingStore.ts';
import { openStoreWriter } from '../../src/engine/stores/openStoreWriter.ts';
import { metricHistory } from './metricHistory.ts';

const startedAt = Date.UTC(2026, 10, 21, 4, 0, 0);

export const entries: RunEntries = {
  params: { max_iter: '300', learning_rate: '0.1', 'features/numeric': 'distance', note: 'Größe: "groß", 🙂', long: 'x'.repeat(7000) },
  metrics: [
    ...[0.69, 0.61, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.58].map((value, step) => ({
      key: 'validation_log_loss',
      value,
      step,
      timestamp: startedAt + step,
    })),
    { key: 'roc_auc', value: 0.7013, step: 0, timestamp: startedAt },
    { key: 'late arrival', value: 2, step: 9, timestamp: startedAt },
    { key: 'late arrival', value: 1, step: 3, timestamp: startedAt + 50 },
    { key: 'nothing', value: Number.NaN, step: 0, timestamp: startedAt },
    { key: 'boundless', value: Number.NEGATIVE_INFINITY, step: 0, timestamp: startedAt },
  ],
  tags: {
    'mlflow.source.name': 'millwright run train',
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': 'a'.repeat(40),
    team: 'β',
  },
  inputs: [
    toRunInput({
      name: 'winter',
      digest: 'c'.repeat(64),
      path: 'data/flights.parquet',
      columns: [
        { name: 'date', type: 'timestamp' },
        { name: 'distance', type: 'integer' },
        { name: 'origin', type: 'category' },
      ],
      rows: 966_409,
      context: 'training',
    }),
  ],
};

/** A folder that MLflow takes for a model, though it cannot be loaded. */
export function makeModelFolder(root: string): string {
  const folder = join(root, 'made');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'MLmodel'), 'flavors:\n  onnx:\n    data: model.onnx\n    onnx_version: 1.23.2\nmodel_uuid: 1e100\n');
  writeFileSync(join(folder, 'model.onnx'), 'no real model');
  return folder;
}

/** Writes runs (one nested, one deleted), a model with versions (one deleted), aliases and tags. */
export async function fillStore(root: string, experiment: string): Promise<void> {
  await using tracking = openStoreWriter({ root }).tracking();
  const run = await tracking.createRun({ experiment, name: 'train', startedAt, user: 'ada' });
  await tracking.log(run.id, entries);
  await tracking.log(run.id, entries); // a second time changes nothing
  const model = await tracking.logModel(run.id, makeModelFolder(root), 'model');
  await tracking.endRun(run.id, 'FINISHED', startedAt + 60_000);
  const trial = await tracking.createRun({ experiment, name: 'trial', startedAt: startedAt + 5, user: 'ada', parentId: run.id });
  await tracking.endRun(trial.id, 'FAILED', startedAt + 10);
  const deleted = await tracking.createRun({ experiment, name: 'thrown away', startedAt: startedAt + 9, user: 'ada' });
  await tracking.deleteRun(deleted.id);
  await tracking.createRun({ experiment, name: 'still going', startedAt: startedAt + 20, user: 'ada' });

  await using registry = openStoreWriter({ root }).registry();
  const version = { model: experiment, source: model, runId: run.id, description: 'beats the champion', createdAt: startedAt };
  const made = [];
  for (const digest of ['one', 'two', 'three']) made.push((await registry.createVersion({ ...version, tags: { digest } })).version);
  const [first = 0, second = 0, third = 0] = made;
  await registry.setAlias(experiment, 'champion', second);
  await registry.setAlias(experiment, 'challenger', third);
  await registry.setAlias(experiment, 'champion', first);
  await registry.setAlias(experiment, 'gone', second);
  await registry.deleteVersion(experiment, second);
  await registry.setVersionTag(experiment, first, 'approved by', 'grace');
}

/** What `read_store.py` prints. */
export interface MlflowView {
  readonly experiments: Readonly<Record<string, readonly [name: string, location: string, lifecycle: string]>>;
  readonly runs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly models: Readonly<Record<string, unknown>>;
}

/** Our own reading of a store, in the words of MLflow's client. */
export async function viewAsMlflow(root: string): Promise<Pick<MlflowView, 'runs' | 'models'>> {
  await using tracking = openStore({ root }).tracking();
  await using registry = openStore({ root }).registry();
  const runs = (await tracking.runs({ includeDeleted: true })).items;
  const shown = await Promise.all(
    runs.map(async (run) => {
      const keys = Object.keys(run.metrics);
      const histories = await Promise.all(keys.map(async (key) => [key, await metricHistory(tracking, run.id, key)] as const));
      return [run.id, showRun(run, Object.fromEntries(histories))] as const;
    }),
  );
  return {
    runs: Object.fromEntries(shown),
    models: Object.fromEntries((await registry.models()).items.map((model) => [model.name, showModel(model)])),
  };
}

/** MLflow's client gives the largest double for an infinity, and has no JSON for NaN. */
function showValue(value: number): number | 'NaN' {
  if (Number.isNaN(value)) return 'NaN';
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

function showRun(run: Run, histories: Readonly<Record<string, readonly MetricPoint[]>>): Readonly<Record<string, unknown>> {
  return {
    id: run.id,
    name: run.name,
    experiment: run.experimentId,
    status: run.status,
    start: run.startedAt,
    end: run.endedAt ?? null,
    lifecycle: run.deleted ? 'deleted' : 'active',
    artifact_uri: run.artifactUri,
    user: run.tags['mlflow.user'],
    params: run.params,
    metrics: Object.fromEntries(Object.entries(run.metrics).map(([key, value]) => [key, showValue(value)])),
    tags: run.tags,
    histories: Object.fromEntries(
      Object.entries(histories).map(([key, points]) => [
        key,
        points.map(({ step, timestamp, value }) => [step, timestamp, showValue(value)]),
      ]),
    ),
    inputs: run.inputs.map((input) => ({
      name: input.name,
      digest: input.digest,
      source_type: input.sourceType,
      source: input.source,
      schema: input.schema ?? null,
      profile: input.profile ?? null,
      tags: input.context === undefined ? {} : { 'mlflow.data.context': input.context },
    })),
  };
}

function showModel(model: RegisteredModel): unknown {
  const versions = model.versions.toReversed();
  return {
    name: model.name,
    aliases: Object.fromEntries(versions.flatMap((version) => version.aliases.map((alias) => [alias, String(version.version)]))),
    tags: model.tags,
    versions: versions.map((version: ModelVersion) => ({
      version: String(version.version),
      source: version.source,
      download: version.source,
      run_id: version.runId ?? null,
      description: version.description ?? null,
      status: 'READY',
      created: version.createdAt,
      tags: version.tags,
      aliases: version.aliases,
    })),
  };
}
