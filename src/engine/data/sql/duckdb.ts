/** The one door to DuckDB: every connection has a budget, sees the named files only, and cannot lift either. */
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { randomBytes } from 'node:crypto';
import { throwIfCancelled } from '../../../base/abort.ts';
import { makeFolder } from '../../../base/files.ts';
import { removeTree } from '../../../base/trees.ts';
import type { Budget } from '../../../protocol/stageContext.ts';
import { ownFailure } from './duckdbError.ts';
import { outOfMemory, watchMemory } from './memoryWatch.ts';
import { quoteName, quoteTexts } from './sqlText.ts';

/** What SQL may touch outside the database in memory. */
export interface DuckdbAccess {
  /** Absolute paths that may be read. */
  readonly files?: readonly string[];
  /** Absolute folders in which anything may be read and written. */
  readonly folders?: readonly string[];
}

/** The last column of every stream: true in the row after the last one, NULL before. */
export const endColumn = 'end of rows';

/** Thrown by the reader of a stream that ended before its last row; the query is then run again for its error. */
export class StreamCutShort extends Error {
  override readonly name = 'StreamCutShort';
}

/** Rows as plain values, in the order of the result. */
export type SqlRow = Readonly<Record<string, unknown>>;

export interface Duckdb extends AsyncDisposable {
  /** A folder of its own, which is removed with it: files in it may be read. */
  readonly scratch: string;
  /** What one thread of it may hold. */
  readonly threadBytes: number;
  /** Runs a statement and returns its rows as plain JavaScript values (whole numbers of 64 bits as bigint). */
  query(sql: string, signal?: AbortSignal): Promise<readonly SqlRow[]>;
  /**
   * Starts a query on a connection of its own and hands its result to `read` piece by piece.
   * DuckDB silently ends a stream when its connection runs something else, so streams never share one. Its binding also
   * ends a stream silently when the query fails on the way; so every stream carries a last row of its own, marked in the
   * column {@link endColumn}, and `read` throws {@link StreamCutShort} where that row does not come.
   */
  stream<T>(sql: string, read: (result: DuckDBResult) => AsyncGenerator<T>, signal?: AbortSignal): AsyncGenerator<T>;
  /** Appends rows to a table; rows are there after `flushSync`. */
  appender(table: string): Promise<DuckDBAppender>;
  close(): Promise<void>;
}

/** DuckDB may use half of the memory; the other half is for the rows in our hands. */
const memoryShare = 0.5;
const smallestMemory = 128 * 2 ** 20;
/** Sorting and joining may spill this many times the memory to disk. */
const spillFactor = 16;

/**
 * A database in memory within the budget: threads, memory, a bounded temporary folder, UTC, no extensions from outside,
 * no access to any other file, no change of these settings.
 */
export async function openDuckdb(budget: Budget, access: DuckdbAccess = {}): Promise<Duckdb> {
  const memory = Math.max(smallestMemory, Math.floor(budget.memoryBytes * memoryShare));
  const threads = Math.max(1, budget.threads);
  const spill = join(tmpdir(), `millwright-duckdb-${process.pid}-${randomBytes(4).toString('hex')}`);
  const { DuckDBInstance } = await import('@duckdb/node-api'); // what only looks at states and stores never loads it
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${Math.floor(memory / 1024)}KiB`,
    temp_directory: spill,
    max_temp_directory_size: `${Math.floor((memory * spillFactor) / 1024)}KiB`,
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    errors_as_json: 'true',
  });
  const main = await instance.connect();
  await main.run("SET GLOBAL TimeZone = 'UTC'");
  const folders = [...(access.folders ?? []), spill].map(withSlash);
  await main.run(`SET GLOBAL allowed_paths = ${quoteTexts(withPatterns(access.files ?? []))}`);
  await main.run(`SET GLOBAL allowed_directories = ${quoteTexts(withPatterns(folders))}`);
  await main.run('SET GLOBAL enable_external_access = false');
  await main.run('SET GLOBAL lock_configuration = true');
  await makeFolder(spill);
  const close = async (): Promise<void> => {
    main.closeSync();
    instance.closeSync();
    await removeTree(spill);
  };
  return {
    scratch: spill,
    threadBytes: memory / threads,
    query: async (sql, signal) =>
      interruptible(main, { signal, memoryBytes: budget.memoryBytes }, async () => (await main.runAndReadAll(sql)).getRowObjectsJS()),
    stream: (sql, read, signal) => stream(instance, { sql, signal, memoryBytes: budget.memoryBytes }, read),
    appender: async (table) => main.createAppender(table),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Without it DuckDB would take the folder's name as a prefix of other folders' names. */
function withSlash(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`;
}

async function* stream<T>(
  instance: DuckDBInstance,
  request: Limits & { readonly sql: string },
  read: (result: DuckDBResult) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const connection = await instance.connect();
  const onAbort = (): void => {
    connection.interrupt();
  };
  request.signal?.addEventListener('abort', onAbort, { once: true });
  using watch = watchMemory(request.memoryBytes, onAbort);
  try {
    throwIfCancelled(request.signal);
    const marked = `SELECT * FROM (${request.sql}) UNION ALL BY NAME SELECT true AS ${quoteName(endColumn)}`;
    yield* read(await connection.stream(marked));
  } catch (error) {
    throwIfCancelled(request.signal);
    if (watch.isExceeded) throw outOfMemory(error);
    throw ownFailure(error instanceof StreamCutShort ? await swallowedFailure(connection, request.sql) : error);
  } finally {
    request.signal?.removeEventListener('abort', onAbort);
    connection.closeSync();
  }
}

/** Why a stream ended before its last row: the query fails again, this time aloud. */
async function swallowedFailure(connection: DuckDBConnection, sql: string): Promise<unknown> {
  return connection.run(`SELECT count(COLUMNS(*)) FROM (${sql})`).then(
    () => new StreamCutShort(),
    (failure: unknown) => failure,
  );
}

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly memoryBytes: number;
}

async function interruptible<T>(connection: DuckDBConnection, { signal, memoryBytes }: Limits, work: () => Promise<T>): Promise<T> {
  throwIfCancelled(signal);
  const onAbort = (): void => {
    connection.interrupt();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  using watch = watchMemory(memoryBytes, onAbort);
  try {
    return await work();
  } catch (error) {
    throwIfCancelled(signal);
    if (watch.isExceeded) throw outOfMemory(error);
    throw ownFailure(error);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** The list of files a query reads, as one literal. */
export function pathList(paths: readonly string[]): string {
  return quoteTexts(paths.map(filePattern));
}

/**
 * A path as DuckDB reads it back: it takes every path for a glob, so that `data[1].csv` would mean `data1.csv`. In a pattern
 * a backslash cannot be spelled; where it is a character of a name, the sign for any character stands in its place.
 */
function filePattern(path: string): string {
  if (!/[*?[]/.test(path)) return path;
  return path.replace(/[*?[]/g, (sign) => `[${sign}]`).replaceAll('\\', sep === '\\' ? '/' : '?');
}

/** DuckDB asks whether it may read the pattern before it asks for the file. */
function withPatterns(paths: readonly string[]): string[] {
  return [...new Set([...paths, ...paths.map(filePattern)])];
}
