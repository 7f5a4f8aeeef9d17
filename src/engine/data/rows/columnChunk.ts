/** Our column vectors into DuckDB's: the way back of `readChunks`. */
import { DuckDBDataChunk, DOUBLE, TIMESTAMP, VARCHAR, type DuckDBAppender, type DuckDBType } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import { missingTime, type Chunk, type ColumnVector } from './columns.ts';

/** Rows that fit into one of DuckDB's chunks. */
const vectorRows = 2048;

/** The type under which a vector of this kind is appended. */
export function storageType(kind: ColumnVector['kind']): DuckDBType {
  switch (kind) {
    case 'number':
      return DOUBLE;
    case 'time':
      return TIMESTAMP;
    case 'text':
      return VARCHAR;
  }
}

/**
 * Appends the rows of a chunk; NaN, the smallest int64 and null become NULL.
 * @param names the columns in the order of the table's
 */
export function appendChunk(appender: DuckDBAppender, chunk: Chunk, names: readonly string[]): void {
  const vectors = names.map((name) => {
    const vector = Object.hasOwn(chunk.columns, name) ? chunk.columns[name] : undefined;
    if (vector === undefined) throw new RangeError(`the chunk has no column ${name}`);
    return vector;
  });
  const types = vectors.map((vector) => storageType(vector.kind));
  for (let start = 0; start < chunk.rows; start += vectorRows) {
    const count = Math.min(vectorRows, chunk.rows - start);
    const target = DuckDBDataChunk.create(types, count);
    for (const [index, vector] of vectors.entries()) {
      copyColumn(bindings.data_chunk_get_vector(target.chunk, index), vector, { start, count });
    }
    appender.appendDataChunk(target);
  }
}

function copyColumn(target: bindings.Vector, source: ColumnVector, { start, count }: { start: number; count: number }): void {
  const present = new Uint32Array(vectorRows / 32).fill(0xffffffff);
  let missing = 0;
  const drop = (row: number): void => {
    present[row >>> 5] = (present[row >>> 5] ?? 0) & ~(1 << (row & 31));
    missing++;
  };
  if (source.kind === 'text') {
    for (let row = 0; row < count; row++) {
      const text = source.values[start + row] ?? null;
      if (text === null) drop(row);
      else bindings.vector_assign_string_element_len(target, row, Buffer.from(text, 'utf8'));
    }
  } else if (source.kind === 'number') {
    copyBytes(target, source.values, { start, count });
    for (let row = 0; row < count; row++) if (Number.isNaN(source.values[start + row])) drop(row);
  } else {
    copyBytes(target, source.values, { start, count });
    for (let row = 0; row < count; row++) if (source.values[start + row] === missingTime) drop(row);
  }
  if (missing === 0) return;
  bindings.vector_ensure_validity_writable(target);
  bindings.copy_data_to_vector_validity(target, 0, present.buffer, 0, Math.ceil(count / 64) * 8);
}

/** The binding wants a plain buffer; a shared one is copied into such first. */
function copyBytes(
  target: bindings.Vector,
  values: Float64Array | BigInt64Array,
  { start, count }: { start: number; count: number },
): void {
  const piece = values.subarray(start, start + count);
  const { buffer, byteOffset, byteLength } = piece.buffer instanceof ArrayBuffer ? piece : piece.slice();
  bindings.copy_data_to_vector(target, 0, buffer as ArrayBuffer, byteOffset, byteLength);
}
