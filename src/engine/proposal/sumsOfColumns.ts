/** Pairs of columns of which the target is the sum or the difference: parts that are known only with the whole. Pure. */

export interface TargetSum {
  readonly columns: readonly [string, string];
  readonly sign: 1 | -1;
}

/** In fewer rows a sum may come about by chance. */
const fewestRows = 20;
/** Numbers as texts, and sums of them, may be off by this share of their size. */
const rounding = 1e-9;

/**
 * @param target of some rows
 * @param columns by name, of the same rows; rows in which one is missing tell nothing
 * @returns the first pair whose sum or difference is the target in every row, though neither is 0 or the target alone
 */
export function findTargetSum(target: Float64Array, columns: ReadonlyMap<string, Float64Array>): TargetSum | undefined {
  const names = [...columns.keys()];
  for (const [place, first] of names.entries()) {
    for (const [later, second] of names.entries()) {
      if (later === place) continue;
      const parts = [columns.get(first) ?? target, columns.get(second) ?? target] as const;
      if (later > place && isSum(target, parts, 1)) return { columns: [first, second], sign: 1 };
      if (isSum(target, parts, -1)) return { columns: [first, second], sign: -1 };
    }
  }
  return undefined;
}

function isSum(target: Float64Array, [a, b]: readonly [Float64Array, Float64Array], sign: 1 | -1): boolean {
  let [known, both] = [0, 0];
  for (const [row, value] of target.entries()) {
    const [x, y] = [a[row] ?? NaN, b[row] ?? NaN];
    if (Number.isNaN(x + y + value)) continue;
    if (Math.abs(x + sign * y - value) > rounding * (Math.abs(x) + Math.abs(y) + Math.abs(value))) return false;
    known++;
    if (x !== 0 && y !== 0) both++;
  }
  return known >= fewestRows && both >= fewestRows / 2;
}
