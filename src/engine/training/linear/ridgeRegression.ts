/** Least squares with an L2 penalty, in closed form: (X'WX + αI) w = X'Wy over centred columns. */
import { breathe } from '../../../base/abort.ts';
import { isNearlyConstant } from '../../features/fitFeatures.ts';
import { weightedMean } from '../trainer/weightedMean.ts';
import { linearScores, type LinearWeights } from './linearWeights.ts';
import type { LinearControl, LinearRows } from './linearRows.ts';

/** Below this share of its diagonal a pivot is rounding only: the column repeats others and gets the coefficient 0. */
const smallestPivot = 1e-10;

/** Rows between two looks at the signal. */
const rowsPerBreath = 16_384;

/** The intercept is not penalised. */
export async function fitRidge(training: LinearRows, heldOut: LinearRows, alpha: number, control: LinearControl): Promise<LinearWeights> {
  const means = weightedMeans(training);
  const { gram, moments } = await sumProducts(training, means, control.signal);
  for (let column = 0; column < training.width; column++) {
    const at = column * training.width + column;
    const variance = (gram[at] ?? 0) / means.total;
    if (isNearlyConstant({ mean: means.columns[column] ?? 0, variance, count: training.rows })) clearColumn(gram, moments, column);
    gram[at] = (gram[at] ?? 0) + alpha;
  }
  const solution = solveSymmetric(gram, moments);
  const intercept = means.target - solution.reduce((sum, value, column) => sum + value * (means.columns[column] ?? 0), 0);
  const weights: LinearWeights = { coefficients: solution, intercepts: Float64Array.of(intercept) };
  const heldOutLoss = heldOut.rows === 0 ? undefined : meanSquaredError(weights, heldOut);
  control.onStep({ step: 1, training: meanSquaredError(weights, training), heldOut: heldOutLoss });
  return weights;
}

interface Means {
  readonly columns: Float64Array;
  readonly target: number;
  /** Of all weights. */
  readonly total: number;
}

/** X'WX (its lower triangle) and X'Wy over centred columns. */
async function sumProducts(
  { matrix, width, rows, target, weights }: LinearRows,
  means: Means,
  signal: AbortSignal,
): Promise<{ gram: Float64Array; moments: Float64Array }> {
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    if (row % rowsPerBreath === 0) await breathe(signal);
    const weight = weights?.[row] ?? 1;
    const residual = (target[row] ?? 0) - means.target;
    for (let column = 0; column < width; column++) {
      centred[column] = (matrix[row * width + column] ?? 0) - (means.columns[column] ?? 0);
      moments[column] = (moments[column] ?? 0) + weight * (centred[column] ?? 0) * residual;
    }
    addOuterProduct(gram, centred, weight);
  }
  return { gram, moments };
}

/** Summed as distances from the first row, as {@link weightedMean} does. */
function weightedMeans({ matrix, width, rows, target, weights }: LinearRows): Means {
  const sums = new Float64Array(width);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    for (let column = 0; column < width; column++) {
      sums[column] = (sums[column] ?? 0) + weight * ((matrix[row * width + column] ?? 0) - (matrix[column] ?? 0));
    }
  }
  return { columns: sums.map((sum, column) => (matrix[column] ?? 0) + sum / total), target: weightedMean(target, weights), total };
}

/** What varies by rounding only gets the coefficient 0. */
function clearColumn(gram: Float64Array, moments: Float64Array, column: number): void {
  const width = moments.length;
  for (let other = 0; other < width; other++) gram[Math.max(other, column) * width + Math.min(other, column)] = 0;
  moments[column] = 0;
}

/** Adds w x x' to the lower triangle. */
function addOuterProduct(gram: Float64Array, x: Float64Array, weight: number): void {
  const width = x.length;
  for (let i = 0; i < width; i++) {
    const factor = weight * (x[i] ?? 0);
    if (factor === 0) continue;
    for (let j = 0; j <= i; j++) gram[i * width + j] = (gram[i * width + j] ?? 0) + factor * (x[j] ?? 0);
  }
}

/** Solves a positive semidefinite system given by its lower triangle, by LDL' without pivoting; dependent columns get 0. */
export function solveSymmetric(lower: Float64Array, right: Float64Array): Float64Array {
  const { factor, diagonal } = factorize(lower, right.length);
  const x = right.slice();
  forwardSubstitute(factor, x);
  for (let i = 0; i < x.length; i++) x[i] = diagonal[i] === 0 ? 0 : (x[i] ?? 0) / (diagonal[i] ?? 1);
  backSubstitute(factor, diagonal, x);
  return x;
}

/** L (unit lower triangle) and D of A = LDL'; a pivot of 0 marks a dependent column. */
function factorize(lower: Float64Array, width: number): { factor: Float64Array; diagonal: Float64Array } {
  const factor = lower.slice();
  const diagonal = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) {
      const rest = remainder(factor, diagonal, [i, j]);
      factor[i * width + j] = diagonal[j] === 0 ? 0 : rest / (diagonal[j] ?? 1);
    }
    const pivot = remainder(factor, diagonal, [i, i]);
    diagonal[i] = pivot > smallestPivot * (lower[i * width + i] ?? 0) ? pivot : 0;
  }
  return { factor, diagonal };
}

/** What is left of an element after the columns before it. */
function remainder(factor: Float64Array, diagonal: Float64Array, [i, j]: readonly [number, number]): number {
  const width = diagonal.length;
  let sum = factor[i * width + j] ?? 0;
  for (let k = 0; k < j; k++) sum -= (factor[i * width + k] ?? 0) * (diagonal[k] ?? 0) * (factor[j * width + k] ?? 0);
  return sum;
}

function forwardSubstitute(factor: Float64Array, x: Float64Array): void {
  const width = x.length;
  for (let i = 0; i < width; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] ?? 0) - (factor[i * width + k] ?? 0) * (x[k] ?? 0);
  }
}

function backSubstitute(factor: Float64Array, diagonal: Float64Array, x: Float64Array): void {
  const width = x.length;
  for (let i = width - 1; i >= 0; i--) {
    if (diagonal[i] === 0) continue;
    for (let k = i + 1; k < width; k++) x[i] = (x[i] ?? 0) - (factor[k * width + i] ?? 0) * (x[k] ?? 0);
  }
}

function meanSquaredError(weights: LinearWeights, rows: LinearRows): number {
  const scores = linearScores(weights, rows.matrix);
  let [sum, total] = [0, 0];
  scores.forEach((score, row) => {
    const weight = rows.weights?.[row] ?? 1;
    const residual = score - (rows.target[row] ?? 0);
    sum += weight * residual * residual;
    total += weight;
  });
  return sum / total;
}
