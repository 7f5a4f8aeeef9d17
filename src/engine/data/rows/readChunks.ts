/** DuckDB's vectors into our column vectors: memory is copied whole, and no value becomes an object of its own but texts. */
import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { throwIfCancelled } from '../../../base/abort.ts';
import { missingTime, type Chunk, type ColumnVector } from './columns.ts';
import { StreamCutShort } from '../sql/duckdb.ts';

/** How a result column is to arrive. `number` columns must be DOUBLE, `time` TIMESTAMP, `text` VARCHAR in the result. */
export interface ResultColumn {
  readonly name: string;
  readonly kind: ColumnVector['kind'];
}

export interface ReadChunksOptions {
  readonly chunkRows: number;
  readonly signal: AbortSignal | undefined;
  /** Columns whose values that do not fit follow as texts, after `columns` and in this order. */
  readonly misfits?: readonly string[];
}

/**
 * Gathers DuckDB's chunks of 2,048 rows into chunks of `chunkRows` (the last may be shorter).
 * @throws StreamCutShort when the result ends without its marked last row; CancelledError
 */
export async function* readChunks(
  result: DuckDBResult,
  valueColumns: readonly ResultColumn[],
  { chunkRows, signal, misfits = [] }: ReadChunksOptions,
): AsyncGenerator<Chunk> {
  const columns = [...valueColumns, ...misfits.map((name): ResultColumn => ({ name, kind: 'text' }))];
  const texts = columns.map(() => new TextInterner());
  let sinks = columns.map((column) => createSink(column.kind, chunkRows));
  let filled = 0;
  for (;;) {
    const piece = await result.fetchChunk();
    throwIfCancelled(signal);
    if (piece === null || piece.rowCount === 0) throw new StreamCutShort('the last row did not come');
    const isLast = endsRows(piece, columns.length);
    const available = piece.rowCount - (isLast ? 1 : 0);
    const vectors = columns.map((_, index) => readVector(bindings.data_chunk_get_vector(piece.chunk, index), available));
    for (let taken = 0; taken < available;) {
      const count = Math.min(available - taken, chunkRows - filled);
      for (const [index, sink] of sinks.entries()) {
        const vector = vectors[index];
        const interner = texts[index];
        if (vector !== undefined && interner !== undefined) copyRows(vector, { sink, interner, from: taken, to: filled, count });
      }
      taken += count;
      filled += count;
      if (filled === chunkRows) {
        yield toChunk(columns, sinks, { rows: filled, misfits });
        sinks = columns.map((column) => createSink(column.kind, chunkRows));
        filled = 0;
      }
    }
    if (isLast) break;
  }
  if (filled > 0) yield toChunk(columns, sinks, { rows: filled, misfits });
}

/** Whether the last row of the piece is the mark at the end of the stream. */
function endsRows(piece: DuckDBDataChunk, markColumn: number): boolean {
  const { vector, rows, present } = readVector(bindings.data_chunk_get_vector(piece.chunk, markColumn), piece.rowCount);
  if (present !== undefined && isMissing(present, rows - 1)) return false;
  return bindings.vector_get_data(vector, rows)[rows - 1] === 1;
}

type Sink =
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'time'; readonly values: BigInt64Array }
  | { readonly kind: 'text'; readonly values: (string | null)[] };

function createSink(kind: ColumnVector['kind'], rows: number): Sink {
  switch (kind) {
    case 'number':
      return { kind, values: new Float64Array(rows) };
    case 'time':
      return { kind, values: new BigInt64Array(rows) };
    case 'text':
      return { kind, values: [] };
  }
}

