/** Curves for the report: computed exactly, then thinned for display, with the true number of points kept. */
import type { CostCurve, Curve, DecisionCosts, Histogram, PredictedActual, ThresholdCurve } from '../../../protocol/evaluation.ts';
import { quantile } from '../intervals/bootstrap.ts';
import type { ScoreArray } from '../metrics/predictions.ts';
import type { Ranking } from '../metrics/rankMetrics.ts';
import type { RowWeights } from '../metrics/rowWeights.ts';
import type { ScoreOrder } from '../metrics/scoreOrder.ts';

/** More points than a chart has pixels help nobody; the table behind it stays readable. */
const shownPoints = 201;
const calibrationBins = 20;
const residualBins = 41;

/** Running totals of weight at every distinct score, from the highest down: rows at or above it, and positives among them. */
export interface Steps {
  readonly thresholds: Float64Array;
  readonly flagged: Float64Array;
  readonly hits: Float64Array;
  readonly rows: number;
  readonly positives: number;
}

export function stepsOf({ rows, startsGroup, positive }: Ranking, scores: ScoreArray, weights: RowWeights): Steps {
  const groups = startsGroup.reduce((sum, starts) => sum + starts, 0);
  const thresholds = new Float64Array(groups);
  const flagged = new Float64Array(groups);
  const hits = new Float64Array(groups);
  let step = 0;
  let total = 0;
  let positives = 0;
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] ?? 0;
    const weight = weights[row] ?? 0;
    total += weight;
    positives += weight * (positive[index] ?? 0);
    if (startsGroup[index] === 0) continue;
    thresholds[step] = scores[row] ?? NaN;
    flagged[step] = total;
    hits[step] = positives;
    step++;
  }
  return { thresholds, flagged, hits, rows: total, positives };
}

export interface ThresholdCurves {
  readonly roc: Curve;
  readonly precisionRecall: Curve;
  readonly threshold: ThresholdCurve;
}

/**
 * scikit-learn's `roc_curve(drop_intermediate=False)` and `precision_recall_curve`, and precision, recall, F1 and the
 * share of flagged rows by threshold.
 * @param steps of both classes, each occurring
 */
export function thresholdCurves(steps: Steps): ThresholdCurves {
  const { flagged, hits, rows, positives } = steps;
  const negatives = rows - positives;
  const falseRate = (step: number): number => (value(flagged, step) - value(hits, step)) / negatives;
  const recall = (step: number): number => value(hits, step) / positives;
  const precision = (step: number): number => (value(flagged, step) === 0 ? 0 : value(hits, step) / value(flagged, step));
  const alongRoc = thin(flagged.length, (step) => falseRate(step) + recall(step));
  const alongRecall = thin(flagged.length, recall);
  return {
    roc: { x: [0, ...alongRoc.map(falseRate)].map(rounded), y: [0, ...alongRoc.map(recall)].map(rounded), points: flagged.length + 1 },
    precisionRecall: { x: alongRecall.map(recall).map(rounded), y: alongRecall.map(precision).map(rounded), points: flagged.length },
    threshold: thresholdCurve(steps, precision, recall),
  };
}

function thresholdCurve(steps: Steps, precision: (step: number) => number, recall: (step: number) => number): ThresholdCurve {
  const { thresholds, flagged, hits, rows, positives } = steps;
  const shown = thin(flagged.length, (step) => -value(thresholds, step)).reverse();
  return {
    thresholds: shown.map((step) => rounded(value(thresholds, step))),
    precision: shown.map((step) => rounded(precision(step))),
    recall: shown.map((step) => rounded(recall(step))),
    f1: shown.map((step) => rounded((2 * value(hits, step)) / (value(flagged, step) + positives))),
    flagged: shown.map((step) => rounded(value(flagged, step) / rows)),
    points: flagged.length,
  };
}

/**
 * The mean cost of a row by threshold; the last point is a threshold above every score, which flags nothing.
 * @param threshold in force
 */
export function costCurve(steps: Steps, costs: DecisionCosts, threshold: number): CostCurve {
  const { thresholds, flagged, hits, rows, positives } = steps;
  const points = thresholds.length + 1;
  const thresholdAt = (step: number): number => (step === 0 ? nextAbove(value(thresholds, 0)) : value(thresholds, step - 1));
  const costAt = (step: number): number => {
    const [flaggedRows, caught] = step === 0 ? [0, 0] : [value(flagged, step - 1), value(hits, step - 1)];
    return (costs.falsePositive * (flaggedRows - caught) + costs.falseNegative * (positives - caught)) / rows;
  };
  let best = 0;
  let inForce = 0;
  for (let step = 0; step < points; step++) {
    if (costAt(step) < costAt(best)) best = step;
    if (step > 0 && thresholdAt(step) >= threshold) inForce = step;
  }
  const shown = thin(points, (step) => -thresholdAt(step)).reverse();
  return {
    costs,
    thresholds: shown.map((step) => rounded(thresholdAt(step))),
    cost: shown.map((step) => rounded(costAt(step))),
    atThreshold: costAt(inForce),
    best: { threshold: thresholdAt(best), cost: costAt(best) },
    points,
  };
}

