/** exp(−x) for x of 0 or more, several times as fast as `Math.exp`, which is a call out of compiled code. */

/** Steps of the table per unit. */
const steps = 32;
/** Scores beyond this are rare. */
const largest = 64;
const table = Float64Array.from({ length: largest * steps + 1 }, (_, step) => Math.exp(-step / steps));

/**
 * exp(−x) = exp(−k / 32) exp(−r) with the k that leaves |r| ≤ 1/64, where seven terms of the series leave an error below 2⁻⁵⁵.
 * @param x 0 or more
 * @returns within two units in the last place
 */
export function negativeExponential(x: number): number {
  if (!(x < largest)) return Math.exp(-x);
  const step = (x * steps + 0.5) | 0;
  const r = step / steps - x;
  const series = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720))))));
  return (table[step] ?? 0) * series;
}
