/** Stages that evaluate a model, or columns of predictions. */
import { join } from 'node:path';
import { AppError } from '../../../../base/errors.ts';
import { writeAtomic } from '../../../../base/files.ts';
import { t } from '../../../../base/localize.ts';
import type { EvaluationReport, LeakageCheck } from '../../../../protocol/evaluation.ts';
import { promotionOf } from '../../../../protocol/verdict.ts';
import { repeatedMetrics } from '../../../../protocol/repeats.ts';
import { reportedRun } from '../../../../protocol/reportedRun.ts';
import { evaluateModel } from '../../../evaluation/evaluateModel.ts';
import { evaluatePredictions } from '../../../evaluation/evaluatePredictions.ts';
import type { EvaluateOptions } from '../../../evaluation/report/evaluationReport.ts';
import { locateModel } from '../../../inference/files/modelPlace.ts';
import { readModelDescription } from '../../../inference/scoring/openModel.ts';
import type { EvaluateStage } from '../../../project/definitions/stages/evaluateStage.ts';
import { change, type ChangeOutcome } from '../../../safety/change.ts';
import { fetchArtifacts } from '../../../tracking/artifacts/fetchArtifacts.ts';
import { toRunInput } from '../../../tracking/runs/datasetInput.ts';
import { reportArtifact } from '../../../tracking/runs/reports.ts';
import type { TrackingWriter } from '../../../tracking/store/trackingStore.ts';
import { openStoreWriter } from '../../../stores/openStoreWriter.ts';
import { readRunSheet } from '../../reports/readRunSheet.ts';
import { renderPageIfBuilt } from '../../reports/renderPage.ts';
import type { StageTask } from '../stageContract.ts';
import type { Evaluated } from './plan.ts';
import { projectPath } from '../../records/projectPath.ts';
import { emptyResult, type StageResult } from '../../records/stageResult.ts';
import { runDeletion } from '../../undo/undoPlans.ts';
import { logStatistics } from '../dataStatistics.ts';
import { changeWithRun, uncheckedNotes, withWorkFolder, type ExecutionContext } from '../trackedRun.ts';
import { headlineTag, operationTag } from '../../../../protocol/tables/storedNames.ts';

/**
 * @throws AppError `pipeline.gateFailed`, `pipeline.leakageFound` (kind gate) after everything is stored, and as
 * {@link evaluateModel} and {@link evaluatePredictions}; CancelledError
 */
export async function executeEvaluate(task: StageTask<Evaluated>, stage: EvaluateStage, context: ExecutionContext): Promise<StageResult> {
  const { model, compared } = task.given;
  const models = [...(model === undefined ? [] : [model]), ...Object.values(compared)];
  const unchecked = uncheckedNotes(models, context);
  const { result } = await (stage.predictions === undefined
    ? measureModel(task, stage, context)
    : measurePredictions(task, stage, context));
  return { ...result, notes: [...unchecked, ...result.notes] };
}

interface Evaluation {
  readonly report: EvaluationReport;
  readonly result: StageResult;
}

/** The figures go to the run that made the model. */
async function measureModel(task: StageTask<Evaluated>, stage: EvaluateStage, context: ExecutionContext): Promise<Evaluation> {
  const { model } = task.given;
  if (model === undefined) throw new RangeError(`no model was resolved for ${task.stage}`);
  const { runId, folder } = model;
  return change(task.audit, {
    describe: { operation: 'evaluate', resources: [`stage ${task.stage}`, ...(runId === undefined ? [] : [`run ${runId}`])] },
    prepareUndo: () => undefined,
    apply: async (operationId) => {
      const options = { ...optionsOf(task, stage), modelFolder: folder, ...(runId === undefined ? {} : { runId }) };
      const report = await evaluateModel(options, context);
      if (runId === undefined) return outcomeOf({ task, context }, report, []); // registered by other means than a run
      const place = await locateModel(folder);
      const columns = place.kind === 'millwright' ? (await readModelDescription(place.folder)).inputs : [];
      await using writer = openStoreWriter(task.project).tracking();
      return outcomeOf({ task, context }, report, await store(task, report, { writer, runId, operationId, columns }));
    },
  });
}

