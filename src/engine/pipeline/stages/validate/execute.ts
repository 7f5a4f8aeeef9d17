/** Stages that check a data set. */
import { AppError } from '../../../../base/errors.ts';
import { formatCount } from '../../../../base/format.ts';
import { t } from '../../../../base/localize.ts';
import type { DataStatistics } from '../../../../protocol/dataStatistics.ts';
import type { CheckedTarget, ValidationReport, Verdict } from '../../../../protocol/validation.ts';
import { describeStatistics } from '../../../data/statistics/dataStatistics.ts';
import { validateDataset } from '../../../data/validation/validateDataset.ts';
import type { ValidateStage } from '../../../project/definitions/stages/validateStage.ts';
import type { StageTask } from '../stageContract.ts';
import { projectPath } from '../../records/projectPath.ts';
import { emptyResult, type StageResult } from '../../records/stageResult.ts';
import { storeValidation } from '../../reports/validationReports.ts';
import type { ExecutionContext } from '../trackedRun.ts';

/** @throws AppError `pipeline.checkFailed` (kind gate) when a check fails, after the report is stored; CancelledError */
export async function executeValidate(task: StageTask, stage: ValidateStage, context: ExecutionContext): Promise<StageResult> {
  const report = await validateDataset(task.project, stage, { ...context, asOf: new Date(task.asOf) });
  const { root, name } = task.project;
  context.log('info', describeStatistics(statisticsOf(report)));
  const stored = await storeValidation(root, name, { stage: task.stage, checkedAt: Date.now(), report });
  const outputs = stored.map((path) => projectPath(root, path));
  const readable = outputs.find((path) => path.endsWith('.html')) ?? outputs[0];
  const notes = sentences(report, 'warned');
  for (const note of notes) context.log('warning', note);
  if (report.verdict === 'failed') throw checkFailed(task.stage, report, readable);
  return { ...emptyResult, metrics: [{ name: 'rows', value: report.rows }], outputs, report: readable, notes };
}

function statisticsOf({ dataset, rows, columns, target }: ValidationReport): DataStatistics {
  const missing = Object.fromEntries(columns.filter((column) => column.missing > 0).map((column) => [column.name, column.missing]));
  return { dataset, context: 'check', rows, missing, target: target === undefined ? undefined : targetFigures(target) };
}

function targetFigures({ name, isQuantity, classes, statistics }: CheckedTarget): DataStatistics['target'] {
  if (!isQuantity) return { kind: 'classes', name, shares: classes.map(({ value, share }) => ({ value, share })) };
  return statistics.mean === undefined ? undefined : { kind: 'number', name, mean: statistics.mean };
}

/** Of ten thousand columns that warn, nobody reads more in a log: the report has all. */
const mostSentences = 10;

function sentences({ checks }: ValidationReport, wanted: Verdict): string[] {
  const messages = checks.filter(({ verdict }) => verdict === wanted).map(({ message }) => message);
  const more = messages.length - mostSentences;
  return more <= 0
    ? messages
    : [...messages.slice(0, mostSentences), t('{count} more checks are told in the report.', { count: formatCount(more) })];
}

function checkFailed(stage: string, report: ValidationReport, readable = ''): AppError {
  const args = { stage, dataset: report.dataset, failures: sentences(report, 'failed').join(' '), report: readable };
  return new AppError('pipeline.checkFailed', t('The data set {dataset} did not pass the stage {stage}: {failures}', args), {
    kind: 'gate',
    args,
    remedy: t('Repair the data, or change the limits.'),
    inTerminal: t('"millwright report {stage}" shows every check; the whole report is {report}.', args),
  });
}
