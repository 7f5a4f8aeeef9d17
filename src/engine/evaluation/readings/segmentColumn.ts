/** Rows by the value of a column, as codes that are read while the data stream by. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { missingTime, type ColumnVector } from '../../data/rows/columns.ts';

const maxValues = 20_000;

/** A segment column with the code of each row. */
export class SegmentColumn {
  readonly column: string;
  readonly codes: Uint32Array;
  readonly #values = new Map<string, number>();
  readonly #limit: number;

  constructor(column: string, rows: number, limit = maxValues) {
    this.column = column;
    this.#limit = limit;
    this.codes = new Uint32Array(rows);
  }

  /** The value of each code. */
  get values(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** @throws AppError `evaluation.tooManySegments` */
  append(vector: ColumnVector, start: number): void {
    const names = namesOf(vector);
    for (let row = 0; row < names.length; row++) this.codes[start + row] = this.#codeOf(names[row] ?? '');
  }

  #codeOf(name: string): number {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    if (this.#values.size === this.#limit) throw tooManySegments(this.column);
    this.#values.set(name, this.#values.size);
    return this.#values.size - 1;
  }
}

function namesOf(vector: ColumnVector): readonly string[] {
  const missing = t('(missing)');
  switch (vector.kind) {
    case 'text':
      return vector.values.map((value) => value ?? missing);
    case 'number':
      return Array.from(vector.values, (value) => (Number.isNaN(value) ? missing : String(value)));
    case 'time':
      return Array.from(vector.values, (value) => (value === missingTime ? missing : new Date(Number(value / 1000n)).toISOString()));
  }
}

function tooManySegments(column: string): AppError {
  const args = { column, limit: maxValues };
  return new AppError('evaluation.tooManySegments', t('The segment column {column} has more than {limit} different values.', args), {
    args,
    remedy: t('Choose a column with fewer values under "segments": a segment needs many rows to say anything.'),
  });
}