/** Predictions without a model have a run of their own, named as the stage. */
async function measurePredictions(task: StageTask<Evaluated>, stage: EvaluateStage, context: ExecutionContext): Promise<Evaluation> {
  const { predictions } = stage;
  if (predictions === undefined) throw new RangeError(`${task.stage} has no predictions`);
  const planned = {
    describe: { operation: 'evaluate', resources: [`stage ${task.stage}`, `experiment ${task.project.experiment}`] },
    prepareUndo: (operationId: string) => runDeletion(operationTag, operationId),
  };
  return changeWithRun<Evaluation>(task, planned, context, async ({ run, writer, operationId }) => {
    const report = await evaluatePredictions({ ...optionsOf(task, stage), predictions, runId: run.id }, context);
    const columns = [predictions.target, ...report.predictionColumns].map((name) => ({ name, type: 'number' as const }));
    const outcome = outcomeOf({ task, context }, report, await store(task, report, { writer, runId: run.id, operationId, columns }));
    return { ...outcome, resources: [`stage ${task.stage}`, `run ${run.id}`] };
  });
}

/** What was measured is stored, whatever it says; a gate that did not open or a leak makes the change a failure all the same. */
function outcomeOf(
  { task, context }: { readonly task: StageTask<Evaluated>; readonly context: ExecutionContext },
  report: EvaluationReport,
  outputs: readonly string[],
): ChangeOutcome<Evaluation> {
  const result = resultOf(report, outputs);
  tell(report, context);
  const failure = failureOf(task.stage, report);
  return {
    value: { report, result },
    metrics: Object.fromEntries(result.metrics.map(({ name, value }) => [name, value])),
    ...(failure === undefined ? {} : { failure }),
  };
}

function tell(report: EvaluationReport, context: ExecutionContext): void {
  for (const { passed, message } of report.gates) context.log(passed ? 'info' : 'error', message);
  for (const { severity, message } of report.leakage) context.log(severity === 'error' ? 'error' : 'warning', message);
  for (const { message } of report.leakageChecks) context.log('info', message);
}

function failureOf(stage: string, report: EvaluationReport): AppError | undefined {
  const leaks = report.leakage.filter(({ severity }) => severity === 'error');
  if (leaks.length > 0) return leakageFound(judgedOf(stage, report), leaks.map(({ message }) => message).join(' '));
  const failed = report.gates.filter(({ passed }) => !passed);
  return failed.length === 0 ? undefined : gateFailed(judgedOf(stage, report), failed);
}

function optionsOf(task: StageTask<Evaluated>, stage: EvaluateStage): EvaluateOptions {
  const baseline = stage.baseline === undefined ? undefined : task.given.compared[stage.baseline]?.folder;
  return {
    project: task.project,
    stage,
    stageName: task.stage,
    championFolders: Object.fromEntries(Object.entries(task.given.compared).map(([name, { folder }]) => [name, folder])),
    asOf: new Date(task.asOf),
    promoted: task.given.promoted,
    ...(baseline === undefined ? {} : { baselineFolder: baseline }),
  };
}

interface Destination {
  readonly writer: TrackingWriter;
  readonly runId: string;
  readonly operationId: string;
  /** What was read of the data set. */
  readonly columns: Parameters<typeof toRunInput>[0]['columns'];
}

