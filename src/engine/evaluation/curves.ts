/** Curves for the report: computed exactly, then thinned for display, with the true number of points kept. */
import type { Curve, Histogram, ThresholdCurve } from '../../protocol/evaluation.ts';
import type { Ranking } from './rankMetrics.ts';

/** More points than a chart has pixels help nobody; the table behind it stays readable. */
const shownPoints = 201;
const calibrationBins = 20;
const residualBins = 41;

/** Running totals at every distinct score, from the highest down: rows at or above it, and positives among them. */
interface Steps {
  readonly thresholds: Float64Array;
  readonly flagged: Float64Array;
  readonly hits: Float64Array;
  readonly rows: number;
  readonly positives: number;
}

function stepsOf({ rows, startsGroup, positive }: Ranking, scores: Float32Array): Steps {
  const groups = startsGroup.reduce((sum, starts) => sum + starts, 0);
  const thresholds = new Float64Array(groups);
  const flagged = new Float64Array(groups);
  const hits = new Float64Array(groups);
  let step = 0;
  let positives = 0;
  for (let index = rows.length - 1; index >= 0; index--) {
    positives += positive[index] ?? 0;
    if (startsGroup[index] === 0) continue;
    thresholds[step] = scores[rows[index] ?? 0] ?? NaN;
    flagged[step] = rows.length - index;
    hits[step] = positives;
    step++;
  }
  return { thresholds, flagged, hits, rows: rows.length, positives };
}

export interface ThresholdCurves {
  readonly roc: Curve;
  readonly precisionRecall: Curve;
  readonly threshold: ThresholdCurve;
}

/**
 * scikit-learn's `roc_curve(drop_intermediate=False)` and `precision_recall_curve`, and precision, recall, F1 and the
 * share of flagged rows by threshold.
 * @param ranking of both classes, each occurring
 */
export function thresholdCurves(ranking: Ranking, scores: Float32Array): ThresholdCurves {
  const steps = stepsOf(ranking, scores);
  const { flagged, hits, rows, positives } = steps;
  const negatives = rows - positives;
  const falseRate = (step: number): number => (value(flagged, step) - value(hits, step)) / negatives;
  const recall = (step: number): number => value(hits, step) / positives;
  const precision = (step: number): number => value(hits, step) / value(flagged, step);
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
  const shown = thin(flagged.length, (step) => 1 - value(thresholds, step)).reverse();
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
  order: { readonly rows: Uint32Array; readonly startsGroup: Uint8Array },
  scores: Float32Array,
  truth: Uint8Array | Float64Array,
): Curve & { readonly counts: readonly number[] } {
  const x: number[] = [];
  const y: number[] = [];
  const counts: number[] = [];
  const { rows, startsGroup } = order;
  for (let start = 0, bin = 1; start < rows.length; bin++) {
    let end = Math.max(start + 1, Math.round((rows.length * bin) / calibrationBins));
    while (end < rows.length && startsGroup[end] === 0) end++;
    const members = rows.subarray(start, end);
    x.push(rounded(meanOf(members, scores)));
    y.push(rounded(meanOf(members, truth)));
    counts.push(members.length);
    start = end;
  }
  return { x, y, counts, points: x.length };
}

function meanOf(members: Uint32Array, values: Float32Array | Float64Array | Uint8Array): number {
  let sum = 0;
  for (const row of members) sum += values[row] ?? NaN;
  return sum / members.length;
}

/** Counts of prediction − truth between the 0.5 % and 99.5 % quantiles, symmetric around zero; the rest is counted at the ends. */
export function residualHistogram(scores: Float32Array, truth: Float64Array): Histogram {
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
