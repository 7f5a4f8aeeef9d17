/**
 * Which rows are equal, and splits that keep equal rows on one side: a row that is learned from must not be one that the model
 * is measured on. Pure, and the same on every machine.
 */
import { createRandom } from '../../../base/random.ts';
import { allRows, apportion, foldsOf, heldOut, rowsByKey, shuffled, splitBy, type Split } from './split.ts';

export interface EqualRows {
  /** The kind of each row: equal numbers for equal rows. */
  readonly kinds: Float64Array;
  readonly rows: number;
  /** How many different rows there are. */
  readonly different: number;
}

export function countEqualRows(kinds: Float64Array): EqualRows {
  const sorted = kinds.slice().sort();
  let different = 0;
  for (let row = 0; row < sorted.length; row++) if (row === 0 || sorted[row] !== sorted[row - 1]) different++;
  return { kinds, rows: kinds.length, different };
}

/** From here on equal rows are what the few columns of a table can tell apart, and no sign of copies. */
const naturalRepetition = 10;

/**
 * Whether the columns tell so little that the same row comes back ten times on average. To keep such rows together would keep
 * whole answers from a model, and part the data into a few large blocks.
 */
export function repeatByNature({ rows, different }: Pick<EqualRows, 'rows' | 'different'>): boolean {
  return rows >= naturalRepetition * different;
}

/** What rows are parted by. */
export interface Parting {
  /** The kind of each row, see {@link EqualRows}. */
  readonly kinds: ArrayLike<number>;
  /** The class of each row, where every class is to have its share; undefined: at random. */
  readonly classes: ArrayLike<number> | undefined;
  readonly seed: number;
}

/**
 * Holds out whole kinds of rows: the share of the rows (of every class), as nearly as whole kinds allow. Every class keeps rows
 * to learn from.
 * @returns undefined where no kind can be held out without taking a class whole
 * @throws AppError `split.tooFewRows`
 */
export function splitKinds({ kinds, classes, seed }: Parting, share: number): Split | undefined {
  const rows = kinds.length;
  const labels = classes ?? new Float64Array(rows);
  const groups = shuffledKinds(kinds, labels, seed);
  const sizes = classSizes(labels);
  const quotas = quotasOf(sizes, heldOut(rows, share));
  const held = new Map<number, number>();
  const mask = new Uint8Array(rows);
  const take = (group: Kind): void => {
    for (const [label, count] of group.classes) held.set(label, (held.get(label) ?? 0) + count);
    for (const row of group.rows) mask[row] = 1;
  };
  const after = (label: number, count: number): number => (held.get(label) ?? 0) + count;
  const every = (group: Kind, test: (label: number, count: number) => boolean): boolean =>
    [...group.classes].every(([label, count]) => test(label, count));
  const left = groups.filter((group) => {
    const fits = every(group, (label, count) => after(label, count) <= (quotas.get(label) ?? 0));
    if (fits) take(group);
    return !fits;
  });
  for (const group of left) {
    const gain = [...group.classes].reduce((sum, [label, count]) => {
      const short = (quotas.get(label) ?? 0) - (held.get(label) ?? 0);
      return sum + Math.abs(short) - Math.abs(short - count);
    }, 0);
    if (gain > 0 && every(group, (label, count) => after(label, count) < (sizes.get(label) ?? 0))) take(group);
  }
  return held.size > 0 ? splitBy(rows, mask) : undefined;
}

/**
 * Holds every kind of rows out in one of the folds: the largest kinds first, each where its classes are rarest so far. A class
 * that is one kind only is dealt row by row, so that every fold can learn it.
 * @returns undefined where there are fewer kinds than folds
 */
export function kindFolds({ kinds, classes, seed }: Parting, folds: number): Split[] | undefined {
  const rows = kinds.length;
  const labels = classes ?? new Float64Array(rows);
  const sizes = classSizes(labels);
  const groups = shuffledKinds(kinds, labels, seed).flatMap((group) => {
    const isWhole = [...group.classes].some(([label, count]) => count === sizes.get(label));
    return isWhole ? [...group.rows].map((row) => kindOf(Uint32Array.of(row), labels)) : [group];
  });
  if (groups.length < folds) return undefined;
  groups.sort((a, b) => b.rows.length - a.rows.length); // stable: equally large ones keep their random order
  const counts = Array.from({ length: folds }, () => ({ rows: 0, classes: new Map<number, number>() }));
  const foldOf = new Uint16Array(rows);
  for (const group of groups) {
    const crowding = counts.map((fold) =>
      [...group.classes].reduce((sum, [label, count]) => sum + (count * (fold.classes.get(label) ?? 0)) / (sizes.get(label) ?? 1), 0),
    );
    const least = Math.min(...crowding);
    const candidates = [...crowding.keys()].filter((fold) => crowding[fold] === least);
    const chosen = candidates.reduce((best, fold) => ((counts[fold]?.rows ?? 0) < (counts[best]?.rows ?? 0) ? fold : best));
    const fold = counts[chosen];
    if (fold === undefined) throw new RangeError('no folds');
    fold.rows += group.rows.length;
    for (const [label, count] of group.classes) fold.classes.set(label, (fold.classes.get(label) ?? 0) + count);
    for (const row of group.rows) foldOf[row] = chosen;
  }
  return foldsOf(foldOf, folds);
}

interface Kind {
  readonly rows: Uint32Array;
  /** How many of them are of each class. */
  readonly classes: ReadonlyMap<number, number>;
}

function shuffledKinds(kinds: ArrayLike<number>, labels: ArrayLike<number>, seed: number): Kind[] {
  const groups = rowsByKey(kinds.length, (row) => kinds[row]);
  return Array.from(shuffled(allRows(groups.length), createRandom(seed)), (index) => kindOf(groups[index] ?? new Uint32Array(), labels));
}

function kindOf(rows: Uint32Array, labels: ArrayLike<number>): Kind {
  const classes = new Map<number, number>();
  for (const row of rows) classes.set(labels[row] ?? NaN, (classes.get(labels[row] ?? NaN) ?? 0) + 1);
  return { rows, classes };
}

function classSizes(labels: ArrayLike<number>): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of Array.from(labels)) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
}

/** How many rows of each class are to be held out. */
function quotasOf(sizes: ReadonlyMap<number, number>, total: number): Map<number, number> {
  const counts = apportion([...sizes.values()], total);
  return new Map([...sizes.keys()].map((label, index) => [label, counts[index] ?? 0]));
}
