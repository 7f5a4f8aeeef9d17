/** Chunks on their way to another thread: texts as codes into a list, for a text costs ten times as much to copy as a code. */
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';

type PackedVector =
  | Exclude<ColumnVector, { readonly kind: 'text' }>
  | {
      readonly kind: 'text';
      /** Every text that occurs, once. */
      readonly texts: readonly string[];
      /** The place of each row's text among them; −1 where it is missing. */
      readonly codes: Int32Array;
    };

/** A chunk that structured cloning copies at the speed of memory. */
export interface PackedChunk {
  readonly rows: number;
  readonly columns: Readonly<Record<string, PackedVector>>;
}

/** @param names the columns to take along */
export function packChunk(chunk: Chunk, names: readonly string[]): PackedChunk {
  const columns = names.flatMap((name) => {
    const vector = chunk.columns[name];
    return vector === undefined ? [] : [[name, packVector(vector)] as const];
  });
  return { rows: chunk.rows, columns: Object.fromEntries(columns) };
}

export function unpackChunk({ rows, columns }: PackedChunk): Chunk {
  return { rows, columns: Object.fromEntries(Object.entries(columns).map(([name, vector]) => [name, unpackVector(vector)])) };
}

function packVector(vector: ColumnVector): PackedVector {
  if (vector.kind !== 'text') return vector;
  const { values } = vector;
  const codes = new Int32Array(values.length);
  const known = new Map<string, number>();
  for (let row = 0; row < values.length; row++) {
    const text = values[row] ?? null;
    if (text === null) {
      codes[row] = -1;
      continue;
    }
    let code = known.get(text);
    if (code === undefined) {
      code = known.size;
      known.set(text, code);
    }
    codes[row] = code;
  }
  return { kind: 'text', texts: [...known.keys()], codes };
}

function unpackVector(vector: PackedVector): ColumnVector {
  if (vector.kind !== 'text') return vector;
  const { texts, codes } = vector;
  const values = new Array<string | null>(codes.length);
  for (let row = 0; row < codes.length; row++) values[row] = texts[codes[row] ?? -1] ?? null;
  return { kind: 'text', values };
}
