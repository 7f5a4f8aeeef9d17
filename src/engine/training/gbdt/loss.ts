/** Losses of boosting with their gradients and hessians, block by block; formulas as in scikit-learn's `_loss` module. */
import type { Objective } from './boostingParams.ts';
import { exactStep, roundingConstant } from './exactSum.ts';
import { negativeExponential } from './negativeExponential.ts';
import { blockRows } from './sharedTraining.ts';

/** Rows of one thread, with everything that changes from round to round. */
export interface ScoredRows {
  readonly count: number;
  /** Class index or value. */
  readonly target: Float64Array;
  readonly weights: Float64Array | undefined;
  /** Scores before the link function, row by row, one per output. */
  readonly scores: Float64Array;
  /** Per output: gradient and hessian of each row, interleaved; undefined for held-out rows. */
  readonly gradients: readonly Float64Array[] | undefined;
}

/** A product of this many factors between 1 and 2 stays a finite float64, so that one logarithm serves them all. */
const factorsPerLogarithm = 512;

/**
 * Recomputes the gradients and the loss of every block.
 * @param losses one sum per block of these rows
 * @param totalRows of all threads together, which decides how gradients are rounded
 */
export function updateLoss(objective: Objective, rows: ScoredRows, losses: Float64Array, totalRows: number): void {
  const update = { binary: updateBinary, multiclass: updateMulticlass, regression: updateRegression }[objective.task];
  const rounding = {
    gradient: roundingConstant(exactStep(objective.gradientBound, totalRows)),
    hessian: roundingConstant(exactStep(objective.hessianBound, totalRows)),
    bound: objective.gradientBound,
  };
  for (let block = 0; block * blockRows < rows.count; block++) {
    losses[block] = update(rows, { from: block * blockRows, to: Math.min(rows.count, (block + 1) * blockRows) }, rounding);
  }
}

interface Rounding {
  readonly gradient: number;
  readonly hessian: number;
  readonly bound: number;
}

interface Block {
  readonly from: number;
  readonly to: number;
}

/** Log loss of two classes: log(1 + exp(s)) − y s, with p = 1 / (1 + exp(−s)). */
function updateBinary(rows: ScoredRows, block: Block, rounding: Rounding): number {
  const { scores, target, weights } = rows;
  const gradients = rows.gradients?.[0];
  let loss = 0;
  let product = 1;
  for (let row = block.from; row < block.to; row++) {
    const score = scores[row] ?? 0;
    const label = target[row] ?? 0;
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    const decay = negativeExponential(Math.abs(score));
    const probability = (score >= 0 ? 1 : decay) / (1 + decay);
    if (gradients !== undefined) {
      gradients[2 * row] = weight * (probability - label) + rounding.gradient - rounding.gradient;
      gradients[2 * row + 1] = weight * probability * (1 - probability) + rounding.hessian - rounding.hessian;
    }
    loss += weight * (Math.max(score, 0) - label * score);
    if (weights === undefined) product *= 1 + decay;
    else loss += weight * Math.log1p(decay);
    if ((row - block.from) % factorsPerLogarithm === factorsPerLogarithm - 1) {
      loss += Math.log(product);
      product = 1;
    }
  }
  return loss + Math.log(product);
}

/** Squared error; the loss reported is the sum of (s − y)². */
function updateRegression(rows: ScoredRows, block: Block, rounding: Rounding): number {
  const { scores, target, weights } = rows;
  const gradients = rows.gradients?.[0];
  let loss = 0;
  for (let row = block.from; row < block.to; row++) {
    const residual = (scores[row] ?? 0) - (target[row] ?? 0);
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    loss += weight * residual * residual;
    if (gradients === undefined) continue;
    const gradient = Math.min(Math.max(weight * residual, -rounding.bound), rounding.bound);
    gradients[2 * row] = gradient + rounding.gradient - rounding.gradient;
    gradients[2 * row + 1] = weight + rounding.hessian - rounding.hessian;
  }
  return loss;
}

/** Log loss of several classes by softmax. */
function updateMulticlass(rows: ScoredRows, block: Block, rounding: Rounding): number {
  const { scores, target, weights } = rows;
  const outputs = scores.length / Math.max(1, rows.count);
  const exponentials = new Float64Array(outputs);
  let loss = 0;
  for (let row = block.from; row < block.to; row++) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    const label = target[row] ?? 0;
    let largest = -Infinity;
    for (let k = 0; k < outputs; k++) largest = Math.max(largest, scores[row * outputs + k] ?? 0);
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      const exponential = Math.exp((scores[row * outputs + k] ?? 0) - largest);
      exponentials[k] = exponential;
      sum += exponential;
    }
    loss += weight * (Math.log(sum) + largest - (scores[row * outputs + label] ?? 0));
    if (rows.gradients === undefined) continue;
    for (const [k, gradients] of rows.gradients.entries()) {
      const probability = (exponentials[k] ?? 0) / sum;
      gradients[2 * row] = weight * (probability - (k === label ? 1 : 0)) + rounding.gradient - rounding.gradient;
      gradients[2 * row + 1] = weight * probability * (1 - probability) + rounding.hessian - rounding.hessian;
    }
  }
  return loss;
}
