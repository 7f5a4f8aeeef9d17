/** Sorting numbers by their digits: for what bins are found from, some times as fast as the sort of typed arrays. */

const digitBits = 11;
const digits = 2 ** digitBits;
const lastDigit = digits - 1;
/** Of 64 bits, from the last. */
const passes = 6;
const signBit = 0x80000000;

/** Sorts numbers among which no NaN is, −0 before 0. Room for so many is made once. */
export class NumberSorter {
  readonly #counts = new Uint32Array(passes * digits);
  readonly #spare: Uint32Array;

  /** @param most numbers at a time */
  constructor(most: number) {
    this.#spare = new Uint32Array(most * 2);
  }

  /** @param numbers ascending afterwards */
  sort(numbers: Float64Array): void {
    const own = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
    toKeys(own);
    const counts = this.#count(own);
    let [from, to] = [own, this.#spare.subarray(0, own.length)];
    for (let pass = 0; pass < passes; pass++) {
      const places = counts.subarray(pass * digits, (pass + 1) * digits);
      if (isOneDigit(places, digitOf(own[0] ?? 0, own[1] ?? 0, pass), numbers.length)) continue;
      scatter(from, to, places, pass);
      [from, to] = [to, from];
    }
    if (from !== own) own.set(from);
    fromKeys(own);
  }

  /** How often each digit occurs in each place. */
  #count(keys: Uint32Array): Uint32Array {
    const counts = this.#counts.fill(0);
    for (let at = 0; at < keys.length; at += 2) {
      countDigits(counts, keys[at] ?? 0, 0);
      countDigits(counts, keys[at + 1] ?? 0, 3 * digits);
    }
    return counts;
  }
}

function countDigits(counts: Uint32Array, half: number, first: number): void {
  const a = first + (half & lastDigit);
  const b = first + digits + ((half >>> digitBits) & lastDigit);
  const c = first + 2 * digits + (half >>> (2 * digitBits));
  counts[a] = (counts[a] ?? 0) + 1;
  counts[b] = (counts[b] ?? 0) + 1;
  counts[c] = (counts[c] ?? 0) + 1;
}

/** The bits of numbers as those of integers of 64 bits in the same order, in place. */
function toKeys(words: Uint32Array): void {
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1] ?? 0;
    const isNegative = high >>> 31 === 1;
    if (isNegative) words[at] = ~(words[at] ?? 0);
    words[at + 1] = isNegative ? ~high : high ^ signBit;
  }
}

function fromKeys(words: Uint32Array): void {
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1] ?? 0;
    const isNegative = high >>> 31 === 0;
    if (isNegative) words[at] = ~(words[at] ?? 0);
    words[at + 1] = isNegative ? ~high : high ^ signBit;
  }
}

/** Three digits of 11, 11 and 10 bits from each half. */
function digitOf(low: number, high: number, pass: number): number {
  return ((pass < 3 ? low : high) >>> ((pass % 3) * digitBits)) & lastDigit;
}

function isOneDigit(counts: Uint32Array, digit: number, total: number): boolean {
  return counts[digit] === total;
}

/** @param counts of each digit; overwritten by where the next of its keys goes */
function scatter(from: Uint32Array, to: Uint32Array, counts: Uint32Array, pass: number): void {
  let place = 0;
  for (let digit = 0; digit < digits; digit++) {
    const count = counts[digit] ?? 0;
    counts[digit] = place;
    place += count;
  }
  const half = pass < 3 ? 0 : 1;
  const shift = (pass % 3) * digitBits;
  for (let at = 0; at < from.length; at += 2) {
    const digit = ((from[at + half] ?? 0) >>> shift) & lastDigit;
    const target = counts[digit] ?? 0;
    counts[digit] = target + 1;
    to[target * 2] = from[at] ?? 0;
    to[target * 2 + 1] = from[at + 1] ?? 0;
  }
}
