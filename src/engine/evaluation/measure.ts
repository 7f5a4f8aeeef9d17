/** Everything a report says about collected predictions: figures with intervals, curves, tables, segments, gates, headline. */
import { AppError } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { ClassResult, EvaluationReport, MetricResult } from '../../protocol/evaluation.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { ModelDescription } from '../inference/model.ts';
import type { MetricName } from '../project/definitions/stage.ts';
import { bootstrap, confidence, differenceOf, estimateOf, pairedPValue, replicatesFor, type Replicates } from './bootstrap.ts';
import { classCountOf } from './classSource.ts';
import { classCounts, confusionCells, confusionOf, f1, precision, recall, type Confusion } from './confusionMetrics.ts';
import { calibrationCurve, residualHistogram, thresholdCurves } from './curves.ts';
import { checkGates, type Gate } from './gates.ts';
import { headlineOf } from './headline.ts';
import { metricDefinitions } from './metricDefinitions.ts';
import type { Predictions, RegressionPredictions } from './predictions.ts';
import { rank } from './rankMetrics.ts';
import { orderByScore } from './scoreOrder.ts';
import { createPriorScorer, createScorer, scoreOnce, type Scorer } from './scorer.ts';
import { measureSegments, type SegmentColumn } from './segmentColumn.ts';

/** What the model is compared with: the class shares of the data, their mean, or another model. `name` is how it is shown. */
export interface Baseline {
  readonly kind: 'majority' | 'mean' | 'model';
  readonly name: string;
}

export interface MeasureOptions {
  readonly predictions: Predictions;
  readonly description: ModelDescription;
  readonly metrics: readonly MetricName[];
  readonly baseline: Baseline;
  /** Other models' predictions of the same rows, by reference: the baseline's, and those that gates must beat. */
  readonly others: ReadonlyMap<string, Predictions>;
  readonly segments: readonly SegmentColumn[];
  readonly gate: Gate;
  readonly seed: number;
  readonly dataset: string;
}

/** The part of a report that follows from predictions alone. */
export type Measured = Pick<
  EvaluationReport,
  | 'rows'
  | 'classShares'
  | 'baseline'
  | 'baselineKind'
  | 'headline'
  | 'intervalMethod'
  | 'metrics'
  | 'gates'
  | 'curves'
  | 'confusion'
  | 'classResults'
  | 'classAverages'
  | 'ranking'
  | 'segments'
  | 'omittedSegments'
>;

/** @throws AppError `evaluation.oneClass`; CancelledError */
export async function measure(options: MeasureOptions, ctx: StageContext): Promise<Measured> {
  const { predictions, metrics, description, baseline } = options;
  const rows = predictions.truth.length;
  const shares = predictions.task === 'regression' ? [] : classSharesOf(predictions.truth, classCountOf(predictions));
  checkClasses(shares, description, options.dataset);
  const width = predictions.task === 'multiclass' ? predictions.classes : 1;
  const replicates = replicatesFor(rows * width * (baseline.kind === 'model' ? 2 : 1));
  const [own, its] = await bootstrap([createScorer(predictions, metrics), baselineScorer(options, shares)], {
    rows,
    replicates,
    seed: options.seed,
    signal: ctx.signal,
    onReplicate: (done) => {
      ctx.progress({ message: t('Interval replicate {done} of {replicates}', { done, replicates }), fraction: done / replicates });
    },
  });
  if (own === undefined || its === undefined) throw new Error('the bootstrap lost a scorer');
  const segments = measureSegments(predictions, options.segments, metrics);
  const confusion = confusionTable(predictions);
  return {
    rows,
    classShares: shares,
    baseline: baseline.name,
    baselineKind: baseline.kind,
    headline: compare(options, own, its),
    intervalMethod: t(
      '{confidence} % percentile interval of a Poisson bootstrap over rows, {replicates} replicates, seed {seed}; paired test against the baseline',
      {
        confidence: confidence * 100,
        replicates: formatCount(replicates),
        seed: options.seed,
      },
    ),
    metrics: metrics.map((metric, index) => metricResult(metric, index, own, its)),
    gates: checkGates(options.gate, figuresOf(metrics, own), championFigures(options)),
    curves: curvesOf(predictions),
    confusion: confusion === undefined ? undefined : tableOf(confusion),
    classResults: confusion === undefined ? [] : classResults(confusion, description.classes),
    classAverages: [],
    ranking: undefined,
    segments: segments.segments,
    omittedSegments: segments.omitted,
  };
}

