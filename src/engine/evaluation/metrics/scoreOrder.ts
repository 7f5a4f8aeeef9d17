/** Rows ordered by their score, as every metric that ranks rows needs them. */

export interface ScoreOrder {
  /** Row numbers, lowest score first; rows of equal score in row order. */
  readonly rows: Uint32Array;
  /** 1 where the score differs from the one before (and at 0), else 0: where a group of ties begins. */
  readonly startsGroup: Uint8Array;
}

const digitBits = 11;
const digits = 2 ** digitBits;

/**
 * Sorts by score, stably: a radix sort over the 64 bits of each score, whose digits that all rows share cost nothing
 * (scores that were float32 have 29 such bits).
 * @param scores without NaN
 */
export function orderByScore(scores: Float32Array | Float64Array): ScoreOrder {
  const { low, high } = sortableHalves(scores);
  let rows = Uint32Array.from(scores, (_, row) => row);
  let next = new Uint32Array(rows.length);
  const pass = (half: Uint32Array, shift: number): void => {
    if (!distribute(half, shift, rows, next)) return;
    [rows, next] = [next, rows];
  };
  for (const half of [low, high]) for (let shift = 0; shift < 32; shift += digitBits) pass(half, shift);
  const startsGroup = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? 0;
    const before = rows[index - 1] ?? 0;
    startsGroup[index] = index === 0 || low[row] !== low[before] || high[row] !== high[before] ? 1 : 0;
  }
  return { rows, startsGroup };
}

/** The bits of each score as two unsigned numbers that sort as the scores do. */
function sortableHalves(scores: Float32Array | Float64Array): { low: Uint32Array; high: Uint32Array } {
  const bits = new Uint32Array(Float64Array.from(scores, (score) => score + 0).buffer); // -0 becomes 0: they tie
  const low = new Uint32Array(scores.length);
  const high = new Uint32Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    const upper = bits[2 * row + 1] ?? 0;
    const lower = bits[2 * row] ?? 0;
    const isNegative = (upper & 0x80000000) !== 0;
    high[row] = isNegative ? ~upper : upper | 0x80000000;
    low[row] = isNegative ? ~lower : lower;
  }
  return { low, high };
}

/** Writes `from` to `to` in the order of one digit. @returns false, with nothing written, where all rows share the digit */
function distribute(half: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): boolean {
  const starts = new Uint32Array(digits);
  for (const bits of half) {
    const digit = (bits >>> shift) & (digits - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts.includes(half.length)) return false;
  let start = 0;
  for (let digit = 0; digit < digits; digit++) {
    const count = starts[digit] ?? 0;
    starts[digit] = start;
    start += count;
  }
  for (const row of from) {
    const digit = ((half[row] ?? 0) >>> shift) & (digits - 1);
    const place = starts[digit] ?? 0;
    to[place] = row;
    starts[digit] = place + 1;
  }
  return true;
}
