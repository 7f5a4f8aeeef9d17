/** Stages that train a model: one tracked run each, from the first round to the model's files. */
import type { TrainStage } from '../../project/definitions/stage.ts';
import { change } from '../../safety/change.ts';
import { toRunInput } from '../../tracking/datasetInput.ts';
import type { TrackingWriter } from '../../tracking/trackingStore.ts';
import { trainModel } from '../../training/trainModel.ts';
import type { TrainedModel, TrainingRound } from '../../training/trainedModel.ts';
import type { RunInput } from '../../../protocol/run.ts';
import type { StageTask } from '../stageContract.ts';
import type { StageMetric, StageResult } from '../stageExecution.ts';
import { operationTag, projectPath, withRun, withWorkFolder, type ExecutionContext } from './execution.ts';
import { runDeletion } from '../undoPlans.ts';

const flushIntervalMs = 500;
/** The name of the model among its run's artifacts. */
const modelName = 'model';

/** @throws AppError as {@link trainModel}; CancelledError */
export async function executeTrain(task: StageTask, stage: TrainStage, context: ExecutionContext): Promise<StageResult> {
  const { project } = task;
  return change(task.audit, {
    describe: { operation: 'train', resources: [`stage ${task.stage}`, `experiment ${project.experiment}`] },
    prepareUndo: (operationId) => runDeletion(operationTag, operationId),
    apply: async (operationId) =>
      withRun(task, operationId, context, async (run, writer) =>
        withWorkFolder(project.root, operationId, async (outputFolder) => {
          const rounds = roundLog(run.id, writer);
          const onRound = (round: TrainingRound): void => {
            rounds.add(round);
          };
          const trained = await trainModel({ project, stage, asOf: new Date(task.asOf), outputFolder, onRound }, context);
          await rounds.flush();
          const { parameters: params } = trained;
          await writer.log(run.id, { params, inputs: runInputs(trained), tags: resultTags(trained) });
          const folder = await writer.logModel(run.id, trained.folder, modelName);
          const path = projectPath(project.root, folder);
          const metrics = lastMetrics(trained);
          const value: StageResult = {
            runId: run.id,
            model: { folder: path, digest: trained.digest },
            metrics,
            outputs: [path],
            notes: [...trained.notes],
          };
          return {
            value,
            resources: [`stage ${task.stage}`, `run ${run.id}`, path],
            metrics: Object.fromEntries(metrics.map(({ name, value: figure }) => [name, figure])),
          };
        }),
      ),
  });
}

function resultTags({ digest, parityError }: TrainedModel): Record<string, string> {
  return { 'millwright.digest': digest, 'millwright.parity_error': String(parityError) };
}

function lastMetrics({ histories }: TrainedModel): StageMetric[] {
  return Object.entries(histories).flatMap(([name, points]) => {
    const value = points.at(-1)?.value;
    return value === undefined || !Number.isFinite(value) ? [] : [{ name, value }];
  });
}

function runInputs({ inputs, description }: TrainedModel): RunInput[] {
  return inputs.map(({ dataset, context, fingerprint, rows }) =>
    toRunInput({
      name: dataset,
      digest: fingerprint.digest,
      path: fingerprint.files[0]?.path ?? dataset,
      columns: description.inputs,
      rows,
      context,
    }),
  );
}

interface RoundLog {
  add(round: TrainingRound): void;
  /** Waits until every round is stored. @throws AppError the first failure to store one */
  flush(): Promise<void>;
}

/** Rounds go to the store in batches: a tree may take a millisecond, a transaction takes longer. */
function roundLog(runId: string, writer: TrackingWriter): RoundLog {
  let pending: { key: string; value: number; step: number; timestamp: number }[] = [];
  let lastFlush = 0;
  let writing = Promise.resolve();
  const flush = async (): Promise<void> => {
    const metrics = pending;
    pending = [];
    lastFlush = Date.now();
    const write = writing.then(async () => {
      if (metrics.length > 0) await writer.log(runId, { metrics });
    });
    writing = write;
    write.catch(() => undefined); // seen by the next flush, which chains on it
    return write;
  };
  return {
    add({ step, metrics }) {
      const timestamp = Date.now();
      for (const [key, value] of Object.entries(metrics)) pending.push({ key, value, step, timestamp });
      if (timestamp - lastFlush >= flushIntervalMs) flush().catch(() => undefined); // seen by the last flush
    },
    flush,
  };
}
