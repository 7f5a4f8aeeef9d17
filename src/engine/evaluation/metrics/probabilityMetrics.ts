/** Losses of predicted probabilities: one loss per row, averaged. */
import type { BinaryPredictions, MulticlassPredictions } from './predictions.ts';
import type { RowWeights } from './rowWeights.ts';

const epsilon = 2 ** -52;

/**
 * scikit-learn's `log_loss` per row: −ln p(true class), p kept between 2⁻⁵² and 1 − 2⁻⁵² (float64's epsilon, as
 * scikit-learn does for float64 probabilities).
 */
export function logLosses(predictions: BinaryPredictions | MulticlassPredictions): Float64Array {
  const losses = new Float64Array(predictions.truth.length);
  for (let row = 0; row < losses.length; row++) {
    losses[row] = -Math.log(Math.min(1 - epsilon, Math.max(epsilon, probabilityOfTruth(predictions, row))));
  }
  return losses;
}

function probabilityOfTruth(predictions: BinaryPredictions | MulticlassPredictions, row: number): number {
  const truth = predictions.truth[row] ?? 0;
  if (predictions.task === 'multiclass') return predictions.scores[row * predictions.classes + truth] ?? 0;
  const positive = predictions.scores[row] ?? 0;
  return truth === 1 ? positive : 1 - positive;
}

/**
 * scikit-learn's `brier_score_loss` per row: (p − y)² for two classes, Σₖ (pₖ − yₖ)² for more
 * (its `scale_by_half='auto'`).
 */
export function brierLosses(predictions: BinaryPredictions | MulticlassPredictions): Float64Array {
  const losses = new Float64Array(predictions.truth.length);
  const width = predictions.task === 'multiclass' ? predictions.classes : 1;
  for (let row = 0; row < losses.length; row++) {
    const truth = predictions.truth[row] ?? 0;
    let loss = 0;
    for (let k = 0; k < width; k++) {
      const observed = width === 1 ? truth : Number(truth === k);
      const error = (predictions.scores[row * width + k] ?? 0) - observed;
      loss += error * error;
    }
    losses[row] = loss;
  }
  return losses;
}

/** Σ weight · value / Σ weight; NaN where nothing counts. */
export function weightedMean(values: Float64Array, weights: RowWeights): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights[row] ?? 0;
    sum += weight * (values[row] ?? 0);
    total += weight;
  }
  return sum / total;
}
