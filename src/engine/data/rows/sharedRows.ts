/** Rows that two parts of the data share, by the hashes of their rows, and what that means. Pure. */
import { leakageSeverities } from '../../../protocol/tables/dataChecks.ts';
import type { LeakageFinding } from '../../../protocol/evaluation.ts';

export interface SharedRows {
  /** How many of the judged rows occur among the others. */
  readonly rows: number;
  /** Their share of the judged rows. */
  readonly share: number;
  /** The first of them, with the first equal row of the others. */
  readonly example: { readonly judged: number; readonly other: number } | undefined;
}

/**
 * @param judged the hashes of the rows that should not occur among the others
 * @param others the hashes of those others
 */
export function findSharedRows(judged: Float64Array, others: Float64Array): SharedRows {
  const sorted = others.slice().sort();
  let rows = 0;
  let first: number | undefined;
  for (const [row, hash] of judged.entries()) {
    if (sorted[lowerBound(sorted, hash)] !== hash) continue;
    rows++;
    first ??= row;
  }
  const example = first === undefined ? undefined : { judged: first, other: others.indexOf(judged[first] ?? NaN) };
  return { rows, share: judged.length === 0 ? 0 : rows / judged.length, example };
}

/** The place of the first number that is not smaller. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How far chance may be off before shared rows are more than chance: twice as many, and three standard deviations of a count. */
function mostByChance(expected: number): number {
  return 2 * expected + 3 * Math.sqrt(expected);
}

/** The share of rows that have an equal row among the others of their own part. */
export function twinShare(hashes: Float64Array): number {
  const sorted = hashes.slice().sort();
  let twins = 0;
  for (let row = 0; row < sorted.length; row++) if (sorted[row] === sorted[row - 1] || sorted[row] === sorted[row + 1]) twins++;
  return sorted.length === 0 ? 0 : twins / sorted.length;
}

/**
 * Whether no more rows are shared than come back by chance: parts of one kind share as many rows as the learned ones repeat
 * among themselves.
 * @param expected the share that chance explains: of {@link twinShare}, and of the column that tells rows apart best
 */
export function isSharedByChance(shared: SharedRows, expected: number): boolean {
  const judged = shared.share === 0 ? 0 : shared.rows / shared.share;
  return shared.rows <= mostByChance(expected * judged);
}

/** What shared rows beyond the limit, and beyond chance, mean: a single row is no share, so it only warns. */
export function sharedRowsSeverity(shared: SharedRows, configured: LeakageFinding['severity'] | undefined): LeakageFinding['severity'] {
  return shared.rows === 1 ? 'warn' : (configured ?? leakageSeverities.shared_rows);
}
