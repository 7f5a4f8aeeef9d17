/** Stages that evaluate a model: their figures go to the run that made it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { EvaluationReport } from '../../../protocol/evaluation.ts';
import { repeatedMetrics, type RepeatedMetric } from '../../../protocol/repeats.ts';
import { evaluateModel } from '../../evaluation/evaluateModel.ts';
import { parseModelDescription } from '../../inference/modelDescription.ts';
import type { EvaluateStage } from '../../project/definitions/stage.ts';
import { change } from '../../safety/change.ts';
import { toRunInput } from '../../tracking/datasetInput.ts';
import { openTrackingReader } from '../../tracking/openTracking.ts';
import { reportArtifact } from '../../tracking/reports.ts';
import { openTrackingWriter } from '../../tracking/trackingWriter.ts';
import { renderPageIfBuilt } from '../renderPage.ts';
import type { StageTask } from '../stageContract.ts';
import { emptyResult, type StageResult } from '../stageExecution.ts';
import { projectPath, withWorkFolder, type ExecutionContext } from './execution.ts';

/** @throws AppError `pipeline.gateFailed` (kind gate) after everything is stored, and as {@link evaluateModel}; CancelledError */
export async function executeEvaluate(task: StageTask, stage: EvaluateStage, context: ExecutionContext): Promise<StageResult> {
  const { model } = task;
  if (model === undefined) throw new RangeError(`no model was resolved for ${task.stage}`);
  const { report, result } = await change(task.audit, {
    describe: { operation: 'evaluate', resources: [`stage ${task.stage}`, ...(model.runId === undefined ? [] : [`run ${model.runId}`])] },
    prepareUndo: () => undefined,
    apply: async (operationId) => {
      const report = await evaluateModel(
        {
          project: task.project,
          stage,
          stageName: task.stage,
          modelFolder: model.folder,
          championFolders: Object.fromEntries(Object.entries(task.compared).map(([name, { folder }]) => [name, folder])),
          asOf: new Date(task.asOf),
          ...(baselineFolder(task, stage) === undefined ? {} : { baselineFolder: baselineFolder(task, stage) ?? '' }),
          ...(model.runId === undefined ? {} : { runId: model.runId }),
        },
        context,
      );
      const outputs = await store(task, report, operationId);
      const result = resultOf(report, model.runId, outputs);
      return { value: { report, result }, metrics: Object.fromEntries(result.metrics.map(({ name, value }) => [name, value])) };
    },
  });
  for (const { passed, message } of report.gates) context.log(passed ? 'info' : 'error', message);
  const failed = report.gates.filter(({ passed }) => !passed);
  if (failed.length > 0) throw gateFailed(task.stage, failed.map(({ message }) => message).join(' '));
  return result;
}

function baselineFolder(task: StageTask, stage: EvaluateStage): string | undefined {
  return stage.baseline === undefined ? undefined : task.compared[stage.baseline]?.folder;
}

/** Logs the figures and the report to the model's run. @returns the paths of the report, as data and as a page */
async function store(task: StageTask, report: EvaluationReport, operationId: string): Promise<string[]> {
  const { model, project } = task;
  if (model?.runId === undefined) return []; // registered by other means than a run
  const { runId } = model;
  const description = join(model.folder, 'millwright.json');
  const timestamp = Date.now();
  const metrics = report.metrics.map(({ metric, model: { value } }) => ({
    key: `${task.metricPrefix}${metric}`,
    value,
    step: 0,
    timestamp,
  }));
  const input = toRunInput({
    name: report.dataset,
    digest: report.datasetDigest,
    path: project.datasets[report.dataset]?.path ?? report.dataset,
    columns: parseModelDescription(await readFile(description), description).inputs,
    rows: report.rows,
    context: 'evaluation',
  });
  using writer = openTrackingWriter(project.root);
  await writer.log(runId, { metrics, inputs: [input] });
  return await withWorkFolder(project.root, operationId, async (folder) => {
    const data = join(folder, 'report.json');
    await writeFile(data, JSON.stringify(report));
    const stored = [await writer.logArtifact(runId, data, reportArtifact(task.stage))];
    const view = { report, project: project.name, evaluatedAt: Date.now(), repeats: await repeatsOf(project.root, runId) };
    const page = await renderPageIfBuilt({ page: 'report', view });
    if (page !== undefined) {
      const path = join(folder, 'report.html');
      await writeFile(path, page);
      stored.push(await writer.logArtifact(runId, path, reportArtifact(task.stage).replace(/json$/, 'html')));
    }
    return stored.map((path) => projectPath(project.root, path));
  });
}

/** Of the training whose model it is. */
async function repeatsOf(root: string, runId: string): Promise<RepeatedMetric[]> {
  using reader = openTrackingReader(root);
  return repeatedMetrics((await reader?.run(runId))?.metrics ?? {});
}

function resultOf(report: EvaluationReport, runId: string | undefined, outputs: readonly string[]): StageResult {
  return {
    ...emptyResult,
    runId,
    metrics: report.metrics.map(({ metric, model, baseline }) => ({
      name: metric,
      value: model.value,
      ...(baseline === undefined ? {} : { baseline: baseline.value }),
    })),
    outputs: [...outputs],
    report: outputs.at(-1),
    notes: [report.headline.message, ...report.gates.map(({ message }) => message)],
  };
}

function gateFailed(stage: string, failures: string): AppError {
  const args = { stage, failures };
  return new AppError('pipeline.gateFailed', t('The gate of the stage {stage} did not open: {failures}', args), {
    kind: 'gate',
    args,
    remedy: t('Improve the model, or change the limits under "gate". The run and its report are kept.'),
  });
}
