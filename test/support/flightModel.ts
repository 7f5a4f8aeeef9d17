/** A model trained on a few days of the real flights, logged, registered and named, as the pipeline does it. */
import { join } from 'node:path';
import { requireProject } from '../../src/engine/project/loadProject.ts';
import type { TrainStage } from '../../src/engine/project/definitions/stages/trainStage.ts';
import { predictToFile } from '../../src/engine/inference/prediction/predict.ts';
import { trainModel } from '../../src/engine/training/trainModel.ts';
import { openStoreWriter } from '../../src/engine/stores/openStoreWriter.ts';
import { toRunInput } from '../../src/engine/tracking/runs/datasetInput.ts';
import type { Metric } from '../../src/engine/tracking/store/trackingStore.ts';
import { flightContext, flightProject, flightsFile } from './flights.ts';
import { writeFiles } from './millwright.ts';

const projectFile = flightProject({ january: 'before: 2001-01-04', march: 'since: 2001-03-01, before: 2001-03-02' }, [
  'dataset: january',
  'trainer: gbdt',
  'params: {learning_rate: 0.1, max_iter: 40, max_leaf_nodes: 31}',
  'validation: {split: time, share: 0.2}',
  'threshold: {maximize: f1_score}',
]);

export interface FlightModel {
  readonly runId: string;
  /** Our own predictions of the data set `march`, with the raw columns beside them. */
  readonly predictions: string;
}

/** Trains, logs a finished run, registers version 1 of `flight-delays` as `challenger`, and predicts. */
export async function makeFlightModel(root: string): Promise<FlightModel> {
  writeFiles(root, { 'millwright.yaml': projectFile });
  const project = await requireProject(root);
  const stage = project.stages.train as TrainStage;
  const asOf = new Date();
  const folder = join(root, 'work');
  const trained = await trainModel({ project, stage, asOf, outputFolder: folder, onRound: () => undefined }, flightContext);

  await using tracking = openStoreWriter({ root }).tracking();
  const run = await tracking.createRun({ experiment: 'flight-delays', name: 'train', startedAt: asOf.getTime(), user: 'ada' });
  const metrics = Object.entries(trained.histories).flatMap(([key, points]) =>
    points.map(({ step, value }): Metric => ({ key, step, value, timestamp: asOf.getTime() + step })),
  );
  const inputs = trained.inputs.map((input) =>
    toRunInput({
      name: input.dataset,
      digest: input.fingerprint.digest,
      path: flightsFile,
      columns: [],
      rows: input.rows,
      context: input.context,
    }),
  );
  await tracking.log(run.id, { params: trained.parameters, metrics, inputs, tags: { 'mlflow.source.name': 'millwright run train' } });
  const source = await tracking.logModel(run.id, trained.folder, 'model');
  await tracking.endRun(run.id, 'FINISHED', Date.now());

  await using registry = openStoreWriter({ root }).registry();
  const tags = { 'millwright.digest': trained.digest };
  const version = { model: 'flight-delays', source, runId: run.id, description: undefined, tags, createdAt: Date.now() };
  await registry.setAlias('flight-delays', 'challenger', (await registry.createVersion(version)).version);

  const predictions = join(root, 'predictions.parquet');
  const keep = ['date', 'distance', 'origin', 'destination'];
  await predictToFile({ project, dataset: 'march', modelFolder: source, output: predictions, keep, asOf }, flightContext);
  return { runId: run.id, predictions };
}
