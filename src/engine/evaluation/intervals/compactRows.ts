/** Rows that the bootstrap need not tell apart, as one row each with how many it stands for. */
import type { BinaryPredictions, Predictions, ScoreArray } from '../metrics/predictions.ts';
import { orderByScore } from '../metrics/scoreOrder.ts';

/** Rows of equal truth, equal decisions and nearly equal scores, of all predictions at once. */
export interface CompactRows {
  /** How many rows each compact row stands for. */
  readonly sizes: Uint32Array;
  /** In the order given; the score of a compact row is the mean of its rows. */
  readonly predictions: readonly BinaryPredictions[];
}

/** Below this many rows a replicate is quick enough as it is. */
const fewestRows = 20_000;
/** Of the 23 bits of a float32's fraction, those that tell scores apart: neighbours differ by less than 0.05 %. */
const droppedBits = 12;

/**
 * A replicate of a million rows costs what one of some ten thousand does, for rows of a compact row count as often
 * together as they would one by one, and scores that close tie. Point values never come from compact rows, and replicates are
 * moved by the difference.
 * @param all predictions of the same rows: one or two
 * @returns undefined where the rows must be told apart: weights, groups, other tasks than two classes, few rows, or little to gain
 */
export function compactRows(all: readonly Predictions[]): CompactRows | undefined {
  const binary = all.filter((each) => each.task === 'binary');
  const [first] = binary;
  if (first === undefined || binary.length < all.length || all.length > 2) return undefined;
  if (first.truth.length < fewestRows || first.weights !== undefined || first.groups !== undefined) return undefined;
  const { rows, startsGroup } = orderByScore(keysOf(binary, first.truth));
  const count = startsGroup.reduce((sum, starts) => sum + starts, 0);
  if (count > rows.length / 2) return undefined;
  const starts = new Uint32Array(count + 1);
  for (let index = 0, next = 0; index < rows.length; index++) if (startsGroup[index] === 1) starts[next++] = index;
  starts[count] = rows.length;
  const truth = Uint8Array.from({ length: count }, (_, compact) => first.truth[rows[starts[compact] ?? 0] ?? 0] ?? 0);
  return {
    sizes: Uint32Array.from(truth, (_, compact) => (starts[compact + 1] ?? 0) - (starts[compact] ?? 0)),
    predictions: binary.map((each) => ({
      ...each,
      truth,
      scores: Float64Array.from(truth, (_, compact) => meanScore(each, rows.subarray(starts[compact], starts[compact + 1]))),
    })),
  };
}

/** One whole number below 2⁵³ per row, equal for rows of one compact row. */
function keysOf(binary: readonly BinaryPredictions[], truth: Uint8Array): Float64Array {
  const keys = Float64Array.from(truth);
  for (const { scores, threshold } of binary) {
    const bins = binsOf(scores);
    for (let row = 0; row < keys.length; row++) {
      const decided = (scores[row] ?? 0) >= threshold ? 1 : 0;
      keys[row] = ((keys[row] ?? 0) * 2 + decided) * 2 ** (32 - droppedBits) + (bins[row] ?? 0);
    }
  }
  return keys;
}

function binsOf(scores: ScoreArray): Uint32Array {
  const bits = new Uint32Array(Float32Array.from(scores).buffer);
  return bits.map((pattern) => pattern >>> droppedBits);
}

/** The mean of some rows' scores; exactly their score where it is the same, and never across the threshold by rounding. */
function meanScore({ scores, threshold }: BinaryPredictions, rows: Uint32Array): number {
  const first = scores[rows[0] ?? 0] ?? NaN;
  let above = 0;
  for (const row of rows) above += (scores[row] ?? NaN) - first;
  const mean = first + above / rows.length;
  return mean >= threshold === first >= threshold ? mean : first;
}
