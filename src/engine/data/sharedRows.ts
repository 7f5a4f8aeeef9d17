/** Rows that two parts of the data share, by the hashes of their rows, and what that means. Pure. */
import type { LeakageFinding } from '../../protocol/evaluation.ts';

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

/** How often each different row occurs, on average. */
export function repetition(hashes: Float64Array): number {
  const sorted = hashes.slice().sort();
  let distinct = 0;
  for (let row = 0; row < sorted.length; row++) if (row === 0 || sorted[row] !== sorted[row - 1]) distinct++;
  return sorted.length / Math.max(1, distinct);
}

export const defaultMaxSharedRows = 0.001;

/** From here on equal rows are what the few columns of a table can tell apart, and no sign of copies. */
const naturalRepetition = 10;

/**
 * What shared rows beyond the limit mean: a warning where it is a single row (one row is no share), or where the columns tell
 * so little that the same row comes back ten times on average.
 */
export function sharedRowsSeverity(
  shared: SharedRows,
  { configured, repeated }: { configured: LeakageFinding['severity'] | undefined; repeated: number },
): LeakageFinding['severity'] {
  return shared.rows === 1 || repeated >= naturalRepetition ? 'warn' : (configured ?? 'error');
}
