/** Some rows of a chunk. */
import { missingTime, type Chunk, type ColumnVector } from '../data/columns.ts';

/** The given rows of a chunk, in that order. */
export function takeRows(chunk: Chunk, rows: readonly number[]): Chunk {
  return {
    rows: rows.length,
    columns: Object.fromEntries(Object.entries(chunk.columns).map(([name, vector]) => [name, takeFrom(vector, rows)])),
  };
}

function takeFrom(vector: ColumnVector, rows: readonly number[]): ColumnVector {
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: Float64Array.from(rows, (row) => vector.values[row] ?? NaN) };
    case 'time':
      return { kind: 'time', values: BigInt64Array.from(rows, (row) => vector.values[row] ?? missingTime) };
    case 'text':
      return { kind: 'text', values: rows.map((row) => vector.values[row] ?? null) };
  }
}
