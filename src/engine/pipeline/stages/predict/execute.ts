/** Stages that write predictions for every row of a data set. */
import { AppError, errorText, toErrorRecord } from '../../../../base/errors.ts';
import { removeTornWrites, resolveInside } from '../../../../base/files.ts';
import { formatCount } from '../../../../base/format.ts';
import { t } from '../../../../base/localize.ts';
import type { DataStatistics } from '../../../../protocol/dataStatistics.ts';
import { predictToFile } from '../../../inference/prediction/predict.ts';
import { rejectsBeside } from '../../../inference/prediction/rejectsFile.ts';
import type { PredictStage } from '../../../project/definitions/stages/predictStage.ts';
import { change } from '../../../safety/change.ts';
import { openStoreWriter } from '../../../stores/openStoreWriter.ts';
import { keepFiles } from '../../undo/keptFiles.ts';
import { requireUnread } from '../../records/protectedFiles.ts';
import type { StageTask } from '../stageContract.ts';
import type { Predicted } from './plan.ts';
import { projectPath } from '../../records/projectPath.ts';
import { emptyResult, type StageResult } from '../../records/stageResult.ts';
import { readStageState } from '../../records/stageState.ts';
import { logStatistics } from '../dataStatistics.ts';
import { uncheckedNotes, withWorkFolder, type ExecutionContext } from '../trackedRun.ts';

/** @throws AppError `files.outsideProject`, `files.readByProject`, and as {@link predictToFile}; CancelledError */
export async function executePredict(task: StageTask<Predicted>, stage: PredictStage, context: ExecutionContext): Promise<StageResult> {
  const { project } = task;
  const { model } = task.given;
  const output = await resolveInside(project.root, stage.output);
  const rejects = await resolveInside(project.root, stage.rejects ?? rejectsBeside(stage.output));
  await requireUnread(project, [output, rejects], (await readStageState(project.root, task.stage)).completed?.result.outputs);
  for (const path of [output, rejects]) await removeTornWrites(path); // the run's lock is held: nobody else writes them
  return change(task.audit, {
    describe: {
      operation: 'predict',
      modelName: model.registered?.name,
      modelVersion: model.registered?.version.toString(),
      resources: [`stage ${task.stage}`, projectPath(project.root, output)],
    },
    prepareUndo: async (operationId) => keepFiles(project.root, [output, rejects], operationId),
    apply: async (operationId) => {
      const predicted = await predictToFile(
        {
          project,
          dataset: stage.dataset,
          modelFolder: model.folder,
          expectedDigest: model.digest,
          output,
          inputs: stage.inputs,
          keep: stage.keep,
          rejects,
          asOf: new Date(task.asOf),
          // A folder may have been swapped for a link out of the project while the rows were predicted.
          confirmPlaces: async () => {
            for (const path of [output, rejects]) await resolveInside(project.root, path);
          },
        },
        context,
      );
      await keepStatistics(task, predicted.statistics, operationId, context);
      const { rows, rejected } = predicted;
      const outputs = [output, predicted.rejects].flatMap((path) => (path === undefined ? [] : [projectPath(project.root, path)]));
      const metrics = { rows, ...(rejected === 0 ? {} : { rejected }) };
      const value: StageResult = {
        ...emptyResult,
        metrics: Object.entries(metrics).map(([name, figure]) => ({ name, value: figure })),
        outputs,
        notes: [
          ...uncheckedNotes([model], context),
          ...predicted.notes,
          ...(rejected === 0
            ? []
            : [t('{rejected} rows could not be predicted; {path} says why.', { rejected: formatCount(rejected), path: outputs[1] ?? '' })]),
        ],
      };
      // A model that is not registered is known by the run that made it.
      const maker = model.registered !== undefined || model.runId === undefined ? [] : [`run ${model.runId}`];
      return { value, resources: [`stage ${task.stage}`, ...maker, ...outputs], metrics };
    },
  });
}

/** What was read becomes an artifact of the model's run, as long as there is one: the predictions lie in place, whatever comes of it. */
async function keepStatistics(
  task: StageTask<Predicted>,
  statistics: DataStatistics,
  operationId: string,
  context: ExecutionContext,
): Promise<void> {
  const { project, given, stage } = task;
  const { runId } = given.model;
  if (runId === undefined) return; // registered by other means than a run
  await using writer = openStoreWriter(project).tracking();
  try {
    await withWorkFolder(project.root, operationId, async (folder) => logStatistics(writer, { runId, stage, folder }, [statistics]));
  } catch (error) {
    const isOutOfReach = ['tracking.runDeleted', 'tracking.runNotFound', 'tracking.remoteArtifacts'].some((code) =>
      AppError.is(error, code),
    );
    const reason = errorText(toErrorRecord(error));
    if (isOutOfReach) context.log('debug', reason);
    else
      context.log('warning', t('The predictions are written; what was read for them could not be noted at the run: {reason}', { reason }));
  }
}
