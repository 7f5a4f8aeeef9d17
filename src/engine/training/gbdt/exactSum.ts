/**
 * Sums that do not depend on the order of addition: when every summand is a multiple of one power of two and no partial sum
 * needs more than 53 bits, float64 addition is exact, so any number of threads gives the same tree.
 */

/** Below this, sums of a few steps would leave the numbers that float64 holds with all their digits. */
const smallest = 2 ** -960;

/** How many bits of the bound a summand keeps at most: as an integer of 32 bits, or finer than could be seen in a gradient. */
export const summandBits = { integer: 30, float: 40 } as const;

/**
 * The power of two that summands are rounded to: whatever their unit, they keep as many digits.
 * @param bound no summand is larger in size
 * @param count no sum has more summands
 */
export function exactStep(bound: number, count: number, bits: number): number {
  const wanted = Math.max(bound * 2 ** -bits, bound * count * 2 ** -52, smallest);
  let step = 1;
  while (step >= 2 * wanted) step /= 2;
  while (step < wanted) step *= 2;
  return step;
}

/** Where the typical summand is smaller than this share of the largest, an integer would keep too few of its bits. */
const smallestTypical = 2 ** -10;

/** Whether integers of 32 bits can stand for such summands. */
export function fitsIntegers(typical: number, largest: number): boolean {
  return typical >= largest * smallestTypical;
}
