/** All metrics of fixed predictions under changing row weights: with weights of one the figures themselves, else bootstrap replicates. */
import type { MetricName } from '../project/definitions/stage.ts';
import { sourceOfPrior, sourceOfRows, type ClassSource } from './classSource.ts';
import { accuracy, averaged, balancedAccuracy, f1, matthews, precision, recall, type Confusion } from './confusionMetrics.ts';
import type { Predictions, RegressionPredictions } from './predictions.ts';
import type { RankFigures } from './rankMetrics.ts';
import {
  errorSums,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2,
  rootMeanSquaredError,
  type ErrorSums,
} from './regressionMetrics.ts';
import { oncePerResample, type Resample } from './resample.ts';

/**
 * The metrics, in the order asked for.
 * @param weights how often each row counts, one per row
 * @returns NaN for a metric that these rows cannot have (a class is absent, or the task is another)
 */
export type Scorer = (weights: Uint8Array) => Float64Array;

type Measure = (resample: Resample) => number;
type Measures = Readonly<Partial<Record<MetricName, Measure>>>;

/** The metrics of a model's predictions. */
export function createScorer(predictions: Predictions, metrics: readonly MetricName[]): Scorer {
  return scorerOf(predictions.task === 'regression' ? regressionMeasures(predictions) : classMeasures(sourceOfRows(predictions)), metrics);
}

/** The metrics of predicting the same class shares for every row; see {@link sourceOfPrior}. */
export function createPriorScorer(truth: Uint8Array | Int32Array, shares: readonly number[], metrics: readonly MetricName[]): Scorer {
  return scorerOf(classMeasures(sourceOfPrior(truth, shares)), metrics);
}

/** The metrics of rows that count once each. */
export function scoreOnce(predictions: Predictions, metrics: readonly MetricName[]): Readonly<Partial<Record<MetricName, number>>> {
  const values = createScorer(predictions, metrics)(new Uint8Array(predictions.truth.length).fill(1));
  return Object.fromEntries(metrics.map((metric, index) => [metric, values[index] ?? NaN]));
}

function scorerOf(measures: Measures, metrics: readonly MetricName[]): Scorer {
  return (weights) => {
    const resample: Resample = { weights };
    return Float64Array.from(metrics, (metric) => measures[metric]?.(resample) ?? NaN);
  };
}

function classMeasures(source: ClassSource): Measures {
  const ofRanks =
    (figure: (figures: RankFigures) => number): Measure =>
    (resample) =>
      prevalenceMean(source.ranks(resample), figure);
  const ofConfusion =
    (measure: (confusion: Confusion) => number): Measure =>
    (resample) =>
      measure(source.confusion(resample));
  return {
    roc_auc: ofRanks(({ rocAuc }) => rocAuc),
    precision_recall_auc: ofRanks(({ averagePrecision }) => averagePrecision),
    log_loss: source.logLoss,
    brier_score: source.brier,
    f1_score: ofConfusion((counts) => averaged(counts, f1)),
    precision_score: ofConfusion((counts) => averaged(counts, precision)),
    recall_score: ofConfusion((counts) => averaged(counts, recall)),
    accuracy_score: ofConfusion(accuracy),
    balanced_accuracy_score: ofConfusion(balancedAccuracy),
    matthews_corrcoef: ofConfusion(matthews),
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

function regressionMeasures(predictions: RegressionPredictions): Measures {
  const centre = predictions.truth.reduce((sum, value) => sum + value, 0) / Math.max(1, predictions.truth.length);
  const sums = oncePerResample(({ weights }) => errorSums(predictions, centre, weights));
  const of =
    (measure: (sums: ErrorSums) => number): Measure =>
    (resample) =>
      measure(sums(resample));
  return {
    mean_absolute_error: of(meanAbsoluteError),
    mean_squared_error: of(meanSquaredError),
    root_mean_squared_error: of(rootMeanSquaredError),
    r2_score: of(r2),
    mean_absolute_percentage_error: of(meanAbsolutePercentageError),
  };
}
