/** Some rows of a chunk, or of its scores. */
import { missingTime, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import type { Scores } from './model.ts';

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

/** The scores of the given rows, in that order. */
export function takeScores({ width, scores }: Scores, rows: readonly number[]): Scores {
  const taken = scores instanceof Float64Array ? new Float64Array(rows.length * width) : new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    taken.set(scores.subarray(row * width, (row + 1) * width), index * width);
  });
  return { rows: rows.length, width, scores: taken };
}
