/**
 * Target encoding: a level becomes the mean target of its rows, drawn towards the overall mean. After Micci-Barreca (2001),
 * "A preprocessing scheme for high-cardinality categorical attributes in classification and prediction problems", and as
 * scikit-learn's `TargetEncoder(smooth=20)` computes it.
 */
import { randomFolds, stratifiedFolds } from '../data/rows/split.ts';

/** The strength of the prior, in rows. */
const targetSmoothing = 20;

/** Inner folds of the training rows, as in scikit-learn. */
const innerFolds = 5;

/** The values of one category over the rows that are learned from. */
export interface CategoryRows {
  /** Every value that occurs, by its code. */
  readonly dictionary: readonly (string | number)[];
  /** Code of each training row's value, −1 where it is missing. */
  readonly codes: Int32Array;
}

/** The target of the rows that are learned from. */
export interface EncodedTarget {
  /** One number per row: the index of its class, or the value of a regression. */
  readonly values: Float64Array;
  /** Empty for a regression. */
  readonly classes: readonly string[];
}

/** How many numbers stand for a level: one for each of several classes, as in scikit-learn, else one. */
export function encodedWidth(classes: readonly string[]): number {
  return classes.length > 2 ? classes.length : 1;
}

/**
 * What every level becomes. Rows of any other value (missing ones, and levels beyond `max_levels`) are encoded together as one
 * level more; where training has no such row, that is the overall mean, as scikit-learn has it for unknown levels.
 * @param levels the values that are told apart
 * @returns one row per level and a last one for every other value, {@link encodedWidth} numbers each
 */
export function targetCodes(levels: readonly (string | number)[], rows: CategoryRows, target: EncodedTarget): Float64Array {
  const sums = new LevelSums(levels.length + 1, encodedWidth(target.classes));
  const places = levelPlaces(levels, rows);
  places.forEach((place, row) => {
    sums.add(place, row, target);
  });
  return sums.codes();
}

/**
 * The codes of the training rows themselves: each row's come from the other inner folds, so that no row sees its own target.
 * scikit-learn's `TargetEncoder.fit_transform`: folds are shuffled, and stratified for classes.
 * @returns row by row, {@link encodedWidth} numbers each
 */
export function crossFittedCodes(
  levels: readonly (string | number)[],
  rows: CategoryRows,
  target: EncodedTarget,
  seed: number,
): Float64Array {
  const width = encodedWidth(target.classes);
  const places = levelPlaces(levels, rows);
  const folds = Math.min(innerFolds, places.length);
  const splits = target.classes.length > 0 ? stratifiedFolds(target.values, folds, seed) : randomFolds(places.length, folds, seed);
  const codes = new Float64Array(places.length * width);
  for (const { training, validation } of splits) {
    const sums = new LevelSums(levels.length + 1, encodedWidth(target.classes));
    for (const row of training) sums.add(places[row] ?? levels.length, row, target);
    const table = sums.codes();
    for (const row of validation) {
      const place = places[row] ?? levels.length;
      codes.set(table.subarray(place * width, (place + 1) * width), row * width);
    }
  }
  return codes;
}

/** Each row's place among the levels; their number for every other value. */
function levelPlaces(levels: readonly (string | number)[], { dictionary, codes }: CategoryRows): Int32Array {
  const known = new Map(levels.map((level, place) => [level, place]));
  const byCode = dictionary.map((value) => known.get(value) ?? levels.length);
  return codes.map((code) => byCode[code] ?? levels.length);
}

/** Sums of the target, level by level. */
class LevelSums {
  readonly #width: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  /** The first value that was added: all are summed as their distances from it, since those far from 0 would cancel. */
  #shift: number | undefined;

  constructor(levels: number, width: number) {
    this.#width = width;
    this.#sums = new Float64Array(levels * width);
    this.#counts = new Float64Array(levels);
  }

  add(place: number, row: number, { values, classes }: EncodedTarget): void {
    const value = values[row] ?? 0;
    this.#shift ??= classes.length === 0 ? value : 0;
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    const at = this.#width === 1 ? place : place * this.#width + value;
    this.#sums[at] = (this.#sums[at] ?? 0) + (this.#width === 1 ? value - this.#shift : 1);
  }

  /** (sum + smoothing × mean) / (count + smoothing), for every level and output. */
  codes(): Float64Array {
    const width = this.#width;
    const rows = this.#counts.reduce((sum, count) => sum + count, 0);
    const means = Array.from({ length: width }, (_, output) => {
      const total = this.#counts.reduce((sum, _count, level) => sum + (this.#sums[level * width + output] ?? 0), 0);
      return rows === 0 ? 0 : total / rows;
    });
    return Float64Array.from(this.#sums, (sum, at) => {
      const count = this.#counts[Math.floor(at / width)] ?? 0;
      return (this.#shift ?? 0) + (sum + targetSmoothing * (means[at % width] ?? 0)) / (count + targetSmoothing);
    });
  }
}