function toChunk(
  columns: readonly ResultColumn[],
  sinks: readonly Sink[],
  { rows, misfits }: { rows: number; misfits: readonly string[] },
): Chunk {
  const trimmed = sinks.map((sink): ColumnVector => {
    if (sink.kind === 'text' || sink.values.length === rows) return sink;
    return sink.kind === 'number'
      ? { kind: 'number', values: sink.values.slice(0, rows) }
      : { kind: 'time', values: sink.values.slice(0, rows) };
  });
  const named = columns.map((column, index) => [column.name, trimmed[index]] as const);
  const chunk = { rows, columns: Object.fromEntries(named.slice(0, columns.length - misfits.length)) as Chunk['columns'] };
  if (misfits.length === 0) return chunk;
  const texts = named.slice(columns.length - misfits.length).map(([name, vector]) => [name, vector?.values]);
  return { ...chunk, misfits: Object.fromEntries(texts) as NonNullable<Chunk['misfits']> };
}

interface RawVector {
  readonly vector: bindings.Vector;
  readonly rows: number;
  /** One bit per row, 32 to a word, set where a value is present; undefined where all are. */
  readonly present: Uint32Array | undefined;
}

function readVector(vector: bindings.Vector, rows: number): RawVector {
  const bytes = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
  return { vector, rows, present: bytes === null ? undefined : new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) };
}

function isMissing(present: Uint32Array, row: number): boolean {
  return (((present[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 0;
}

interface Copy {
  readonly sink: Sink;
  readonly interner: TextInterner;
  /** First row in the vector, first row in the sink, number of rows. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function copyRows(raw: RawVector, { sink, interner, from, to, count }: Copy): void {
  const { present } = raw;
  if (sink.kind === 'text') {
    const bytes = bindings.vector_get_data(raw.vector, raw.rows * 16);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, raw.rows * 4);
    for (let row = from; row < from + count; row++) {
      sink.values.push(present !== undefined && isMissing(present, row) ? null : interner.read(words, bytes, row));
    }
    return;
  }
  const bytes = bindings.vector_get_data(raw.vector, raw.rows * 8);
  if (sink.kind === 'number') {
    sink.values.set(new Float64Array(bytes.buffer, bytes.byteOffset + from * 8, count), to);
    if (present === undefined) return;
    for (let row = 0; row < count; row++) if (isMissing(present, from + row)) sink.values[to + row] = NaN;
    return;
  }
  sink.values.set(new BigInt64Array(bytes.buffer, bytes.byteOffset + from * 8, count), to);
  if (present === undefined) return;
  for (let row = 0; row < count; row++) if (isMissing(present, from + row)) sink.values[to + row] = missingTime;
}

/** DuckDB keeps texts of up to 12 bytes inside the 16 bytes of the vector's entry. */
const inlineBytes = 12;
const tableSize = 4096;

/**
 * Texts from a vector, made once per spelling as long as they are short: a column of categories repeats few texts,
 * and decoding one anew for every row would cost ten times as much.
 */
class TextInterner {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a mark at the start of a text is a character of it
  readonly #keys = new Uint32Array(tableSize * 4);
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(tableSize);

  /** @param words the vector's bytes as numbers */
  read(words: Uint32Array, bytes: Uint8Array, row: number): string {
    const length = words[row * 4] ?? 0;
    const a = words[row * 4 + 1] ?? 0;
    const b = words[row * 4 + 2] ?? 0;
    const c = words[row * 4 + 3] ?? 0;
    if (length > inlineBytes) {
      return this.#decoder.decode(bindings.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + row * 16 + 8, length));
    }
    const slot = hashWords(length, a, b, c) & (tableSize - 1);
    const keys = this.#keys;
    const at = slot * 4;
    const known = this.#texts[slot];
    if (known !== undefined && keys[at] === length && keys[at + 1] === a && keys[at + 2] === b && keys[at + 3] === c) return known;
    const text = this.#decoder.decode(bytes.subarray(row * 16 + 4, row * 16 + 4 + length));
    keys[at] = length;
    keys[at + 1] = a;
    keys[at + 2] = b;
    keys[at + 3] = c;
    this.#texts[slot] = text;
    return text;
  }
}

function hashWords(length: number, a: number, b: number, c: number): number {
  let hash = Math.imul(a ^ length, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16) ^ c, 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}
