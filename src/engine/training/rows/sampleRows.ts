/** Takes some rows out of chunks, and makes variants of them with values missing: what the parity gate asks both models. */
import { missingTime, type Chunk, type ColumnVector } from '../../data/rows/columns.ts';
import { takeRows } from '../../inference/scoring/takeRows.ts';

/** Held-out rows that the parity gate compares. */
const sampleSize = 4096;

/** Keeps evenly spaced rows of those that qualify. */
export class SampleCollector {
  readonly #every: number;
  readonly #parts: Chunk[] = [];
  #seen = 0;

  /** @param total how many rows will qualify */
  constructor(total: number) {
    this.#every = Math.max(1, Math.ceil(total / sampleSize));
  }

  add(chunk: Chunk, qualifies: (row: number) => boolean): void {
    const rows: number[] = [];
    for (let row = 0; row < chunk.rows; row++) {
      if (qualifies(row) && this.#seen++ % this.#every === 0) rows.push(row);
    }
    if (rows.length > 0) this.#parts.push(takeRows(chunk, rows));
  }

  chunk(): Chunk {
    return joinChunks(this.#parts);
  }
}

/** Chunks with the same columns, one after the other. */
function joinChunks(chunks: readonly Chunk[]): Chunk {
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const names = Object.keys(chunks[0]?.columns ?? {});
  return { rows, columns: Object.fromEntries(names.map((name) => [name, joinVectors(chunks.map((chunk) => chunk.columns[name]))])) };
}

function joinVectors(vectors: readonly (ColumnVector | undefined)[]): ColumnVector {
  const kind = vectors[0]?.kind ?? 'number';
  const known = vectors.filter((vector) => vector !== undefined);
  switch (kind) {
    case 'number':
      return { kind, values: Float64Array.from(known.flatMap((vector) => (vector.kind === kind ? [...vector.values] : []))) };
    case 'time':
      return { kind, values: BigInt64Array.from(known.flatMap((vector) => (vector.kind === kind ? [...vector.values] : []))) };
    case 'text':
      return { kind, values: known.flatMap((vector) => (vector.kind === kind ? [...vector.values] : [])) };
  }
}

/** The first rows again, once with each column missing and once with all of them missing. */
export function withMissingValues(chunk: Chunk, rowsEach: number): Chunk {
  const names = Object.keys(chunk.columns);
  const few = takeRows(
    chunk,
    Array.from({ length: Math.min(rowsEach, chunk.rows) }, (_, row) => row),
  );
  const without = (dropped: readonly string[]): Chunk => ({
    rows: few.rows,
    columns: Object.fromEntries(
      Object.entries(few.columns).map(([name, vector]) => [name, dropped.includes(name) ? allMissing(vector) : vector]),
    ),
  });
  return joinChunks([chunk, ...names.map((name) => without([name])), without(names)]);
}

function allMissing(vector: ColumnVector): ColumnVector {
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: vector.values.map(() => NaN) };
    case 'time':
      return { kind: 'time', values: vector.values.map(() => missingTime) };
    case 'text':
      return { kind: 'text', values: vector.values.map(() => null) };
  }
}