/** Logs the figures and the report to a run. @returns the paths of the report, as data and as a page */
async function store(
  task: StageTask<Evaluated>,
  report: EvaluationReport,
  { writer, runId, operationId, columns }: Destination,
): Promise<string[]> {
  const { project } = task;
  const timestamp = Date.now();
  const metrics = report.metrics
    .filter(({ model: { value } }) => Number.isFinite(value))
    .map(({ metric, model: { value } }) => ({ key: `${task.given.metricPrefix}${metric}`, value, step: 0, timestamp }));
  const input = toRunInput({
    name: report.dataset,
    digest: report.datasetDigest,
    path: project.datasets[report.dataset]?.path ?? report.dataset,
    columns,
    rows: report.rows,
    context: 'evaluation',
    ...(report.data === undefined ? {} : { missing: report.data.missing, target: report.data.target }),
  });
  await writer.log(runId, { metrics, inputs: [input], tags: headlineTags(report, task.given.metricPrefix) });
  return await withWorkFolder(project.root, operationId, async (folder) => {
    if (report.data !== undefined) await logStatistics(writer, { runId, stage: task.stage, folder }, [report.data]);
    const data = join(folder, 'report.json');
    await writeAtomic(data, JSON.stringify(report));
    const stored = [await writer.logArtifact(runId, data, reportArtifact(task.stage))];
    const run = reportedRun(await readRunSheet(project.root, runId));
    const view = { report, project: project.name, evaluatedAt: Date.now(), repeats: repeatedMetrics(run.run.metrics), run };
    const page = await renderPageIfBuilt({ page: 'report', view });
    if (page !== undefined) {
      const path = join(folder, 'report.html');
      await writeAtomic(path, page);
      stored.push(await writer.logArtifact(runId, path, reportArtifact(task.stage).replace(/json$/, 'html')));
    }
    return Promise.all(stored.map(async (location) => projectPath(project.root, await fetchArtifacts(project.root, location))));
  });
}

/** A model's first evaluation says what the run is judged by. */
function headlineTags({ headline }: EvaluationReport, prefix: string): Record<string, string> {
  return prefix === '' ? { [headlineTag]: headline.metric } : {};
}

/** Of the training whose model it is. */
function resultOf(report: EvaluationReport, outputs: readonly string[]): StageResult {
  return {
    ...emptyResult,
    runId: report.runId,
    metrics: report.metrics.map(({ metric, model, baseline }) => ({
      name: metric,
      value: model.value,
      ...(baseline === undefined ? {} : { baseline: baseline.value }),
    })),
    outputs: [...outputs],
    report: outputs.at(-1),
    objection: report.promotion?.objection,
    notes: [
      ...[report.headline.message, report.champion?.headline.message, promotionOf(report)].filter((note) => note !== undefined),
      ...[...report.leakage, ...unlooked(report), ...report.gates].map(({ message }) => message),
      ...report.notes,
    ],
  };
}

/** What is not known of leakage: what is in order needs no mention in a summary. */
function unlooked({ leakageChecks }: EvaluationReport): readonly LeakageCheck[] {
  return leakageChecks.filter(({ outcome }) => outcome === 'unknown');
}

interface Judged {
  readonly stage: string;
  /** The run that the report belongs to. */
  readonly runId?: string;
}

function judgedOf(stage: string, { runId }: EvaluationReport): Judged {
  return { stage, ...(runId === undefined ? {} : { runId }) };
}

function gateFailed(judged: Judged, failed: EvaluationReport['gates']): AppError {
  const args = { ...judged, failures: failed.map(({ message }) => message).join(' ') };
  const isMeasured = failed.some((gate) => gate.isMeasured !== false);
  return new AppError('pipeline.gateFailed', t('The gate of the stage {stage} did not open: {failures}', args), {
    kind: 'gate',
    args,
    remedy: isMeasured
      ? t('Improve the model, or change the limits under "gate". The run and its report are kept.')
      : t('Evaluate on rows that define the metric, or take its limit under "gate" away.'),
    inTerminal: t('"millwright report" shows the report.'),
  });
}

function leakageFound(judged: Judged, findings: string): AppError {
  const args = { ...judged, findings };
  return new AppError('pipeline.leakageFound', t('The stage {stage} found that the model knew what it was measured on: {findings}', args), {
    kind: 'gate',
    args,
    remedy: t('Measure on rows the model has not learned from, or change the limits under "leakage". The run and its report are kept.'),
    inTerminal: t('"millwright report" shows it.'),
  });
}
