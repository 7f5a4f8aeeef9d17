/** All metrics of fixed predictions under changing row weights: with their own weights the figures themselves, else bootstrap replicates. */
import { parseMetric, type MetricKey, type RankingMetric, type ScoreMetric } from '../../../protocol/tables/metrics.ts';
import { sourceOfPrior, sourceOfRows, type ClassSource } from './classSource.ts';
import { decisionMeasures } from './confusionMetrics.ts';
import { averagePrecisionAt, ndcgAt, rankGroups, type RankedGroups } from './groupRanking.ts';
import type { Predictions, RegressionPredictions, RowGroups } from './predictions.ts';
import type { RankFigures } from './rankMetrics.ts';
import { errorMeasures, errorSums } from './regressionMetrics.ts';
import { once, oncePerResample, type Resample } from './resample.ts';
import { weightsOf, type RowWeights } from './rowWeights.ts';

/**
 * The metrics, in the order asked for.
 * @param weights how much each row counts, one per row
 * @returns NaN for a metric that these rows cannot have (a class is absent, or the task is another)
 */
export type Scorer = (weights: RowWeights) => Float64Array;

type Measure = (resample: Resample) => number;
type Measures = Readonly<Partial<Record<MetricKey, Measure>>>;

/** The metrics of a model's predictions. */
export function createScorer(predictions: Predictions, metrics: readonly MetricKey[]): Scorer {
  const measures = predictions.task === 'regression' ? regressionMeasures(predictions) : classMeasures(sourceOfRows(predictions));
  return scorerOf({ ...measures, ...rankingMeasures(predictions, metrics) }, metrics);
}

/** The metrics of predicting the same class shares for every row; see {@link sourceOfPrior}. */
export function createPriorScorer(
  { truth, groups }: { readonly truth: Uint8Array | Int32Array; readonly groups?: RowGroups | undefined },
  shares: readonly number[],
  metrics: readonly MetricKey[],
): Scorer {
  const constant = { truth, groups, scores: new Float64Array(groups === undefined ? 0 : truth.length) };
  return scorerOf({ ...classMeasures(sourceOfPrior(truth, shares)), ...rankingMeasures(constant, metrics) }, metrics);
}

/** The metrics of the rows as they are. */
export function scoreOnce<K extends MetricKey>(predictions: Predictions, metrics: readonly K[]): Readonly<Partial<Record<K, number>>> {
  const values = createScorer(predictions, metrics)(weightsOf(predictions));
  return Object.fromEntries(metrics.map((metric, index) => [metric, values[index] ?? NaN])) as Partial<Record<K, number>>;
}

function scorerOf(measures: Measures, metrics: readonly MetricKey[]): Scorer {
  return (weights) => {
    const resample: Resample = { weights };
    return Float64Array.from(metrics, (metric) => measures[metric]?.(resample) ?? NaN);
  };
}

function classMeasures(source: ClassSource): Measures {
  const ofDecisions = Object.entries(decisionMeasures).map(
    ([metric, measure]) => [metric, (resample: Resample) => measure(source.confusion(resample))] as const,
  );
  return { ...scoreMeasures(source), ...Object.fromEntries(ofDecisions) };
}

function scoreMeasures(source: ClassSource): Readonly<Record<ScoreMetric, Measure>> {
  const ofRanks =
    (average: typeof prevalenceMean, figure: (figures: RankFigures) => number): Measure =>
    (resample) =>
      average(source.ranks(resample), figure);
  return {
    roc_auc: ofRanks(prevalenceMean, ({ rocAuc }) => rocAuc),
    roc_auc_macro: ofRanks(plainMean, ({ rocAuc }) => rocAuc),
    roc_auc_micro: (resample) => source.microRank(resample).rocAuc,
    precision_recall_auc: ofRanks(prevalenceMean, ({ averagePrecision }) => averagePrecision),
    precision_recall_auc_macro: ofRanks(plainMean, ({ averagePrecision }) => averagePrecision),
    precision_recall_auc_micro: (resample) => source.microRank(resample).averagePrecision,
    log_loss: source.logLoss,
    brier_score: source.brier,
  };
}

/**
 * scikit-learn's `multi_class='ovr', average='weighted'`: each class against the rest, weighted by its rows; a class
 * that does not occur weighs nothing.
 */
function prevalenceMean(figures: readonly RankFigures[], figure: (figures: RankFigures) => number): number {
  const [only] = figures;
  if (only !== undefined && figures.length === 1) return figure(only);
  const present = figures.filter(({ positives }) => positives > 0);
  const total = present.reduce((sum, { positives }) => sum + positives, 0);
  return present.reduce((sum, each) => sum + each.positives * figure(each), 0) / total;
}

/** scikit-learn's `multi_class='ovr', average='macro'`: NaN where a class does not occur. */
function plainMean(figures: readonly RankFigures[], figure: (figures: RankFigures) => number): number {
  return figures.reduce((sum, each) => sum + figure(each), 0) / figures.length;
}

function regressionMeasures(predictions: RegressionPredictions): Measures {
  const centre = predictions.truth.reduce((sum, value) => sum + value, 0) / Math.max(1, predictions.truth.length);
  const sums = oncePerResample(({ weights }) => errorSums(predictions, centre, weights));
  return Object.fromEntries(
    Object.entries(errorMeasures).map(([metric, measure]) => [metric, (resample: Resample) => measure(sums(resample))] as const),
  );
}

/** The formula of each metric of the first k rows of a group: one figure per group. */
const groupFigures: Readonly<Record<RankingMetric, (k: number, ranked: RankedGroups) => Float64Array>> = {
  ndcg_at_k: ndcgAt,
  map_at_k: averagePrecisionAt,
};

/** The mean over groups; the rows of a group count alike, so that a group weighs what its first row does. */
function rankingMeasures(
  { truth, scores, groups }: Pick<Predictions, 'truth' | 'scores' | 'groups'>,
  metrics: readonly MetricKey[],
): Measures {
  if (groups === undefined) return {};
  const ranked = once(() => rankGroups(truth, scores, groups));
  const firstRows = once(() => firstRowOfEach(groups));
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const parsed = parseMetric(metric);
      if (!('k' in parsed)) return [];
      const figures = once(() => groupFigures[parsed.name](parsed.k, ranked()));
      return [[metric, ({ weights }: Resample) => meanOfGroups(figures(), firstRows(), weights)] as const];
    }),
  );
}

function firstRowOfEach({ codes, count }: RowGroups): Uint32Array {
  const first = new Uint32Array(count);
  for (let row = codes.length - 1; row >= 0; row--) first[codes[row] ?? 0] = row;
  return first;
}

function meanOfGroups(figures: Float64Array, firstRows: Uint32Array, weights: RowWeights): number {
  let sum = 0;
  let total = 0;
  for (let group = 0; group < figures.length; group++) {
    const weight = weights[firstRows[group] ?? 0] ?? 0;
    sum += weight * (figures[group] ?? 0);
    total += weight;
  }
  return sum / total;
}
