/** The front door for models: measures one on a data set and compares it with a baseline. */
import { relative } from 'node:path';
import type { DecisionCosts, EvaluationReport } from '../../protocol/evaluation.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { observe } from '../data/statistics/dataStatistics.ts';
import { openDataset } from '../data/dataset/openDataset.ts';
import type { Model, ModelDescription } from '../inference/scoring/model.ts';
import { openModelAt } from '../inference/openModelAt.ts';
import { readingOf } from '../inference/prediction/planPrediction.ts';
import { foreignOptions, requireTarget } from './foreignModels.ts';
import type { EvaluateStage } from '../project/definitions/stages/evaluateStage.ts';
import { scoreChampion } from './report/champion.ts';
import { chooseMetrics } from './report/chooseMetrics.ts';
import { collectPredictions } from './readings/collectPredictions.ts';
import { baselineOf, byReference, openCompared } from './report/comparison.ts';
import { costsOf, reportOn, reportRows, type EvaluateOptions } from './report/evaluationReport.ts';
import { findLeakage } from './findLeakage.ts';
import type { Subject } from './readings/subject.ts';

export interface EvaluateModelOptions extends EvaluateOptions {
  readonly modelFolder: string;
}

/**
 * Reads every row once. Gates are checked and reported; whether a failed one stops the pipeline is not decided here.
 * @throws AppError what {@link chooseMetrics}, {@link baselineOf}, {@link collectPredictions} and {@link reportOn} throw, and
 * what opening the data set or a model throws; CancelledError
 */
export async function evaluateModel(options: EvaluateModelOptions, ctx: StageContext): Promise<EvaluationReport> {
  const { project, stage, asOf } = options;
  await using opened = new AsyncDisposableStack();
  const notes: string[] = [];
  const openFor = async (folder: string, target: string | undefined): Promise<Model> =>
    opened.use(await openModelAt(folder, { ...foreignOptions(options, target, ctx), note: (message) => notes.push(message) }));
  const model = await openFor(options.modelFolder, stage.target);
  const { description } = model;
  requireTarget(description, stage);
  const open = async (folder: string): Promise<Model> => openFor(folder, description.target);
  const subject = subjectOf(description, stage);
  const chosen = chooseMetrics(stage, subject);
  const baseline = baselineOf(stage, description.task, options);
  const reader = opened.use(
    await openDataset(project, stage.dataset, { asOf, budget: ctx.budget, signal: ctx.signal, reading: readingOf(description) }),
  );
  const observation = observe(reader);
  const compared = await openCompared(stage, options, open);
  const collected = await collectPredictions(
    { reader: observation.reader, models: [model, ...compared.models], columns: stage, onRows: reportRows(ctx) },
    ctx,
  );
  const leakage = await findLeakage({ project, stage, asOf, description, reader }, ctx);
  const [predictions, ...others] = collected.predictions;
  const champion =
    options.promoted === undefined
      ? undefined
      : await scoreChampion(options.promoted, { reader, subject, description, predictions, open }, ctx);
  return await reportOn(
    { subject, predictions, segments: collected.segments, chosen, baseline, others: byReference(compared, others), observation, champion },
    {
      importance: description.importance,
      leakage: leakage.findings,
      leakageChecks: leakage.checks,
      notes,
      model: { path: relative(project.root, model.folder).replaceAll('\\', '/'), digest: model.digest },
      predictionColumns: [],
    },
    options,
    ctx,
  );
}

function subjectOf({ task, target, classes, threshold, thresholdChoice }: ModelDescription, stage: EvaluateStage): Subject {
  if (task !== 'binary') return { task, target, classes, threshold: undefined };
  return {
    ...{ task, target, classes, thresholdChoice },
    threshold: threshold ?? 0.5,
    costs: costsOf(stage) ?? chosenCosts(thresholdChoice),
  };
}

function chosenCosts(choice: ModelDescription['thresholdChoice']): DecisionCosts | undefined {
  return choice?.by === 'cost' ? choice.costs : undefined;
}
