/**
 * Which rows are learnt from and which are held out. Pure, and the same on every machine: all chance comes from
 * `createRandom(seed)`, by Fisher-Yates with unbiased bounded numbers.
 */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { createRandom, type Random } from '../../../base/random.ts';
import { missingTime } from './columns.ts';

/** Row numbers, ascending; together every row exactly once (but for {@link timeFolds}). */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
}

/** A split by time also tells its border: validation begins here, in microseconds since 1970 UTC. */
export interface TimeSplit extends Split {
  readonly cutoff: bigint;
}

/**
 * Holds out `share` of the rows, rounded to whole rows, at least one and never all.
 * @throws AppError `split.tooFewRows`
 */
export function randomSplit(rows: number, share: number, seed: number): Split {
  const count = heldOut(rows, share);
  const order = shuffled(allRows(rows), createRandom(seed));
  return splitBy(rows, maskOf(rows, order.subarray(0, count)));
}

/**
 * Holds out the same share of every class, as nearly as whole rows allow; the total is as in {@link randomSplit}.
 * A class of one row stays in training.
 * @param classes the class of each row as a small whole number; NaN is a class of its own
 * @throws AppError `split.tooFewRows`
 */
export function stratifiedSplit(classes: ArrayLike<number>, share: number, seed: number): Split {
  const rows = classes.length;
  const random = createRandom(seed);
  const groups = rowsByKey(rows, (row) => classes[row]);
  const counts = apportion(
    groups.map((group) => group.length),
    heldOut(rows, share),
  );
  const mask = new Uint8Array(rows);
  for (const [index, group] of groups.entries()) {
    for (const row of shuffled(group, random).subarray(0, counts[index])) mask[row] = 1;
  }
  return splitBy(rows, mask);
}

/**
 * Holds out the latest rows. Rows of equal time stay together, on the later side, so that nothing of the held-out
 * moment is learnt from.
 * @param times microseconds since 1970 UTC
 * @throws AppError `split.tooFewRows`, `split.missingTime`, `split.oneMoment`
 */
export function timeSplit(times: BigInt64Array, share: number): TimeSplit {
  const sorted = sortedTimes(times);
  const cutoff = sorted[times.length - heldOut(times.length, share)] ?? missingTime;
  if (cutoff === sorted[0]) throw oneMoment();
  return {
    ...splitBy(
      times.length,
      maskWhere(times, (time) => time >= cutoff),
    ),
    cutoff,
  };
}

/**
 * Holds out whole groups, in random order, as long as that brings the held-out share nearer to `share`.
 * @param groups the group of each row; null is a group of its own
 * @throws AppError `split.tooFewRows`, `split.oneGroup`
 */
export function groupSplit(groups: ArrayLike<string | number | null>, share: number, seed: number): Split {
  const rows = groups.length;
  const target = heldOut(rows, share);
  const byGroup = rowsByKey(rows, (row) => groups[row]);
  if (byGroup.length < 2) throw oneGroup();
  const mask = new Uint8Array(rows);
  let held = 0;
  for (const index of shuffled(allRows(byGroup.length), createRandom(seed))) {
    const group = byGroup[index] ?? new Uint32Array();
    const nearer = Math.abs(held + group.length - target) < Math.abs(held - target);
    if (!nearer || held + group.length === rows) continue;
    held += group.length;
    for (const row of group) mask[row] = 1;
  }
  if (held === 0) holdOutSmallest(byGroup, mask);
  return splitBy(rows, mask);
}

function holdOutSmallest(groups: readonly Uint32Array[], mask: Uint8Array): void {
  const smallest = groups.reduce((best, group) => (group.length < best.length ? group : best));
  for (const row of smallest) mask[row] = 1;
}

/**
 * Every row is held out in exactly one of the folds, whose sizes differ by at most one.
 * @throws AppError `split.tooFewRows`
 */
export function randomFolds(rows: number, folds: number, seed: number): Split[] {
  requireRows(rows, folds);
  return dealt(rows, [allRows(rows)], { folds, random: createRandom(seed) });
}

/**
 * As {@link randomFolds}, with the classes dealt evenly over the folds.
 * @throws AppError `split.tooFewRows`
 */
export function stratifiedFolds(classes: ArrayLike<number>, folds: number, seed: number): Split[] {
  requireRows(classes.length, folds);
  const groups = rowsByKey(classes.length, (row) => classes[row]);
  return dealt(classes.length, groups, { folds, random: createRandom(seed) });
}

/**
 * Whole groups are dealt to the folds, the largest first, each to the fold that is smallest so far.
 * @throws AppError `split.tooFewRows`, `split.oneGroup` when there are fewer groups than folds
 */
export function groupFolds(groups: ArrayLike<string | number | null>, folds: number, seed: number): Split[] {
  const rows = groups.length;
  requireRows(rows, folds);
  const byGroup = rowsByKey(rows, (row) => groups[row]);
  if (byGroup.length < folds) throw oneGroup();
  const order = [...shuffled(allRows(byGroup.length), createRandom(seed))].map((index) => byGroup[index] ?? new Uint32Array());
  order.sort((a, b) => b.length - a.length); // stable: equally large groups keep their random order
  const sizes = new Float64Array(folds);
  const foldOf = new Uint16Array(rows);
  for (const group of order) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold] = (sizes[fold] ?? 0) + group.length;
    for (const row of group) foldOf[row] = fold;
  }
  return foldsOf(foldOf, folds);
}

/**
 * Folds that move forward in time: the rows are cut into `folds + 1` blocks of equal size, and fold i learns from the first
 * i + 1 of them and is measured on the next. Rows of equal time stay together, on the later side. Rows after a fold's
 * block belong to neither of its parts.
 * @param times microseconds since 1970 UTC
 * @throws AppError `split.tooFewRows`, `split.missingTime`, `split.oneMoment`
 */
