/** Opens a data set of the project: finds its files, holds them to their declaration, and reads rows in a fixed order. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import type { Budget } from '../../../protocol/stageContext.ts';
import { vectorKind, verbatimName, type Chunk } from '../rows/columns.ts';
import type { ChunkRequest, DatasetFingerprint, DatasetReader } from './datasetReader.ts';
import { sqlFailure } from '../sql/sqlFailure.ts';
import { openDuckdb, type Duckdb } from '../sql/duckdb.ts';
import { fingerprintFiles, fingerprintPlan } from './fingerprint.ts';
import { locateFiles, type LocatedFiles } from '../files/locateFiles.ts';
import { planDataset, type DatasetCatalog, type DatasetPlan } from './planDataset.ts';
import { materializeQuery } from './materializeQuery.ts';
import type { ResultColumn } from '../rows/readChunks.ts';
import { guardExpression } from '../sql/sqlGuard.ts';
import { defaultType, isSmallInteger, quoteName } from '../sql/sqlText.ts';
import { createDatasetView } from './datasetView.ts';
import { filesOfNumbers, firstMisfit, readingFailure } from './readingFailure.ts';
import { valueOptions, withReading, type ModelReading } from './typedColumns.ts';
import type { DatasetView } from './viewedDataset.ts';

/** What of a project opening a data set needs. */
export interface DatasetProject extends DatasetCatalog {
  readonly root: string;
}

export interface OpenDatasetOptions {
  /** What `during: {last: …}` counts back from. */
  readonly asOf: Date;
  readonly budget: Budget;
  readonly signal?: AbortSignal | undefined;
  /** How the rows were read that a model learned from: what the project does not say of these is read the same way. */
  readonly reading?: ModelReading | undefined;
  /**
   * A value that is not of its column's type does not fail the reading: it is missing, and its text stands in the chunk's
   * `misfits`.
   */
  readonly setsAside?: boolean;
  /** Columns that are also wanted as they stand in the files; names that are none are left out. */
  readonly verbatim?: readonly string[] | undefined;
}

const defaultChunkRows = 65_536;

/**
 * @throws AppError `dataset.…` for files, declarations and SQL that do not fit, `dataset.noRows` when nothing is left to read;
 *   CancelledError
 */
export async function openDataset(project: DatasetProject, name: string, options: OpenDatasetOptions): Promise<DatasetReader> {
  const { plan: planned, files, fingerprint } = await locateDataset(project, name, options);
  const plan = withReading(planned, files, options.reading);
  const duckdb = await openDuckdb(options.budget, { files: files.paths });
  try {
    const { signal, setsAside = false, reading, verbatim } = options;
    const view = await createDatasetView(duckdb, {
      plan,
      files,
      root: project.root,
      signal,
      setsAside,
      verbatim,
      expected: reading?.columns,
    });
    await requireRows(duckdb, view, options.signal);
    return createReader(duckdb, view, { plan, fingerprint });
  } catch (error) {
    await duckdb.close();
    throw error;
  }
}

/**
 * What {@link openDataset} would read, without opening it. Only a `query` that is not yet in the cache is run for it.
 * @throws AppError as {@link openDataset}; CancelledError
 */
export async function fingerprintDataset(
  project: DatasetProject,
  name: string,
  options: { asOf: Date; budget?: Budget; signal?: AbortSignal | undefined },
): Promise<DatasetFingerprint> {
  const budget = options.budget ?? { threads: 1, memoryBytes: 2 ** 30 };
  return (await locateDataset(project, name, { ...options, budget })).fingerprint;
}

/** A data set's plan, its files (the result of its query, where it has one) and what identifies them. */
export interface LocatedDataset {
  readonly plan: DatasetPlan;
  readonly files: LocatedFiles;
  readonly fingerprint: DatasetFingerprint;
}

/** @throws AppError `dataset.…` when the definition or a file is missing; CancelledError */
export async function locateDataset(project: DatasetProject, name: string, options: OpenDatasetOptions): Promise<LocatedDataset> {
  const plan = planDataset(project, name, options.asOf);
  const files = await locateSource(project, plan, options);
  return { plan, files, fingerprint: fingerprintPlan(plan, await fingerprintFiles(project.root, files.paths, options.signal)) };
}

async function locateSource(project: DatasetProject, plan: DatasetPlan, options: OpenDatasetOptions): Promise<LocatedFiles> {
  if (plan.source.kind === 'files') return locateFiles(project.root, plan.source);
  const path = await materializeQuery(project, plan.source, options);
  return { paths: [path], format: 'parquet', gzip: false };
}

/**
 * The columns of a data set, from what its files say of themselves: no file is hashed for it, and no row has to be there.
 * @throws AppError as {@link openDataset}; CancelledError
 */
export async function readColumns(
  project: DatasetProject,
  name: string,
  options: { budget: Budget; signal?: AbortSignal | undefined },
): Promise<readonly Column[]> {
  const asOf = new Date(); // a window of time changes no column
  const plan = planDataset(project, name, asOf);
  const files = await locateSource(project, plan, { ...options, asOf });
  await using duckdb = await openDuckdb(options.budget, { files: files.paths });
  return (await createDatasetView(duckdb, { plan, files, root: project.root, signal: options.signal })).columns;
}

async function requireRows(duckdb: Duckdb, view: DatasetView, signal: AbortSignal | undefined): Promise<void> {
  try {
    if ((await duckdb.query(`SELECT 1 FROM ${view.sql} LIMIT 1`, signal)).length > 0) return;
    const { plan } = view;
    const narrowed =
      plan.windows.length + plan.conditions.length > 0 && (await duckdb.query(`SELECT 1 FROM ${view.base} LIMIT 1`)).length > 0;
    const args = { name: plan.name };
    throw new AppError(
      'dataset.noRows',
      narrowed
        ? t('No row is left of the data set "{name}" after "during" and "where".', args)
        : t('The data set "{name}" has no rows: its files hold no data besides their header.', args),
      {
        args: { ...args, key: plan.conditions.at(-1)?.key ?? `datasets.${plan.name}` },
        remedy: narrowed ? t('Widen the window or the condition.') : t('Write data to the files.'),
      },
    );
  } catch (error) {
    throw await readingFailure(error, duckdb, view, view.columns);
  }
}

