/** The mean that trainers start from. Pure. */

/**
 * Summed as distances from the first value, so that values far from 0 and close together lose nothing.
 * @param weights one per value; undefined where all count alike
 */
export function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  const shift = values[0] ?? NaN;
  let [sum, total] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sum += weight * ((values[row] ?? 0) - shift);
    total += weight;
  }
  return shift + sum / total;
}
