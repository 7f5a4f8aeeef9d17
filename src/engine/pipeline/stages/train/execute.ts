/** Stages that train a model: one tracked run each, from the first round to the model's files. */
import { join } from 'node:path';
import type { TrainStage } from '../../../project/definitions/stages/trainStage.ts';
import { fetchArtifacts } from '../../../tracking/artifacts/fetchArtifacts.ts';
import { toRunInput } from '../../../tracking/runs/datasetInput.ts';
import type { RunEntries, TrackingWriter } from '../../../tracking/store/trackingStore.ts';
import { Checkpoints } from '../../../training/trainer/checkpoints.ts';
import { trainModel } from '../../../training/trainModel.ts';
import type { FitRecord, FitRun, TrainedModel, TrainingRound } from '../../../training/fit/trainedModel.ts';
import { checkpointFolder } from '../../records/stageCheckpoints.ts';
import type { StageTask } from '../stageContract.ts';
import type { StageResult } from '../../records/stageResult.ts';
import { logStatistics } from '../dataStatistics.ts';
import { projectPath } from '../../records/projectPath.ts';
import { changeWithRun, withNestedRun, withWorkFolder, type ExecutionContext, type OpenRun } from '../trackedRun.ts';
import { runDeletion } from '../../undo/undoPlans.ts';
import { digestTag, operationTag, parityTag, refitTag, resumedTag } from '../../../../protocol/tables/storedNames.ts';

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
  return changeWithRun<StageResult>(task, planned, context, async (open) =>
    withWorkFolder(project.root, open.operationId, async (folder) => {
      const { run, writer } = open;
      const checkpoints = new Checkpoints(checkpointFolder(project.root, task.stage), context.log);
      const outputFolder = join(folder, modelName);
      const asOf = new Date(task.asOf);
      const trained = await withFitRun(task, open, context, async ({ onRound, nested }) =>
        trainModel({ project, stage, asOf, outputFolder, onRound, nested, checkpoints }, context),
      );
      await writer.log(run.id, { ...entriesOf(trained), tags: resultTags(trained, checkpoints) });
      await logStatistics(writer, { runId: run.id, stage: task.stage, folder }, trained.inputs);
      const model = await writer.logModel(run.id, trained.folder, modelName);
      const path = projectPath(project.root, await fetchArtifacts(project.root, model));
      const metrics = Object.entries(trained.figures).map(([name, value]) => ({ name, value }));
      return {
        value: { runId: run.id, model: { folder: path, digest: trained.digest }, metrics, outputs: [path], notes: [...trained.notes] },
        resources: [`stage ${task.stage}`, `run ${run.id}`, path],
        metrics: Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
      };
    }),
  );
}

/** Gives the work an open run to report to, and waits until all it reported is stored. */
async function withFitRun<T>(task: StageTask, open: OpenRun, context: ExecutionContext, work: (run: FitRun) => Promise<T>): Promise<T> {
  const { run, writer } = open;
  const rounds = roundLog(run.id, writer);
  const result = await work({
    onRound: (round) => {
      rounds.add(round);
    },
    log: async (record) => writer.log(run.id, entriesOf(record)),
    nested: async (name, inner) => withNestedRun(task, open, { name, context }, async (opened) => withFitRun(task, opened, context, inner)),
  });
  await rounds.flush();
  return result;
}

function entriesOf({ parameters = {}, metrics = [], inputs = [] }: Partial<FitRecord>): RunEntries {
  const timestamp = Date.now();
  return {
    params: parameters,
    metrics: metrics.map(({ name, value, step }) => ({ key: name, value, step, timestamp })),
    inputs: inputs.map((input) => toRunInput({ ...input, name: input.dataset, path: input.fingerprint.files[0]?.path ?? input.dataset })),
  };
}

function resultTags({ digest, parityError, description: { refit } }: TrainedModel, { resumed }: Checkpoints): Record<string, string> {
  const rounds = [...resumed].map(([fit, round]) => (resumed.size === 1 ? String(round) : `${fit}: ${round}`));
  return {
    [digestTag]: digest,
    [parityTag]: String(parityError),
    ...(refit === undefined ? {} : { [refitTag]: `all ${refit.rows} rows, after ${refit.folds} folds` }),
    ...(rounds.length === 0 ? {} : { [resumedTag]: rounds.join(', ') }),
  };
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
