/** What an opened data set offers. `openDataset` makes one. */
import type { FilesOfNumbers, FoundMisfit } from './readingFailure.ts';
import type { StoredForm } from '../files/sourceColumns.ts';
import type { ReadingNote } from '../texts/readingNotes.ts';
import type { ValueOptions } from './typedColumns.ts';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import type { Chunk } from '../rows/columns.ts';

export interface ChunkRequest {
  /** Columns to read, by name. */
  readonly columns: readonly string[];
  /** Columns to give as they stand in the files, under their {@link verbatimName}; only those the data set was opened with. */
  readonly verbatim?: readonly string[];
  /** SQL expressions over one row, by the name they are read under: targets. */
  readonly expressions?: Readonly<Record<string, string>>;
  /** Rows per chunk; default 65,536. Every chunk but the last has exactly this many. */
  readonly chunkRows?: number;
  readonly signal?: AbortSignal;
}

/** One file of a data set, as it was when it was hashed. */
export interface FingerprintedFile {
  /** Relative to the project folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Size, times and inode as one text; true of this machine only, so it never enters a digest. */
  readonly stamp: string;
}

/** The content a data set had, for cache keys, run inputs and the lock file. */
export interface DatasetFingerprint {
  /** SHA-256 over the file hashes and the resolved definition (window, condition, types). */
  readonly digest: string;
  readonly files: readonly FingerprintedFile[];
}

/** An opened data set: rows in a fixed order, the same at every reading. */
export interface DatasetReader extends AsyncDisposable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The event time's column, where the project names one. */
  readonly time: string | undefined;
  readonly fingerprint: DatasetFingerprint;
  /** How times are written, by column; times that are stored as such are not among them. */
  readonly formats: ReadonlyMap<string, string>;
  /** What is to be said of how columns are read. */
  readonly notes: readonly ReadingNote[];
  /** In what form the values stand of the columns that are wanted as they stand in the files, by name. */
  readonly verbatim: ReadonlyMap<string, StoredForm>;
  /** What was said of all values of text files. */
  readonly read: ValueOptions;
  /** The first value of a column that is not of a type; undefined where every value is, and where the files say the type. */
  firstMisfit(column: string, type: ColumnType): Promise<FoundMisfit | undefined>;
  /**
   * Which of several files without types hold nothing but numbers in a column that is read as texts, and of the others the
   * first value that is none. Files without values are in neither.
   */
  filesOfNumbers(column: string): Promise<FilesOfNumbers>;
  rows(): Promise<number>;
  /**
   * The type an expression over one row has; a column's name in quotes is an expression too.
   * @throws AppError `dataset.expression` when it is not one expression, or fails
   */
  expressionType(sql: string): Promise<ColumnType>;
  /**
   * The rows in order, in chunks of equal size.
   * @throws AppError `dataset.wrongType` and others when a value is not what the project declares; CancelledError
   */
  chunks(request: ChunkRequest): AsyncIterable<Chunk>;
  close(): Promise<void>;
}
