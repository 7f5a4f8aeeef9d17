/**
 * Sums that do not depend on the order of addition: when every summand is a multiple of one power of two and no partial sum
 * needs more than 53 bits, float64 addition is exact, so any number of threads gives the same tree.
 */

/** Finer than this, rounding could not be seen in a gradient. */
const finest = 2 ** -30;

/**
 * The power of two that summands are rounded to.
 * @param bound no summand is larger in size
 * @param count no sum has more summands
 */
export function exactStep(bound: number, count: number): number {
  let step = finest;
  while (step * 2 ** 52 < bound * count) step *= 2;
  return step;
}

/** Adding and subtracting this rounds a number to the nearest multiple of the step (ties to even). */
export function roundingConstant(step: number): number {
  return 1.5 * 2 ** 52 * step;
}
