/** Stages that train a model: one tracked run each, from the first round to the model's files. */
import type { TrainStage } from '../../project/definitions/stage.ts';
import { toRunInput } from '../../tracking/datasetInput.ts';
import type { TrackingWriter } from '../../tracking/trackingStore.ts';
import { Checkpoints } from '../../training/checkpoints.ts';
import { trainModel } from '../../training/trainModel.ts';
import type { TrainedModel, TrainingRound } from '../../training/trainedModel.ts';
import type { RunInput } from '../../../protocol/run.ts';
import { checkpointFolder } from '../stageCheckpoints.ts';
import type { StageTask } from '../stageContract.ts';
import type { StageMetric, StageResult } from '../stageExecution.ts';
import { changeWithRun, operationTag, projectPath, withWorkFolder, type ExecutionContext } from './execution.ts';
import { runDeletion } from '../undoPlans.ts';

const flushIntervalMs = 500;
/** The name of the model among its run's artifacts. */
const modelName = 'model';

/** @throws AppError as {@link trainModel}; CancelledError */
export async function executeTrain(task: StageTask, stage: TrainStage, context: ExecutionContext): Promise<StageResult> {
  const { project } = task;
  const planned = {
    describe: { operation: 'train', resources: [`stage ${task.stage}`, `experiment ${project.experiment}`] },
    prepareUndo: (operationId: string) => runDeletion(operationTag, operationId),
  };
  return changeWithRun<StageResult>(task, planned, context, async ({ run, writer, operationId }) =>
    withWorkFolder(project.root, operationId, async (outputFolder) => {
      const rounds = roundLog(run.id, writer);
      const onRound = (round: TrainingRound): void => {
        rounds.add(round);
      };
      const checkpoints = new Checkpoints(checkpointFolder(project.root, task.stage), context.log);
      const trained = await trainModel({ project, stage, asOf: new Date(task.asOf), outputFolder, onRound, checkpoints }, context);
      await rounds.flush();
      await writer.log(run.id, { params: trained.parameters, inputs: runInputs(trained), tags: resultTags(trained, checkpoints) });
      const path = projectPath(project.root, await writer.logModel(run.id, trained.folder, modelName));
      const metrics = lastMetrics(trained);
      return {
        value: { runId: run.id, model: { folder: path, digest: trained.digest }, metrics, outputs: [path], notes: [...trained.notes] },
        resources: [`stage ${task.stage}`, `run ${run.id}`, path],
        metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
      };
    }),
  );
}

function resultTags({ digest, parityError }: TrainedModel, { resumed }: Checkpoints): Record<string, string> {
  const rounds = [...resumed].map(([fit, round]) => (resumed.size === 1 ? String(round) : `${fit}: ${round}`));
  return {
    'millwright.digest': digest,
    'millwright.parity_error': String(parityError),
    ...(rounds.length === 0 ? {} : { 'millwright.resumed_from_round': rounds.join(', ') }),
  };
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
