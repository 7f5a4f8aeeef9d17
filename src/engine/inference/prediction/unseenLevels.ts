/** Counts the values of categories that a model has learned nothing of: it answers, but from the other columns alone. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import { shortenValue } from './inputChecks.ts';
import type { ModelInput } from '../scoring/model.ts';

interface Unseen {
  readonly name: string;
  readonly levels: ReadonlySet<unknown>;
  count: number;
  first: { readonly value: string; readonly row: number } | undefined;
}

/** Values beyond the levels that were learned, by column. Missing values are none. */
export class UnseenLevels {
  readonly #columns: readonly Unseen[];

  constructor(inputs: readonly Pick<ModelInput, 'name' | 'levels'>[]) {
    this.#columns = inputs.flatMap(({ name, levels }) =>
      levels === undefined ? [] : [{ name, levels: new Set<unknown>(levels), count: 0, first: undefined }],
    );
  }

  /** @param from rows that came before those of the chunk */
  add(chunk: Chunk, from: number): void {
    for (const column of this.#columns) {
      const vector = chunk.columns[column.name];
      if (vector !== undefined) countUnseen(column, vector, from);
    }
  }

  /** A sentence for each column with such values. @param rows of all chunks */
  notes(rows: number): string[] {
    return this.#columns.flatMap(({ name, count, first }) =>
      first === undefined
        ? []
        : [
            t('In {count} of {rows} rows "{name}" holds a value that the model has not learned: "{value}" in row {row} is the first.', {
              ...{ count: formatCount(count), rows: formatCount(rows), name },
              ...{ value: first.value, row: formatCount(first.row) },
            }),
          ],
    );
  }
}

function countUnseen(column: Unseen, { values }: ColumnVector, from: number): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    if (value === null || value !== value || column.levels.has(value)) continue;
    column.count++;
    column.first ??= { value: shortenValue(String(value)), row: from + row + 1 };
  }
}
