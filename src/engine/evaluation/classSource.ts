/** What the metrics of a classification are computed from, under changing row weights: every row's scores, or one constant for all. */
import { confusionCells, confusionOf, type Confusion } from './confusionMetrics.ts';
import type { BinaryPredictions, MulticlassPredictions } from './predictions.ts';
import { brierLosses, logLosses, weightedMean } from './probabilityMetrics.ts';
import { rank, rankFigures, type RankFigures, type Ranking } from './rankMetrics.ts';
import { once, oncePerResample, type Resample } from './resample.ts';

export type ClassPredictions = BinaryPredictions | MulticlassPredictions;

export interface ClassSource {
  /** One for two classes (the positive one), otherwise one of each class against the rest. */
  readonly ranks: (resample: Resample) => readonly RankFigures[];
  readonly confusion: (resample: Resample) => Confusion;
  readonly logLoss: (resample: Resample) => number;
  readonly brier: (resample: Resample) => number;
}

/** How many classes the predictions tell apart. */
export function classCountOf(predictions: ClassPredictions): number {
  return predictions.task === 'binary' ? 2 : predictions.classes;
}

/** The predictions themselves; sorting and losses are prepared when first asked for. */
export function sourceOfRows(predictions: ClassPredictions): ClassSource {
  const rankings = once(() => rankingsOf(predictions));
  const cells = once(() => confusionCells(predictions));
  const logs = once(() => logLosses(predictions));
  const briers = once(() => brierLosses(predictions));
  return {
    ranks: oncePerResample(({ weights }) => rankings().map((ranking) => rankFigures(ranking, weights))),
    confusion: oncePerResample(({ weights }) => confusionOf(cells(), classCountOf(predictions), weights)),
    logLoss: ({ weights }) => weightedMean(logs(), weights),
    brier: ({ weights }) => weightedMean(briers(), weights),
  };
}

function rankingsOf(predictions: ClassPredictions): readonly Ranking[] {
  if (predictions.task === 'binary') return [rank(predictions.scores, predictions.truth)];
  const { classes, scores, truth } = predictions;
  return Array.from({ length: classes }, (_, k) =>
    rank(
      Float32Array.from(truth, (_actual, row) => scores[row * classes + k] ?? 0),
      Uint8Array.from(truth, (actual) => Number(actual === k)),
    ),
  );
}

/**
 * scikit-learn's `DummyClassifier(strategy='prior')`: every row gets the same probabilities, and the most frequent
 * class. Its figures follow from the rows of each class, so a replicate costs one count.
 * @param truth the class of each row, as an index into `shares`
 * @param shares the constant probabilities, one per class
 */
export function sourceOfPrior(truth: Uint8Array | Int32Array, shares: readonly number[]): ClassSource {
  const classes = shares.length;
  const majority = shares.indexOf(Math.max(...shares));
  const codes = Int32Array.from(truth);
  const totals = oncePerResample(({ weights }) => confusionOf(codes, classes, weights).counts.subarray(0, classes));
  const rowPerClass = priorRows(shares);
  const logs = logLosses(rowPerClass);
  const briers = brierLosses(rowPerClass);
  return {
    ranks: (resample) => priorRanks(totals(resample)),
    confusion: (resample) => {
      const counts = new Float64Array(classes * classes);
      totals(resample).forEach((total, k) => (counts[k * classes + majority] = total));
      return { classes, counts };
    },
    logLoss: (resample) => meanOver(logs, totals(resample)),
    brier: (resample) => meanOver(briers, totals(resample)),
  };
}

/** One row of each class, all with the constant probabilities. */
function priorRows(shares: readonly number[]): ClassPredictions {
  const classes = shares.length;
  if (classes === 2) {
    return { task: 'binary', truth: Uint8Array.of(0, 1), scores: new Float32Array(2).fill(shares[1] ?? 0), threshold: 0.5 };
  }
  return {
    task: 'multiclass',
    classes,
    truth: Int32Array.from(shares, (_, k) => k),
    scores: Float32Array.from({ length: classes * classes }, (_, cell) => shares[cell % classes] ?? 0),
  };
}

/** All rows tie: every pair counts half, and precision is the share of the class. */
function priorRanks(totals: Float64Array): RankFigures[] {
  const rows = totals.reduce((sum, total) => sum + total, 0);
  const figures = Array.from(totals, (positives) => ({
    rocAuc: positives === 0 || positives === rows ? NaN : 0.5,
    averagePrecision: positives === 0 ? NaN : positives / rows,
    positives,
  }));
  return figures.length === 2 ? figures.slice(1) : figures;
}

function meanOver(losses: Float64Array, totals: Float64Array): number {
  let sum = 0;
  let rows = 0;
  totals.forEach((total, k) => {
    sum += total * (losses[k] ?? 0);
    rows += total;
  });
  return sum / rows;
}