/** A number a little above every score. */
function nextAbove(score: number): number {
  return score + Math.max(1e-6, Math.abs(score) * 1e-6);
}

/**
 * Indices of the points to show: the first, the last, and those that first reach each of equal steps along `position`.
 * @param position rises with the index
 */
function thin(points: number, position: (index: number) => number): number[] {
  if (points <= shownPoints) return Array.from({ length: points }, (_, index) => index);
  const start = position(0);
  const stride = (position(points - 1) - start) / (shownPoints - 1);
  const shown: number[] = [];
  let next = 0;
  for (let index = 0; index < points; index++) {
    const travelled = (position(index) - start) / stride;
    if (travelled < next && index !== points - 1) continue;
    shown.push(index);
    next = Math.floor(travelled) + 1;
  }
  return shown;
}

/** Six significant digits: finer than any screen, and half the size in a message. */
export function rounded(figure: number): number {
  return Number(figure.toPrecision(6));
}

function value(values: Float64Array, index: number): number {
  return values[index] ?? NaN;
}

/**
 * Mean prediction against mean truth in bins of equal count (scikit-learn's `calibration_curve(strategy='quantile')`,
 * except that rows of equal score stay together, in the bin of the first).
 * @param truth 0 or 1 for a classification, the number itself for a regression
 */
export function calibrationCurve(
  order: ScoreOrder,
  scores: ScoreArray,
  { truth, weights }: { readonly truth: Uint8Array | Float64Array; readonly weights: RowWeights },
): Curve & { readonly counts: readonly number[] } {
  const x: number[] = [];
  const y: number[] = [];
  const counts: number[] = [];
  for (const members of equalBins(order)) {
    const mean = meanOf(members, scores, weights);
    if (Number.isNaN(mean)) continue; // rows that weigh nothing
    x.push(rounded(mean));
    y.push(rounded(meanOf(members, truth, weights)));
    counts.push(members.length);
  }
  return { x, y, counts, points: x.length };
}

/** Rows in bins of about equal count, lowest scores first; rows of equal score stay together. */
function* equalBins({ rows, startsGroup }: ScoreOrder): Generator<Uint32Array> {
  for (let start = 0, bin = 1; start < rows.length; bin++) {
    let end = Math.max(start + 1, Math.round((rows.length * bin) / calibrationBins));
    while (end < rows.length && startsGroup[end] === 0) end++;
    yield rows.subarray(start, end);
    start = end;
  }
}

function meanOf(members: Uint32Array, values: ScoreArray | Uint8Array, weights: RowWeights): number {
  let sum = 0;
  let total = 0;
  for (const row of members) {
    const weight = weights[row] ?? 0;
    sum += weight * (values[row] ?? NaN);
    total += weight;
  }
  return sum / total;
}

const shownQuantiles = [0.1, 0.9] as const;

/** Mean prediction against the spread of the actual values in each of the bins of {@link calibrationCurve}; rows count once. */
export function predictedActual(order: ScoreOrder, scores: ScoreArray, truth: Float64Array): PredictedActual {
  const bins = [...equalBins(order)].map((members) => ({
    predicted: rounded(members.reduce((sum, row) => sum + (scores[row] ?? NaN), 0) / members.length),
    actual: Float64Array.from(members, (row) => truth[row] ?? NaN).sort(),
  }));
  return {
    predicted: bins.map(({ predicted }) => predicted),
    low: bins.map(({ actual }) => rounded(quantile(actual, shownQuantiles[0]))),
    median: bins.map(({ actual }) => rounded(quantile(actual, 0.5))),
    high: bins.map(({ actual }) => rounded(quantile(actual, shownQuantiles[1]))),
    counts: bins.map(({ actual }) => actual.length),
    quantiles: shownQuantiles,
  };
}

/** Counts of prediction − truth between the 0.5 % and 99.5 % quantiles, symmetric around zero; the rest is counted at the ends. */
export function residualHistogram(scores: ScoreArray, truth: Float64Array): Histogram {
  const residuals = truth.map((actual, row) => (scores[row] ?? NaN) - actual).sort();
  const tail = Math.floor(residuals.length * 0.005);
  const reach = Math.max(Math.abs(residuals.at(tail) ?? 0), Math.abs(residuals.at(-1 - tail) ?? 0)) || 1;
  const edges = Array.from({ length: residualBins + 1 }, (_, edge) => reach * ((2 * edge) / residualBins - 1));
  const counts = new Array<number>(residualBins).fill(0);
  let below = 0;
  let above = 0;
  for (const residual of residuals) {
    if (residual < -reach) below++;
    else if (residual > reach) above++;
    else {
      const bin = Math.min(residualBins - 1, Math.floor(((residual / reach + 1) / 2) * residualBins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { edges, counts, below, above };
}