function createReader(
  duckdb: Duckdb,
  view: DatasetView,
  { plan, fingerprint }: { plan: DatasetPlan; fingerprint: DatasetFingerprint },
): DatasetReader {
  let rows: Promise<number> | undefined;
  const close = async (): Promise<void> => duckdb.close();
  const typeOf = async (sql: string, key: string): Promise<Column> => {
    const safe = await guardExpression(duckdb, { key, sql });
    try {
      const [column] = await duckdb.query(`DESCRIBE SELECT ${safe} AS value FROM ${view.sql}`);
      const storedAs = String(column?.column_type);
      return { name: key, type: defaultType(storedAs), storedAs };
    } catch (error) {
      throw sqlFailure(error, { key, sql });
    }
  };
  return {
    name: plan.name,
    columns: view.columns,
    time: plan.time,
    fingerprint,
    formats: view.formats,
    notes: view.source.notes,
    read: valueOptions(plan),
    firstMisfit: async (column, type) => firstMisfit(duckdb, view, { column, type }),
    filesOfNumbers: async (column) => filesOfNumbers(duckdb, view, column),
    verbatim: new Map(Array.from(view.verbatim, ([name, { stored }]) => [name, stored])),
    rows: async () => (rows ??= countRows(duckdb, view)),
    expressionType: async (sql): Promise<ColumnType> => (await typeOf(sql, t('an expression'))).type,
    chunks: (request) => readRequest(duckdb, view, { request, typeOf }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function countRows(duckdb: Duckdb, view: DatasetView): Promise<number> {
  try {
    const [row] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM ${view.sql}`);
    return Number(row?.rows);
  } catch (error) {
    throw await readingFailure(error, duckdb, view, view.columns);
  }
}

async function* readRequest(
  duckdb: Duckdb,
  view: DatasetView,
  { request, typeOf }: { request: ChunkRequest; typeOf: (sql: string, key: string) => Promise<Column> },
): AsyncGenerator<Chunk> {
  const chunkRows = request.chunkRows ?? defaultChunkRows;
  const wanted = request.columns.map((name) => requireColumn(view, name));
  const selected = wanted.map((column) => ({ column, sql: view.asides.get(column.name)?.fitting ?? quoteName(column.name) }));
  const expressions = Object.entries(request.expressions ?? {});
  for (const [name, sql] of expressions) {
    const { type, storedAs } = await typeOf(sql, name);
    selected.push({ column: { name, type, storedAs }, sql: `(\n${sql}\n)` });
  }
  const standing = (request.verbatim ?? []).flatMap((name) => {
    const sql = view.verbatim.get(name)?.sql;
    return sql === undefined ? [] : [{ column: { name: verbatimName(name), type: 'text' as const, storedAs: 'VARCHAR' }, sql }];
  });
  selected.push(...standing);
  if (selected.length === 0) return;
  const columns: ResultColumn[] = selected.map(({ column }) => ({ name: column.name, kind: vectorKind(column.type) }));
  const list = selected.map(({ column, sql }, index) => `${inMemory(column, sql)} AS c${index}`);
  const misfits = wanted.flatMap(({ name }) => {
    const aside = view.asides.get(name);
    return aside === undefined ? [] : [{ name, sql: aside.misfits }];
  });
  misfits.forEach(({ sql }, index) => list.push(`${sql} AS m${index}`));
  const signal = request.signal;
  const { readChunks } = await import('../rows/readChunks.ts'); // it loads DuckDB's native half, as `openDuckdb` does
  try {
    yield* duckdb.stream(
      `SELECT ${list.join(', ')} FROM ${view.sql}`,
      (result) => readChunks(result, columns, { chunkRows, signal, misfits: misfits.map(({ name }) => name) }),
      signal,
    );
  } catch (error) {
    const read = expressions.length === 0 ? wanted : view.columns; // an expression may read any of them
    const failure = await readingFailure(error, duckdb, view, read);
    const [first] = expressions;
    throw failure === error && first !== undefined ? sqlFailure(error, { key: first[0], sql: first[1] }) : failure;
  }
}

function requireColumn(view: DatasetView, name: string): Column {
  const column = view.columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  const names = view.columns
    .map((one) => one.name)
    .slice(0, 20)
    .join(', ');
  throw new AppError(
    'dataset.columnMissing',
    t('The data set "{dataset}" has no column "{column}".', { dataset: view.plan.name, column: name }),
    {
      args: { dataset: view.plan.name, column: name },
      remedy: t('It has these columns: {names}.', { names }),
    },
  );
}

/** The value as it lies in a chunk: see `ColumnVector`. Whole numbers that float64 cannot hold raise instead of being rounded. */
function inMemory(column: Column, sql: string): string {
  switch (vectorKind(column.type)) {
    case 'time':
      return `CAST(${sql} AS TIMESTAMP)`;
    case 'text':
      return `CAST(${sql} AS VARCHAR)`;
    case 'number':
      return column.type === 'integer' && !isSmallInteger(column.storedAs)
        ? `CASE WHEN ${sql} BETWEEN -9007199254740992 AND 9007199254740992 OR ${sql} IS NULL THEN CAST(${sql} AS DOUBLE) ELSE error('type') END`
        : `CAST(${sql} AS DOUBLE)`;
  }
}
