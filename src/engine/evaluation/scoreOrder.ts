/** Rows ordered by their score, as every metric that ranks rows needs them. */

export interface ScoreOrder {
  /** Row numbers, lowest score first; rows of equal score in row order. */
  readonly rows: Uint32Array;
  /** 1 where the score differs from the one before (and at 0), else 0: where a group of ties begins. */
  readonly startsGroup: Uint8Array;
}

/**
 * Sorts by score, stably.
 * @param scores float32 without NaN
 */
export function orderByScore(scores: Float32Array): ScoreOrder {
  const bits = new Uint32Array(Float32Array.from(scores, (score) => score + 0).buffer); // -0 becomes 0: they tie
  const keyed = new BigUint64Array(scores.length);
  const halves = new Uint32Array(keyed.buffer); // the row number below, the sortable form of the score above
  for (let row = 0; row < bits.length; row++) {
    const pattern = at(bits, row);
    halves[2 * row] = row;
    halves[2 * row + 1] = pattern & 0x80000000 ? ~pattern : pattern | 0x80000000;
  }
  keyed.sort();
  const rows = new Uint32Array(scores.length);
  const startsGroup = new Uint8Array(scores.length);
  for (let index = 0; index < rows.length; index++) {
    rows[index] = at(halves, 2 * index);
    startsGroup[index] = index === 0 || halves[2 * index + 1] !== halves[2 * index - 1] ? 1 : 0;
  }
  return { rows, startsGroup };
}

/** A typed array's element where the index is known to lie inside; outside, NaN rather than a wrong number. */
export function at(values: Uint32Array | Uint8Array | Int32Array | Float64Array | Float32Array, index: number): number {
  return values[index] ?? NaN;
}
