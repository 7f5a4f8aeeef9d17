/** Stages that evaluate a model: their figures go to the run that made it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { EvaluationReport } from '../../../protocol/evaluation.ts';
import { evaluateModel } from '../../evaluation/evaluateModel.ts';
import type { EvaluateStage } from '../../project/definitions/stage.ts';
import { change } from '../../safety/change.ts';
import { openTrackingWriter } from '../../tracking/trackingWriter.ts';
import type { StageTask } from '../stageContract.ts';
import { emptyResult, type StageResult } from '../stageExecution.ts';
import { projectPath, withWorkFolder, type ExecutionContext } from './execution.ts';

/** Where reports lie among a run's artifacts: `evaluation/<stage>/report.json`. */
export const reportsFolder = 'evaluation';
export const reportFile = 'report.json';

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
      const path = await store(task, report, operationId);
      const result = resultOf(report, model.runId, path);
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

/** Logs the figures and the report to the model's run; without a run the report stays in the project's own folder. */
async function store(task: StageTask, report: EvaluationReport, operationId: string): Promise<string | undefined> {
  const runId = task.model?.runId;
  if (runId === undefined) return undefined;
  const { root } = task.project;
  using writer = openTrackingWriter(root);
  const timestamp = Date.now();
  const metrics = report.metrics.map(({ metric, model }) => ({
    key: `${task.metricPrefix}${metric}`,
    value: model.value,
    step: 0,
    timestamp,
  }));
  const source = JSON.stringify({ uri: task.project.datasets[report.dataset]?.path ?? report.dataset });
  await writer.log(runId, {
    metrics,
    inputs: [
      {
        name: report.dataset,
        digest: report.datasetDigest.slice(0, 36),
        sourceType: 'local',
        source,
        schema: undefined,
        profile: JSON.stringify({ num_rows: report.rows, sha256: report.datasetDigest }),
        context: 'evaluation',
      },
    ],
  });
  return await withWorkFolder(root, operationId, async (folder) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, reportFile), JSON.stringify(report, undefined, 1));
    const stored = await writer.logArtifact(runId, folder, `${reportsFolder}/${task.stage}`);
    return projectPath(root, stored);
  });
}

function resultOf(report: EvaluationReport, runId: string | undefined, path: string | undefined): StageResult {
  return {
    ...emptyResult,
    runId,
    metrics: report.metrics.map(({ metric, model, baseline }) => ({
      name: metric,
      value: model.value,
      ...(baseline === undefined ? {} : { baseline: baseline.value }),
    })),
    outputs: path === undefined ? [] : [path],
    report: path === undefined ? undefined : `${path}/${reportFile}`,
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
