/** Mean and standard deviation of numbers that come in pieces, to the last few bits whatever their size. Pure. */

/**
 * Sums are taken of distances from the first value, with Neumaier's compensation, in the order of the rows: the same
 * result at every reading, and no cancellation where values are large and lie close together.
 */
export class Moments {
  #count = 0;
  #shift = 0;
  #first = neumaierZero;
  #second = neumaierZero;

  /** @param values NaN is missing and skipped */
  add(values: Float64Array): void {
    let { sum: sum1, rest: rest1 } = this.#first;
    let { sum: sum2, rest: rest2 } = this.#second;
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      if (this.#count++ === 0) this.#shift = value;
      const distance = value - this.#shift;
      const next1 = sum1 + distance;
      rest1 += Math.abs(sum1) >= Math.abs(distance) ? sum1 - next1 + distance : distance - next1 + sum1;
      sum1 = next1;
      const square = distance * distance;
      const next2 = sum2 + square;
      rest2 += sum2 >= square ? sum2 - next2 + square : square - next2 + sum2;
      sum2 = next2;
    }
    this.#first = { sum: sum1, rest: rest1 };
    this.#second = { sum: sum2, rest: rest2 };
  }

  /** Adds the same value several times. */
  addRepeated(value: number, count: number): void {
    if (Number.isNaN(value) || count === 0) return;
    if (this.#count === 0) this.#shift = value;
    this.#count += count;
    const distance = value - this.#shift;
    this.#first = addTo(this.#first, distance * count);
    this.#second = addTo(this.#second, distance * distance * count);
  }

  get count(): number {
    return this.#count;
  }

  /** Undefined without values, or with infinite ones. */
  get mean(): number | undefined {
    return finite(this.#shift + this.#total / this.#count);
  }

  /** Of the sample (n - 1); undefined with fewer than two values, or with infinite ones. */
  get standardDeviation(): number | undefined {
    if (this.#count < 2) return undefined;
    const squares = this.#second.sum + this.#second.rest;
    return finite(Math.sqrt(Math.max(0, squares - (this.#total * this.#total) / this.#count) / (this.#count - 1)));
  }

  get #total(): number {
    return this.#first.sum + this.#first.rest;
  }
}

interface CompensatedSum {
  readonly sum: number;
  readonly rest: number;
}

const neumaierZero: CompensatedSum = { sum: 0, rest: 0 };

function addTo({ sum, rest }: CompensatedSum, term: number): CompensatedSum {
  const next = sum + term;
  return { sum: next, rest: rest + (Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum) };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
