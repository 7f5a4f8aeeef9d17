/** The front door for predictions that lie in a file, whoever made them. */
import { t } from '../../base/localize.ts';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { observe } from '../data/statistics/dataStatistics.ts';
import { openDataset } from '../data/dataset/openDataset.ts';
import type { Model } from '../inference/scoring/model.ts';
import { openModelAt } from '../inference/openModelAt.ts';
import { chooseMetrics } from './report/chooseMetrics.ts';
import { scoreCompared } from './readings/collectPredictions.ts';
import { baselineOf, byReference, openCompared } from './report/comparison.ts';
import { foreignOptions } from './foreignModels.ts';
import { costsOf, reportOn, reportRows, type EvaluateOptions } from './report/evaluationReport.ts';
import { predictionColumns, readPredictions, type PredictionSpec } from './readings/readPredictions.ts';

export interface EvaluatePredictionsOptions extends EvaluateOptions {
  readonly predictions: PredictionSpec;
}

/**
 * Measures predictions that are columns of the stage's data set. Registered models that the stage compares with score the
 * same rows, whose raw columns the data set must have then.
 * @throws AppError what {@link readPredictions}, {@link chooseMetrics}, {@link baselineOf}, {@link scoreCompared} and
 * {@link reportOn} throw, and what opening the data set or a model throws; CancelledError
 */
export async function evaluatePredictions(options: EvaluatePredictionsOptions, ctx: StageContext): Promise<EvaluationReport> {
  const { project, stage, asOf, predictions: spec } = options;
  await using opened = new AsyncDisposableStack();
  const notes: string[] = [];
  const open = async (folder: string): Promise<Model> =>
    opened.use(await openModelAt(folder, { ...foreignOptions(options, spec.target, ctx), note: (message) => notes.push(message) }));
  const reader = opened.use(await openDataset(project, stage.dataset, { asOf, budget: ctx.budget, signal: ctx.signal }));
  const observation = observe(reader);
  const read = await readPredictions({ reader: observation.reader, spec, columns: stage, onRows: reportRows(ctx) }, ctx);
  const subject = { ...read.subject, costs: read.subject.task === 'binary' ? costsOf(stage) : undefined };
  const chosen = chooseMetrics(stage, subject);
  const baseline = baselineOf(stage, subject.task, options);
  const compared = await openCompared(stage, options, open);
  const others = await scoreCompared({ reader, models: compared.models, subject, evaluated: read.predictions }, ctx);
  const report = await reportOn(
    {
      subject,
      predictions: read.predictions,
      segments: read.segments,
      chosen,
      baseline,
      others: byReference(compared, others),
      observation,
    },
    {
      importance: [],
      leakage: [],
      leakageChecks: [{ kind: 'sharedRows', outcome: 'unknown', message: notLookedFor() }],
      notes: [...read.notes, ...notes],
      model: undefined,
      predictionColumns: predictionColumns(spec),
    },
    options,
    ctx,
  );
  return { ...report, notes: [...report.notes, ...otherClassMeant(report)] };
}

/** A score that is worse than chance beyond doubt is likely that of the other class. */
function otherClassMeant({ metrics, classes, predictionColumns: [score = ''] }: EvaluationReport): string[] {
  const rank = metrics.find(({ metric }) => metric === 'roc_auc');
  const [other = '', positive = ''] = classes;
  if (classes.length !== 2 || other === '' || rank === undefined || !(rank.model.high < 0.5)) return [];
  const args = { score, positive, other };
  return [
    t(
      'ROC AUC is below 0.5: perhaps {score} is the score of {other}, not of {positive}. Then say so by "positive: {other}", in a terminal by --positive {other}.',
      args,
    ),
  ];
}

function notLookedFor(): string {
  return t('Predictions that are read do not say which rows their model learned from, so that those could not be looked for.');
}
