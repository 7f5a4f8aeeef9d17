/** Metrics of predicted numbers, for rows that count several times (or not at all). */
import type { RegressionMetric } from '../../../protocol/tables/metrics.ts';
import type { RegressionPredictions } from './predictions.ts';
import type { RowWeights } from './rowWeights.ts';

const epsilon = 2 ** -52;

/** What the metrics of a regression are made of; computed in one pass. */
export interface ErrorSums {
  /** Σ weight. */
  readonly rows: number;
  /** How many rows there are, whatever they weigh. */
  readonly count: number;
  readonly absolute: number;
  readonly squared: number;
  readonly percentage: number;
  /** Whether a row that counts is 0. */
  readonly hasZero: boolean;
  /** Σ (y − mean of y)². */
  readonly spread: number;
}

/**
 * @param centre a number near the mean of the truth: keeps `spread` exact where the values are large
 * @param weights how much each row counts
 */
export function errorSums({ truth, scores }: RegressionPredictions, centre: number, weights: RowWeights): ErrorSums {
  let rows = 0;
  let absolute = 0;
  let squared = 0;
  let percentage = 0;
  let hasZero = false;
  let deviation = 0;
  let deviationSquared = 0;
  for (let row = 0; row < truth.length; row++) {
    const weight = weights[row] ?? 0;
    const actual = truth[row] ?? 0;
    const error = Math.abs((scores[row] ?? 0) - actual);
    const fromCentre = actual - centre;
    rows += weight;
    absolute += weight * error;
    squared += weight * error * error;
    if (actual !== 0) percentage += (weight * error) / Math.max(Math.abs(actual), epsilon);
    else if (weight > 0) hasZero = true;
    deviation += weight * fromCentre;
    deviationSquared += weight * fromCentre * fromCentre;
  }
  const spread = Math.max(0, deviationSquared - deviation ** 2 / rows);
  return { rows, count: truth.length, absolute, squared, percentage, hasZero, spread };
}

/** scikit-learn's `mean_absolute_error`. */
function meanAbsoluteError({ absolute, rows }: ErrorSums): number {
  return absolute / rows;
}

/** scikit-learn's `mean_squared_error`. */
function meanSquaredError({ squared, rows }: ErrorSums): number {
  return squared / rows;
}

/** scikit-learn's `root_mean_squared_error`. */
function rootMeanSquaredError(sums: ErrorSums): number {
  return Math.sqrt(meanSquaredError(sums));
}

/**
 * scikit-learn's `r2_score`: 1 − Σ error² / Σ (y − mean)²; with a constant truth 1 for no error, else 0; NaN for one row.
 * What rounding leaves of a zero (a constant baseline's) is zero.
 */
function r2({ squared, spread, count }: ErrorSums): number {
  if (count < 2) return NaN;
  if (spread === 0) return squared === 0 ? 1 : 0;
  const explained = 1 - squared / spread;
  return Math.abs(explained) < 1e-12 ? 0 : explained;
}

/**
 * scikit-learn's `mean_absolute_percentage_error`, as a fraction; NaN where a row that counts is 0: there is no percentage of 0
 * (scikit-learn divides by 2⁻⁵² then, and one such row outweighs all others).
 */
function meanAbsolutePercentageError({ percentage, rows, hasZero }: ErrorSums): number {
  return hasZero ? NaN : percentage / rows;
}

/** The formula of each metric of predicted numbers. */
export const errorMeasures: Readonly<Record<RegressionMetric, (sums: ErrorSums) => number>> = {
  mean_absolute_error: meanAbsoluteError,
  mean_squared_error: meanSquaredError,
  root_mean_squared_error: rootMeanSquaredError,
  r2_score: r2,
  mean_absolute_percentage_error: meanAbsolutePercentageError,
};
