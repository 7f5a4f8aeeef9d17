/** Stages that check a data set. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ValidationReport } from '../../../protocol/validation.ts';
import { validateDataset } from '../../data/validateDataset.ts';
import type { ValidateStage } from '../../project/definitions/stage.ts';
import type { StageTask } from '../stageContract.ts';
import { emptyResult, type StageResult } from '../stageExecution.ts';
import { storeValidation } from '../validationReports.ts';
import { projectPath, type ExecutionContext } from './execution.ts';

/** @throws AppError `pipeline.checkFailed` (kind gate) when a check fails, after the report is stored; CancelledError */
export async function executeValidate(task: StageTask, stage: ValidateStage, context: ExecutionContext): Promise<StageResult> {
  const report = await validateDataset(task.project, stage, { ...context, asOf: new Date(task.asOf) });
  const { root, name } = task.project;
  const stored = await storeValidation(root, name, { stage: task.stage, checkedAt: Date.now(), report });
  const notes = report.checks.filter(({ verdict }) => verdict === 'warned').map(({ message }) => message);
  for (const note of notes) context.log('warning', note);
  if (report.verdict === 'failed') throw checkFailed(task.stage, report);
  const outputs = stored.map((path) => projectPath(root, path));
  const page = outputs.find((path) => path.endsWith('.html'));
  return { ...emptyResult, metrics: [{ name: 'rows', value: report.rows }], outputs, report: page, notes };
}

function checkFailed(stage: string, { dataset, checks }: ValidationReport): AppError {
  const failures = checks.filter(({ verdict }) => verdict === 'failed').map(({ message }) => message);
  const args = { stage, dataset, failures: failures.join(' ') };
  return new AppError('pipeline.checkFailed', t('The data set {dataset} did not pass the stage {stage}: {failures}', args), {
    kind: 'gate',
    args,
    remedy: t('Repair the data, or change the limits of the stage.'),
  });
}
