/** Losses with their gradients and hessians over the rows of a block; formulas as in scikit-learn's `_loss` module. */
import { logarithm, negativeExponential, roundToWhole } from './exponential.ts';
import { numberAt, setInteger, setNumber, toPlace, truncate } from './memory.ts';
import type { f64, usize } from './memory.ts';

/**
 * Log loss of two classes: log(1 + exp(s)) − y s, with p = 1 / (1 + exp(−s)).
 * @param count rows of the block; every place is that of its first row
 * @param weights float64, or 0 where all rows count alike
 * @param gradients where they are written (see `setGradient`), or 0
 * @param rounding see `setGradient`
 * @param table see `negativeExponential`
 * @param sums receives the loss but for a logarithm, and the product it is to be taken of
 */
export function binaryLoss(
  count: usize,
  scores: usize,
  target: usize,
  weights: usize,
  gradients: usize,
  rounding: usize,
  table: usize,
  sums: usize,
): void {
  // Two sums and two products, of every second row each, as the two lanes of SIMD have them.
  let loss: f64 = 0;
  let otherLoss: f64 = 0;
  let product: f64 = 1;
  let otherProduct: f64 = 1;
  for (let row: usize = 0; row < count; row++) {
    const score = numberAt(scores + row * 8);
    const label = numberAt(target + row * 8);
    const isPositive = score >= 0;
    const decay = negativeExponential(isPositive ? score : -score, table);
    const probability: f64 = (isPositive ? 1 : decay) / (1 + decay);
    const hinge: f64 = (isPositive ? score : 0) - label * score;
    let ownLoss: f64 = hinge;
    let ownProduct: f64 = 1 + decay;
    let gradient = probability - label;
    let hessian: f64 = probability * (1 - probability);
    if (weights !== 0) {
      const weight = numberAt(weights + row * 8);
      ownLoss = weight * (hinge + logarithm(1 + decay));
      ownProduct = 1;
      gradient *= weight;
      hessian *= weight;
    }
    if (gradients !== 0) setGradient(gradients, row, gradient, hessian, rounding);
    ownLoss += otherLoss;
    ownProduct *= otherProduct;
    otherLoss = loss;
    otherProduct = product;
    loss = ownLoss;
    product = ownProduct;
  }
  setNumber(sums, loss + otherLoss);
  setNumber(sums + 8, product * otherProduct);
}

/** Squared error; the loss is the sum of (s − y)². Parameters as in `binaryLoss`. @param bound gradients are clipped to it */
export function squaredLoss(
  count: usize,
  scores: usize,
  target: usize,
  weights: usize,
  gradients: usize,
  rounding: usize,
  bound: f64,
  sums: usize,
): void {
  let loss: f64 = 0;
  for (let row: usize = 0; row < count; row++) {
    const residual = numberAt(scores + row * 8) - numberAt(target + row * 8);
    const weight: f64 = weights === 0 ? 1 : numberAt(weights + row * 8);
    const gradient = weight * residual;
    loss += gradient * residual;
    if (gradients !== 0) setGradient(gradients, row, clip(gradient, bound), weight, rounding);
  }
  setNumber(sums, loss);
  setNumber(sums + 8, 1);
}

function clip(x: f64, bound: f64): f64 {
  return x > bound ? bound : x < -bound ? -bound : x;
}

/**
 * Log loss of several classes by softmax. Parameters as in `binaryLoss`.
 * @param gradientBytes from one output's gradients to the next one's
 * @param exponentials room for a float64 per output
 */
export function softmaxLoss(
  count: usize,
  outputs: usize,
  scores: usize,
  target: usize,
  weights: usize,
  gradients: usize,
  gradientBytes: usize,
  rounding: usize,
  table: usize,
  exponentials: usize,
  sums: usize,
): void {
  let loss: f64 = 0;
  for (let row: usize = 0; row < count; row++) {
    const at = scores + row * outputs * 8;
    const weight: f64 = weights === 0 ? 1 : numberAt(weights + row * 8);
    const label = toPlace(numberAt(target + row * 8));
    let largest = numberAt(at);
    for (let k: usize = 1; k < outputs; k++) if (numberAt(at + k * 8) > largest) largest = numberAt(at + k * 8);
    let sum: f64 = 0;
    for (let k: usize = 0; k < outputs; k++) {
      const exponential = negativeExponential(largest - numberAt(at + k * 8), table);
      setNumber(exponentials + k * 8, exponential);
      sum += exponential;
    }
    loss += weight * (logarithm(sum) + largest - numberAt(at + label * 8));
    if (gradients === 0) continue;
    for (let k: usize = 0; k < outputs; k++) {
      const probability = numberAt(exponentials + k * 8) / sum;
      const error: f64 = k === label ? probability - 1 : probability;
      setGradient(gradients + k * gradientBytes, row, weight * error, weight * probability * (1 - probability), rounding);
    }
  }
  setNumber(sums, loss);
  setNumber(sums + 8, 1);
}

/**
 * Rounds a row's gradient and hessian to their steps and writes them: as int32 in steps, or as float64.
 * @param rounding five float64: steps per unit and the step, of gradients, then of hessians; 0 for int32, 1 for float64
 */
function setGradient(gradients: usize, row: usize, gradient: f64, hessian: f64, rounding: usize): void {
  const gradientSteps = roundToWhole(gradient * numberAt(rounding));
  const hessianSteps = roundToWhole(hessian * numberAt(rounding + 16));
  if (numberAt(rounding + 32) === 0) {
    setInteger(gradients + row * 8, truncate(gradientSteps));
    setInteger(gradients + row * 8 + 4, truncate(hessianSteps));
  } else {
    setNumber(gradients + row * 16, gradientSteps * numberAt(rounding + 8));
    setNumber(gradients + row * 16 + 8, hessianSteps * numberAt(rounding + 24));
  }
}
