/** Writes rows to a file of data as they come, in bounded memory, whole or not at all. */
import { access, constants, lstat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { ensureFolder, isMissing, moveOver, syncFile, temporaryBeside, writeFailure } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { removeTree } from '../../../base/trees.ts';
import type { ColumnType } from '../../../protocol/dataset.ts';
import { fileFormats, writtenFormat, writtenWords, type WrittenFormatName } from '../../../protocol/tables/fileFormats.ts';
import type { Budget } from '../../../protocol/stageContext.ts';
import { appendChunk, storageType } from '../rows/columnChunk.ts';
import { vectorKind, type Chunk } from '../rows/columns.ts';
import { openDuckdb, pathList, type Duckdb } from '../sql/duckdb.ts';
import { readDuckdbFailure } from '../sql/duckdbError.ts';
import type { StoredForm } from './sourceColumns.ts';
import { quoteName, quoteText } from '../sql/sqlText.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The form that the texts of the column's vector become again; by default values are stored as their type is. */
  readonly stored?: StoredForm | undefined;
}

export interface TableWriterOptions {
  readonly columns: readonly TableColumn[];
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing lies at the path before {@link commit}; disposing of a writer that did not commit leaves no trace. */
export interface TableWriter extends AsyncDisposable {
  /** @throws AppError `files.diskFull`, `files.notWritable`, `files.writeFailed`; CancelledError */
  write(chunk: Chunk): Promise<void>;
  /** Writes the file to its end, beside its place: what can fail has failed then. @returns the number of rows */
  finish(): Promise<number>;
  /** Finishes the file and puts it in its place, over an older one. @returns the number of rows */
  commit(): Promise<number>;
}

/** Bytes of rows that are held in memory before they are put aside as a part of the file. */
const partBytes = 64 * 2 ** 20;

/** What a value takes while it is held; texts are taken to be short. */
const valueBytes = { number: 8, time: 8, text: 32 } as const;

/** Below this much free space a failed write is a full disk. */
const fullDiskBytes = 2 ** 20;

/**
 * @param path absolute; the format follows from the name, see {@link writtenFormat}
 * @throws AppError `output.formatUnknown`, `files.notWritable`, `files.diskFull`, `files.writeFailed`
 */
export async function openTableWriter(path: string, options: TableWriterOptions): Promise<TableWriter> {
  const format = copyFormat(path);
  const folder = await stagingFolder(path);
  try {
    const duckdb = await openDuckdb(options.budget, { folders: [folder] });
    return new StagedTableWriter(duckdb, { path, folder, format, ...options });
  } catch (error) {
    await removeTree(folder);
    throw error;
  }
}

/** Makes the folder beside a file in which it is written; `removeTornWrites` drops one that a killed writer left. */
async function stagingFolder(path: string): Promise<string> {
  const folder = temporaryBeside(path);
  try {
    const existing = await lstat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (existing?.isDirectory() === true) throw new Error(t('it is a folder'));
    await ensureFolder(folder);
    return folder;
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/**
 * Tries whether a file could be written at a path, and leaves nothing there.
 * @throws as {@link openTableWriter}
 */
export async function checkWritable(path: string): Promise<void> {
  copyFormat(path);
  const folder = await stagingFolder(path);
  await removeTree(folder);
}

/**
 * Writes all chunks to one file.
 * @returns the number of rows
 * @throws as {@link TableWriter}, and whatever `chunks` throws; then the file that was there before stays
 */
export async function writeTable(path: string, chunks: AsyncIterable<Chunk>, options: TableWriterOptions): Promise<number> {
  await using writer = await openTableWriter(path, options);
  for await (const chunk of chunks) await writer.write(chunk);
  return await writer.commit();
}

interface Staging extends TableWriterOptions {
  readonly path: string;
  /** Holds parts and result until the result is moved out of it. */
  readonly folder: string;
  /** The options of DuckDB's COPY. */
  readonly format: string;
}

class StagedTableWriter implements TableWriter {
  readonly #duckdb: Duckdb;
  readonly #staging: Staging;
  readonly #partRows: number;
  readonly #parts: string[] = [];
  #staged = 0;
  #rows = 0;
  #created = false;
  #finished = false;

  constructor(duckdb: Duckdb, staging: Staging) {
    this.#duckdb = duckdb;
    this.#staging = staging;
    this.#partRows = partBytes / staging.columns.reduce((bytes, { type }) => bytes + valueBytes[vectorKind(type)], 0);
  }

  async write(chunk: Chunk): Promise<void> {
    const { signal, columns } = this.#staging;
    throwIfCancelled(signal);
    await this.#guarded(async () => {
      await this.#createStage();
      const appender = await this.#duckdb.appender('stage');
      appendChunk(
        appender,
        chunk,
        columns.map((column) => column.name),
      );
      appender.closeSync();
      this.#staged += chunk.rows;
      this.#rows += chunk.rows;
      if (this.#staged >= this.#partRows) await this.#putAside();
    });
  }

  async finish(): Promise<number> {
    if (this.#finished) return this.#rows;
    const { format, signal, columns } = this.#staging;
    await this.#guarded(async () => {
      await this.#createStage();
      const parts = this.#parts.length === 0 ? [] : [`SELECT * FROM read_parquet(${pathList(this.#parts)})`];
      const rows = [...parts, `SELECT ${this.#typed()} FROM stage`].join(' UNION ALL ');
      const named = columns.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ');
      await this.#duckdb.query(`COPY (SELECT ${named} FROM (${rows})) TO ${quoteText(this.#result)} (${format})`, signal);
      await syncFile(this.#result);
    });
    this.#finished = true;
    return this.#rows;
  }

  async commit(): Promise<number> {
    const rows = await this.finish();
    await this.#guarded(async () => moveOver(this.#result, this.#staging.path));
    return rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#duckdb.close();
    await removeTree(this.#staging.folder);
  }

  get #result(): string {
    return join(this.#staging.folder, 'result');
  }

  async #createStage(): Promise<void> {
    if (this.#created) return;
    this.#created = true;
    const columns = this.#staging.columns.map((column, index) => `c${index} ${String(storageType(vectorKind(column.type)))}`);
    await this.#duckdb.query(`CREATE TABLE stage (${columns.join(', ')})`);
  }

  async #putAside(): Promise<void> {
    const part = join(this.#staging.folder, `part${this.#parts.length}`);
    await this.#duckdb.query(`COPY (SELECT ${this.#typed()} FROM stage) TO ${quoteText(part)} (FORMAT parquet)`, this.#staging.signal);
    await this.#duckdb.query('TRUNCATE stage');
    this.#parts.push(part);
    this.#staged = 0;
  }

  /** The columns in the types of the file, still without their names: two that differ in case only are one name to DuckDB's readers. */
  #typed(): string {
    const isJson = this.#staging.format.startsWith('FORMAT json');
    return this.#staging.columns
      .map(({ type, stored }, index) => {
        const column = `c${index}`;
        return `${stored === undefined ? `CAST(${column} AS ${outputType(type)})` : storedValue(column, stored, isJson)} AS ${column}`;
      })
      .join(', ');
  }

  /** The file system's failures reach us in DuckDB's words; what is behind them is asked of the file system itself. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const type = readDuckdbFailure(error)?.type;
      if (type === undefined && !(error instanceof Error && 'syscall' in error)) throw error;
      throw writeFailure(this.#staging.path, type === 'IO' ? await causeOfFailedWrite(this.#staging.folder, error) : error);
    }
  }
}

async function causeOfFailedWrite(folder: string, error: unknown): Promise<unknown> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < fullDiskBytes) return Object.assign(new Error('no space left', { cause: error }), { code: 'ENOSPC' });
    return error;
  } catch (cause) {
    return cause;
  }
}

/** What a text of a value stands for: JSON stays what it is in a file of JSON, and is the value alone in others. */
function storedValue(column: string, { storedAs, isJson }: StoredForm, intoJson: boolean): string {
  if (!isJson) return `CAST(${column} AS ${storedAs})`;
  if (intoJson || storedAs === 'JSON') return `CAST(${column} AS JSON)`;
  return `CAST(CAST(${column} AS JSON) ->> '$' AS ${storedAs})`;
}

function outputType(type: ColumnType): string {
  switch (type) {
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'category':
    case 'text':
      return 'VARCHAR';
  }
}

const copyOptions: Readonly<Record<WrittenFormatName, string>> = {
  csv: 'FORMAT csv, HEADER true',
  tsv: `FORMAT csv, HEADER true, DELIMITER '\t'`,
  parquet: 'FORMAT parquet',
  jsonl: 'FORMAT json',
};

function copyFormat(path: string): string {
  const named = writtenFormat(path);
  if (named === undefined) {
    throw new AppError('output.formatUnknown', t('The name {file} does not tell in which format to write it.', { file: basename(path) }), {
      args: { file: basename(path) },
      remedy: t('Let it end in {endings}.', { endings: writtenWords(t(' or ')) }),
    });
  }
  const compression = named.gzip ? 'gzip' : fileFormats[named.format].isText ? 'none' : 'zstd';
  return `${copyOptions[named.format]}, COMPRESSION ${compression}`;
}
