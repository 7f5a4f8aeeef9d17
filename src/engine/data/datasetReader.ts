/** What an opened data set offers. `openDataset` makes one. */
import type { Column } from '../../protocol/dataset.ts';
import type { Chunk } from './columns.ts';

export interface ChunkRequest {
  /** Columns to read, by name. */
  readonly columns: readonly string[];
  /** SQL expressions over one row, by the name they are read under: targets. */
  readonly expressions?: Readonly<Record<string, string>>;
  /** Rows per chunk; default 65,536. */
  readonly chunkRows?: number;
  readonly signal?: AbortSignal;
}

/** The content a data set had, for cache keys, run inputs and the lock file. */
export interface DatasetFingerprint {
  /** SHA-256 over the file hashes and the resolved definition (window, condition, types). */
  readonly digest: string;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly sizeBytes: number }[];
}

/** An opened data set: rows in a fixed order, the same at every reading. */
export interface DatasetReader extends AsyncDisposable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The event time's column, where the project names one. */
  readonly time: string | undefined;
  readonly fingerprint: DatasetFingerprint;
  rows(): Promise<number>;
  chunks(request: ChunkRequest): AsyncIterable<Chunk>;
  close(): Promise<void>;
}
