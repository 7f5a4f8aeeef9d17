/** What the metrics of a classification are computed from, under changing row weights: every row's scores, or one constant for all. */
import { confusionCells, confusionOf, type Confusion } from './confusionMetrics.ts';
import type { BinaryPredictions, MulticlassPredictions } from './predictions.ts';
import { brierLosses, logLosses, weightedMean } from './probabilityMetrics.ts';
import { rank, rankFigures, type RankFigures, type Ranking } from './rankMetrics.ts';
import { once, oncePerResample, type Resample } from './resample.ts';
import type { RowWeights } from './rowWeights.ts';

export type ClassPredictions = BinaryPredictions | MulticlassPredictions;

export interface ClassSource {
  /** One for two classes (the positive one), otherwise one of each class against the rest. */
  readonly ranks: (resample: Resample) => readonly RankFigures[];
  /** All pairs of row and class together, whether the row is of the class: scikit-learn's `average='micro'`. */
  readonly microRank: (resample: Resample) => RankFigures;
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
  const micro = once(() => microRanking(predictions));
  const cells = once(() => confusionCells(predictions));
  const logs = once(() => logLosses(predictions));
  const briers = once(() => brierLosses(predictions));
  return {
    ranks: oncePerResample(({ weights }) => rankings().map((ranking) => rankFigures(ranking, weights))),
    microRank: oncePerResample(({ weights }) => rankFigures(micro(), repeated(weights, classCountOf(predictions)))),
    confusion: oncePerResample(({ weights }) => confusionOf(cells(), classCountOf(predictions), weights)),
    logLoss: ({ weights }) => weightedMean(logs(), weights),
    brier: ({ weights }) => weightedMean(briers(), weights),
  };
}

/** The ranking by the positive class's score; of several classes by each one's. */
export function rankingsOf(predictions: ClassPredictions): readonly Ranking[] {
  if (predictions.task === 'binary') return [rank(predictions.scores, predictions.truth)];
  return Array.from({ length: predictions.classes }, (_, k) => {
    const { scores, truth } = againstRest(predictions, k);
    return rank(scores, truth);
  });
}

/** One class of several against the rest. */
export function againstRest({ classes, scores, truth }: MulticlassPredictions, k: number): Pick<BinaryPredictions, 'scores' | 'truth'> {
  return {
    scores: Float64Array.from(truth, (_actual, row) => scores[row * classes + k] ?? 0),
    truth: Uint8Array.from(truth, (actual) => Number(actual === k)),
  };
}

function microRanking(predictions: ClassPredictions): Ranking {
  if (predictions.task === 'binary') return rank(predictions.scores, predictions.truth);
  const { classes, scores, truth } = predictions;
  return rank(
    scores,
    Uint8Array.from(scores, (_score, cell) => Number(truth[Math.floor(cell / classes)] === cell % classes)),
  );
}

function repeated(weights: RowWeights, classes: number): RowWeights {
  return classes === 2
    ? weights
    : Float64Array.from({ length: weights.length * classes }, (_, cell) => weights[Math.floor(cell / classes)] ?? 0);
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
    microRank: (resample) => priorMicroRank(shares, totals(resample)),
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
    return { task: 'binary', truth: Uint8Array.of(0, 1), scores: new Float64Array(2).fill(shares[1] ?? 0), threshold: 0.5 };
  }
  return {
    task: 'multiclass',
    classes,
    truth: Int32Array.from(shares, (_, k) => k),
    scores: Float64Array.from({ length: classes * classes }, (_, cell) => shares[cell % classes] ?? 0),
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

/** The pairs of a class all have its share as their score: a row and a weight stand for those it has and those it has not. */
function priorMicroRank(shares: readonly number[], totals: Float64Array): RankFigures {
  const rows = totals.reduce((sum, total) => sum + total, 0);
  const pairs = shares.flatMap((share, k) => [
    { share, positive: 1, weight: totals[k] ?? 0 },
    { share, positive: 0, weight: rows - (totals[k] ?? 0) },
  ]);
  const ranking = rank(
    Float64Array.from(pairs, ({ share }) => share),
    Uint8Array.from(pairs, ({ positive }) => positive),
  );
  return rankFigures(
    ranking,
    Float64Array.from(pairs, ({ weight }) => weight),
  );
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
