/** Texts or numbers of one column as small whole numbers, for columns too long to keep as texts. */
import type { ColumnVector } from '../../data/rows/columns.ts';

export class DictionaryColumn {
  /** Code of each row's value, −1 where it is missing. */
  readonly codes: Int32Array;
  readonly #values: (string | number)[] = [];
  readonly #known = new Map<string | number, number>();

  constructor(rows: number) {
    this.codes = new Int32Array(rows).fill(-1);
  }

  /** Every value that occurred, by its code. */
  get values(): readonly (string | number)[] {
    return this.#values;
  }

  /** @param from the row that the vector's first value belongs to */
  write(vector: ColumnVector, from: number): void {
    for (const [index, value] of vector.values.entries()) {
      if (value === null || typeof value === 'bigint' || Number.isNaN(value)) continue;
      this.codes[from + index] = this.#codeOf(value);
    }
  }

  #codeOf(value: string | number): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const code = this.#values.push(value) - 1;
    this.#known.set(value, code);
    return code;
  }
}
