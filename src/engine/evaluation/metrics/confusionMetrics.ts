/** Metrics of decided classes, all from one table of counts. */
import type { DecisionMetric } from '../../../protocol/tables/metrics.ts';
import type { BinaryPredictions, MulticlassPredictions, ScoreArray } from './predictions.ts';
import type { RowWeights } from './rowWeights.ts';

/** `counts[actual * classes + predicted]`. */
export interface Confusion {
  readonly classes: number;
  readonly counts: Float64Array;
}

/**
 * The class each row is decided for: two classes by the threshold (at it or above is positive), more by the highest
 * probability (the first of equals).
 */
export function decide(predictions: BinaryPredictions | MulticlassPredictions): Int32Array {
  const rows = predictions.truth.length;
  const decided = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    decided[row] =
      predictions.task === 'binary'
        ? Number((predictions.scores[row] ?? 0) >= predictions.threshold)
        : largest(predictions.scores, row * predictions.classes, predictions.classes);
  }
  return decided;
}

function largest(scores: ScoreArray, start: number, width: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) {
    if ((scores[start + k] ?? 0) > (scores[start + best] ?? 0)) best = k;
  }
  return best;
}

/** The cell of the confusion table that each row falls in. */
export function confusionCells(predictions: BinaryPredictions | MulticlassPredictions): Int32Array {
  const classes = predictions.task === 'binary' ? 2 : predictions.classes;
  return decide(predictions).map((decided, row) => (predictions.truth[row] ?? 0) * classes + decided);
}

/** scikit-learn's `confusion_matrix` with `sample_weight`. */
export function confusionOf(cells: Int32Array, classes: number, weights: RowWeights): Confusion {
  const counts = new Float64Array(classes * classes);
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + (weights[row] ?? 0);
  }
  return { classes, counts };
}

/** Of one class: rows that are it, rows decided for it, and rows that are both. */
export interface ClassCounts {
  readonly actual: number;
  readonly decided: number;
  readonly hits: number;
}

export function classCounts({ classes, counts }: Confusion): ClassCounts[] {
  return Array.from({ length: classes }, (_, k) => {
    let actual = 0;
    let decided = 0;
    for (let other = 0; other < classes; other++) {
      actual += counts[k * classes + other] ?? 0;
      decided += counts[other * classes + k] ?? 0;
    }
    return { actual, decided, hits: counts[k * classes + k] ?? 0 };
  });
}

/** scikit-learn's `precision_score` of one class; NaN where nothing was decided for it (scikit-learn warns and takes 0). */
export function precision({ decided, hits }: ClassCounts): number {
  return decided === 0 ? NaN : hits / decided;
}

/** scikit-learn's `recall_score` of one class; NaN where no row is of it (scikit-learn warns and takes 0). */
export function recall({ actual, hits }: ClassCounts): number {
  return actual === 0 ? NaN : hits / actual;
}

/** scikit-learn's `f1_score` of one class: 2·hits / (actual + decided); NaN where both are none (scikit-learn warns and takes 0). */
export function f1({ actual, decided, hits }: ClassCounts): number {
  return actual + decided === 0 ? NaN : (2 * hits) / (actual + decided);
}

/**
 * A measure of classes as one number: that of the positive class where there are two, otherwise the mean weighted by
 * the rows of each class (scikit-learn's `average='weighted'`, which MLflow uses for several classes).
 */
export function averaged(confusion: Confusion, measure: (counts: ClassCounts) => number): number {
  const counts = classCounts(confusion);
  const second = counts[1];
  if (counts.length === 2 && second !== undefined) return measure(second);
  return averages.weighted(confusion, measure);
}

type ClassMeasure = (counts: ClassCounts) => number;

/** A class without a figure counts as 0 in an average: scikit-learn's `zero_division=0`. */
function orZero(figure: number): number {
  return Number.isNaN(figure) ? 0 : figure;
}

/** scikit-learn's `average`, of precision, recall and F1. */
export const averages = {
  /** The plain mean over the classes that occur or were decided for. */
  macro: (confusion: Confusion, measure: ClassMeasure): number => {
    const seen = classCounts(confusion).filter(({ actual, decided }) => actual + decided > 0);
    return seen.reduce((sum, each) => sum + orZero(measure(each)), 0) / seen.length;
  },
  /** Of all decisions together: where every row has one class and gets one, precision, recall, F1 and accuracy are the same. */
  micro: (confusion: Confusion, measure: ClassMeasure): number => {
    const counts = classCounts(confusion);
    const total = (part: ClassMeasure): number => counts.reduce((sum, each) => sum + part(each), 0);
    return measure({ actual: total(({ actual }) => actual), decided: total(({ decided }) => decided), hits: total(({ hits }) => hits) });
  },
  /** The mean weighted by the rows of each class. */
  weighted: (confusion: Confusion, measure: ClassMeasure): number => {
    const counts = classCounts(confusion);
    const rows = counts.reduce((sum, { actual }) => sum + actual, 0);
    return counts.reduce((sum, each) => sum + each.actual * orZero(measure(each)), 0) / rows;
  },
} as const;
export type Average = keyof typeof averages;

/** scikit-learn's `accuracy_score`. */
export function accuracy(confusion: Confusion): number {
  const counts = classCounts(confusion);
  return counts.reduce((sum, { hits }) => sum + hits, 0) / counts.reduce((sum, { actual }) => sum + actual, 0);
}

/** scikit-learn's `balanced_accuracy_score`: the mean recall of the classes that occur; NaN where only one does. */
export function balancedAccuracy(confusion: Confusion): number {
  const present = classCounts(confusion).filter(({ actual }) => actual > 0);
  if (present.length < 2) return NaN;
  return present.reduce((sum, each) => sum + recall(each), 0) / present.length;
}

/**
 * scikit-learn's `matthews_corrcoef`, for any number of classes: 0 where one class is decided for every row; NaN where every row
 * is of one class, which leaves nothing to correlate with.
 */
export function matthews(confusion: Confusion): number {
  const counts = classCounts(confusion);
  if (counts.filter(({ actual }) => actual > 0).length < 2) return NaN;
  const rows = counts.reduce((sum, { actual }) => sum + actual, 0);
  const sumOf = (term: (each: ClassCounts) => number): number => counts.reduce((sum, each) => sum + term(each), 0);
  const covariance = sumOf(({ hits }) => hits) * rows - sumOf(({ actual, decided }) => actual * decided);
  const spread = (rows * rows - sumOf(({ decided }) => decided ** 2)) * (rows * rows - sumOf(({ actual }) => actual ** 2));
  return spread === 0 ? 0 : covariance / Math.sqrt(spread);
}

/** The formula of each metric of decisions. */
export const decisionMeasures: Readonly<Record<DecisionMetric, (confusion: Confusion) => number>> = {
  f1_score: (confusion) => averaged(confusion, f1),
  f1_score_macro: (confusion) => averages.macro(confusion, f1),
  f1_score_micro: (confusion) => averages.micro(confusion, f1),
  precision_score: (confusion) => averaged(confusion, precision),
  precision_score_macro: (confusion) => averages.macro(confusion, precision),
  precision_score_micro: (confusion) => averages.micro(confusion, precision),
  recall_score: (confusion) => averaged(confusion, recall),
  recall_score_macro: (confusion) => averages.macro(confusion, recall),
  recall_score_micro: (confusion) => averages.micro(confusion, recall),
  accuracy_score: accuracy,
  balanced_accuracy_score: balancedAccuracy,
  matthews_corrcoef: matthews,
};
