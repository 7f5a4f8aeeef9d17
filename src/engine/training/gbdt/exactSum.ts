/**
 * Sums that do not depend on the order of addition: when every summand is a multiple of one power of two and no partial sum
 * needs more than 53 bits, float64 addition is exact, so any number of threads gives the same tree.
 */

/** Finer steps than this share of the bound could not be seen in a gradient. */
const finest = 2 ** -40;

/** Below this, sums of a few steps would leave the numbers that float64 holds with all their digits. */
const smallest = 2 ** -960;

/**
 * The power of two that summands are rounded to: whatever their unit, they keep as many digits.
 * @param bound no summand is larger in size
 * @param count no sum has more summands
 */
export function exactStep(bound: number, count: number): number {
  const wanted = Math.max(bound * finest, bound * count * 2 ** -52, smallest);
  let step = 1;
  while (step >= 2 * wanted) step /= 2;
  while (step < wanted) step *= 2;
  return step;
}

/** Adding and subtracting this rounds a number to the nearest multiple of the step (ties to even). */
export function roundingConstant(step: number): number {
  return 1.5 * 2 ** 52 * step;
}