function metricResult(metric: MetricName, index: number, own: Replicates, its: Replicates): MetricResult {
  return {
    metric,
    higherIsBetter: metricDefinitions[metric].higherIsBetter,
    model: estimateOf(own, index),
    baseline: estimateOf(its, index),
    pValue: pairedPValue(own, its, index),
  };
}

function compare({ metrics, baseline }: MeasureOptions, own: Replicates, its: Replicates): Measured['headline'] {
  const [metric] = metrics;
  if (metric === undefined) throw new Error('an evaluation without metrics');
  const names = { majority: t('always predicting the most frequent class'), mean: t('always predicting the mean'), model: baseline.name };
  return headlineOf({
    metric,
    model: estimateOf(own, 0),
    baseline: estimateOf(its, 0),
    difference: differenceOf(own, its, 0),
    baselineName: names[baseline.kind],
  });
}

function baselineScorer({ predictions, metrics, baseline, others }: MeasureOptions, shares: readonly number[]): Scorer {
  if (baseline.kind === 'model') {
    const its = others.get(baseline.name);
    if (its === undefined) throw new Error(`no predictions of the baseline ${baseline.name}`);
    return createScorer(its, metrics);
  }
  if (predictions.task !== 'regression') return createPriorScorer(predictions.truth, shares, metrics);
  return createScorer(meanPredictions(predictions), metrics);
}

/** scikit-learn's `DummyRegressor(strategy='mean')`, with the mean of the evaluated rows: the most favourable constant. */
function meanPredictions({ task, truth }: RegressionPredictions): RegressionPredictions {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  return { task, truth, scores: new Float32Array(truth.length).fill(mean) };
}

function championFigures({ gate, metrics, others }: MeasureOptions): Parameters<typeof checkGates>[2] {
  const named = new Set(Object.values(gate).flatMap((limits) => limits.beats ?? []));
  return Object.fromEntries(
    [...others].filter(([reference]) => named.has(reference)).map(([reference, its]) => [reference, scoreOnce(its, metrics)]),
  );
}

function figuresOf(metrics: readonly MetricName[], { values }: Replicates): Readonly<Partial<Record<MetricName, number>>> {
  return Object.fromEntries(metrics.map((metric, index) => [metric, values[index] ?? NaN]));
}

function classSharesOf(truth: Uint8Array | Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const code of truth) counts[code] = (counts[code] ?? 0) + 1;
  return counts.map((count) => count / truth.length);
}

function checkClasses(shares: readonly number[], { classes, target }: ModelDescription, dataset: string): void {
  const only = shares.findIndex((share) => share === 1);
  if (only === -1) return;
  const args = { dataset, target, value: classes[only] ?? '' };
  throw new AppError(
    'evaluation.oneClass',
    t('Every row of {dataset} has the class "{value}" of {target}: there is nothing to tell apart.', args),
    {
      args,
      remedy: t('Evaluate on rows of at least two classes: widen the "during" window or the "where" condition of the data set.'),
    },
  );
}

function curvesOf(predictions: Predictions): EvaluationReport['curves'] {
  switch (predictions.task) {
    case 'binary': {
      const ranking = rank(predictions.scores, predictions.truth);
      return {
        ...thresholdCurves(ranking, predictions.scores),
        calibration: calibrationCurve(ranking, predictions.scores, predictions.truth),
      };
    }
    case 'regression':
      return {
        calibration: calibrationCurve(orderByScore(predictions.scores), predictions.scores, predictions.truth),
        residuals: residualHistogram(predictions.scores, predictions.truth),
      };
    case 'multiclass':
      return {};
  }
}

function confusionTable(predictions: Predictions): Confusion | undefined {
  if (predictions.task === 'regression') return undefined;
  return confusionOf(confusionCells(predictions), classCountOf(predictions), new Uint8Array(predictions.truth.length).fill(1));
}

function tableOf({ classes, counts }: Confusion): number[][] {
  return Array.from({ length: classes }, (_, actual) => [...counts.subarray(actual * classes, (actual + 1) * classes)]);
}

function classResults(confusion: Confusion, names: readonly string[]): ClassResult[] {
  return classCounts(confusion).map((counts, index) => ({
    name: names[index] ?? String(index),
    rows: counts.actual,
    precision: precision(counts),
    recall: recall(counts),
    f1: f1(counts),
    rocAuc: undefined,
    averagePrecision: undefined,
  }));
}