export function timeFolds(times: BigInt64Array, folds: number): TimeSplit[] {
  const rows = times.length;
  requireRows(rows, folds + 1);
  const sorted = sortedTimes(times);
  const borders = Array.from({ length: folds }, (_, fold) => sorted[Math.floor((rows * (fold + 1)) / (folds + 1))] ?? missingTime);
  return borders.map((cutoff, fold) => {
    const end = borders[fold + 1];
    if (cutoff === sorted[0] || cutoff === end) throw oneMoment();
    return {
      training: rowsWhere(rows, (row) => (times[row] ?? missingTime) < cutoff),
      validation: rowsWhere(
        rows,
        (row) => (times[row] ?? missingTime) >= cutoff && (end === undefined || (times[row] ?? missingTime) < end),
      ),
      cutoff,
    };
  });
}

/** How many of the rows a share is: at least one, never all. @throws AppError `split.tooFewRows` */
export function heldOut(rows: number, share: number): number {
  requireRows(rows, 2);
  return Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
}

function requireRows(rows: number, needed: number): void {
  if (rows >= needed) return;
  throw new AppError('split.tooFewRows', t('{rows} rows cannot be divided: at least {needed} are needed.', { rows, needed }), {
    args: { rows, needed },
    remedy: t('Use a data set with more rows, or fewer folds.'),
  });
}

function oneMoment(): AppError {
  return new AppError('split.oneMoment', t('The rows cannot be split by time: too many of them have the same time.'), {
    remedy: t('Split at random instead, or name a column with finer times.'),
  });
}

function oneGroup(): AppError {
  return new AppError('split.oneGroup', t('The rows cannot be split by group: there are too few groups.'), {
    remedy: t('Name a column with more values, use fewer folds, or split at random.'),
  });
}

/** 0, 1, 2, … */
export function allRows(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

/** Fisher-Yates, in place. */
export function shuffled(values: Uint32Array, random: Random): Uint32Array {
  for (let last = values.length - 1; last > 0; last--) {
    const other = below(random, last + 1);
    const value = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = value;
  }
  return values;
}

/** A whole number from 0 to `limit` - 1, every one equally likely: numbers in the uneven rest are drawn again. */
function below(random: Random, limit: number): number {
  const even = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const value = random.nextUint32();
    if (value < even) return value % limit;
  }
}

/** The rows of each key, ascending, in the order in which the keys first occur. */
export function rowsByKey(rows: number, keyOf: (row: number) => unknown): Uint32Array[] {
  const groups = new Map<unknown, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((group) => Uint32Array.from(group));
}

/** Divides `total` in proportion to the sizes (largest remainder), never taking the last row of a group. */
export function apportion(sizes: readonly number[], total: number): number[] {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * total) / rows);
  const counts = sizes.map((size, index) => Math.min(size - 1, Math.floor(exact[index] ?? 0)));
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = sizes.map((_, index) => index).sort((a, b) => rest(b) - rest(a) || a - b);
  function rest(index: number): number {
    return (exact[index] ?? 0) - Math.floor(exact[index] ?? 0);
  }
  for (let progress = true; left > 0 && progress;) {
    progress = false;
    for (const index of byRemainder) {
      if (left === 0) break;
      if ((counts[index] ?? 0) + 1 >= (sizes[index] ?? 0)) continue;
      counts[index] = (counts[index] ?? 0) + 1;
      left--;
      progress = true;
    }
  }
  if (left === total) counts[0] = 1; // every class has a single row: something must be held out
  return counts;
}

function sortedTimes(times: BigInt64Array): BigInt64Array {
  requireRows(times.length, 2);
  const sorted = times.slice().sort();
  if (sorted[0] !== missingTime) return sorted;
  const missing = times.reduce((count, time) => count + (time === missingTime ? 1 : 0), 0);
  throw new AppError(
    'split.missingTime',
    t('{missing} rows have no time, so they cannot be placed before or after the split.', { missing }),
    {
      args: { missing },
      remedy: t('Leave them out with "where: … IS NOT NULL", or split at random.'),
    },
  );
}

function dealt(rows: number, groups: readonly Uint32Array[], { folds, random }: { folds: number; random: Random }): Split[] {
  const foldOf = new Uint16Array(rows);
  let next = 0;
  for (const group of groups) for (const row of shuffled(group.slice(), random)) foldOf[row] = next++ % folds;
  return foldsOf(foldOf, folds);
}

/** @param foldOf the fold in which each row is held out */
export function foldsOf(foldOf: Uint16Array, folds: number): Split[] {
  return Array.from({ length: folds }, (_, fold) => ({
    training: rowsWhere(foldOf.length, (row) => foldOf[row] !== fold),
    validation: rowsWhere(foldOf.length, (row) => foldOf[row] === fold),
  }));
}

function maskOf(rows: number, held: Uint32Array): Uint8Array {
  const mask = new Uint8Array(rows);
  for (const row of held) mask[row] = 1;
  return mask;
}

function maskWhere(times: BigInt64Array, isHeld: (time: bigint) => boolean): Uint8Array {
  const mask = new Uint8Array(times.length);
  for (const [row, time] of times.entries()) mask[row] = isHeld(time) ? 1 : 0;
  return mask;
}

/** @param held 1 for each row that is held out */
export function splitBy(rows: number, held: Uint8Array): Split {
  return { training: rowsWhere(rows, (row) => held[row] === 0), validation: rowsWhere(rows, (row) => held[row] === 1) };
}

function rowsWhere(rows: number, condition: (row: number) => boolean): Uint32Array {
  const found = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (condition(row)) found[count++] = row;
  return found.slice(0, count);
}
