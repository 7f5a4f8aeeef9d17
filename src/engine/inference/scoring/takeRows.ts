/** Some rows of a chunk, or of its scores. */
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import type { Scores } from './model.ts';

/** The given rows of a chunk, in that order. */
export function takeRows(chunk: Chunk, rows: readonly number[] | Uint32Array): Chunk {
  return {
    rows: rows.length,
    columns: Object.fromEntries(Object.entries(chunk.columns).map(([name, vector]) => [name, takeFrom(vector, rows)])),
  };
}

function takeFrom(vector: ColumnVector, rows: readonly number[] | Uint32Array): ColumnVector {
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: new Float64Array(takeEights(vector.values, rows)) };
    case 'time':
      return { kind: 'time', values: new BigInt64Array(takeEights(vector.values, rows)) };
    case 'text': {
      const values = new Array<string | null>(rows.length);
      for (let place = 0; place < rows.length; place++) values[place] = vector.values[rows[place] ?? -1] ?? null;
      return { kind: 'text', values };
    }
  }
}

/** Values of eight bytes, copied as two halves: a bigint would be an object of its own, and a NaN loses bits that are an integer's. */
function takeEights({ buffer, byteOffset, length }: Float64Array | BigInt64Array, rows: readonly number[] | Uint32Array): ArrayBuffer {
  const halves = new Uint32Array(buffer, byteOffset, length * 2);
  const taken = new Uint32Array(rows.length * 2);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0;
    taken[place * 2] = halves[row * 2] ?? 0;
    taken[place * 2 + 1] = halves[row * 2 + 1] ?? 0;
  }
  return taken.buffer;
}

/** The scores of the given rows, in that order. */
export function takeScores({ width, scores }: Scores, rows: readonly number[]): Scores {
  const taken = scores instanceof Float64Array ? new Float64Array(rows.length * width) : new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    taken.set(scores.subarray(row * width, (row + 1) * width), index * width);
  });
  return { rows: rows.length, width, scores: taken };
}
