/** Why the rows of a data set cannot be read: the first value that is not of its type, a condition that fails, or the files. */
import { isCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import { declaredTypeOf } from '../../project/definitions/dataset.ts';
import { isoFormat } from '../../project/definitions/timeFormat.ts';
import { typedExpression } from './columnTypes.ts';
import { fileFailure } from '../files/fileFailure.ts';
import { sqlFailure } from '../sql/sqlFailure.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { readDuckdbFailure } from '../sql/duckdbError.ts';
import { portablePath } from '../files/locateFiles.ts';
import { conditionsOf } from './rowFilters.ts';
import { quoteName } from '../sql/sqlText.ts';
import { otherFormat } from '../texts/timeFormats.ts';
import { readOptions, textOfNumber, tooLargeInteger } from './typedColumns.ts';
import type { DatasetView } from './viewedDataset.ts';

/** What DuckDB calls it when the bytes of a file are not what its beginning promised. */
const damages = new Set(['IO', 'Invalid', 'Serialization']);

/**
 * Why reading rows failed: a value that is not of its declared type, by file, row and column, or what is wrong with the files,
 * or the condition that fails. Returns the error to throw; one that is none of these comes back as it was.
 * @param columns those that were being read
 */
export async function readingFailure(error: unknown, duckdb: Duckdb, view: DatasetView, columns: readonly Column[]): Promise<unknown> {
  if (AppError.is(error) || isCancelled(error)) return error;
  const failure = readDuckdbFailure(error);
  if (failure === undefined) return error;
  for (const path of view.files.paths) {
    const misfit = await findMisfit(duckdb, view, { path, columns: raisingColumns(view, columns) });
    if (misfit !== undefined) return misfit;
  }
  for (const condition of conditionsOf(view.plan)) {
    const failed = await failureOf(async () => duckdb.query(`SELECT count(*) FROM ${view.base} WHERE (\n${condition.sql}\n)`));
    if (failed !== undefined && !(await isBaseBroken(duckdb, view))) return sqlFailure(failed, condition);
  }
  if (!damages.has(failure.type) && !(await isBaseBroken(duckdb, view))) return error;
  const { root, files, plan, source } = view;
  const context = { root, files, paths: files.paths, read: readOptions(plan), delimiter: source.delimiter };
  return fileFailure(error, { ...context, key: plan.source.key, signal: undefined });
}

/** Values that are set aside raise only where the rows are chosen by them. */
function raisingColumns(view: DatasetView, columns: readonly Column[]): readonly Column[] {
  if (view.asides.size === 0) return columns;
  const { windows, holdouts, exceptions } = view.plan;
  const inWindows = view.columns.filter(({ name }) => windows.some((window) => window.column === name));
  const byValues = conditionsOf(view.plan).length + holdouts.length + exceptions.length > 0;
  const others = byValues ? view.columns : columns.filter(({ name }) => !view.asides.has(name));
  return [...inWindows, ...others];
}

async function isBaseBroken(duckdb: Duckdb, view: DatasetView): Promise<boolean> {
  const columns = view.source.columns.map((column) => `count(${quoteName(column.name)})`).join(', ');
  return (await failureOf(async () => duckdb.query(`SELECT ${columns} FROM ${view.source.sql}`))) !== undefined;
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A value, its file as the project calls it, and its row, from 1. */
export interface FoundMisfit {
  readonly file: string;
  readonly row: number;
  readonly value: string;
}

/**
 * The first value of a column that is not of a type, in all files, also where the column is read as texts.
 * @returns undefined where every value fits
 */
export async function firstMisfit(
  duckdb: Duckdb,
  view: DatasetView,
  { column: name, type }: { column: string; type: ColumnType },
): Promise<FoundMisfit | undefined> {
  const column = view.columns.find((one) => one.name === name);
  if (column === undefined) return undefined;
  for (const path of view.files.paths) {
    const found = await misfitIn(duckdb, view, path, { ...column, type });
    if (found !== undefined && found !== 'unreadable')
      return { ...found, file: portablePath(view.root, path), value: shortened(found.value) };
  }
  return undefined;
}

export interface FilesOfNumbers {
  readonly numbers: readonly string[];
  readonly others: readonly FoundMisfit[];
}

/** Files by whether they hold nothing but numbers in a column of texts, as a reader tells it. */
export async function filesOfNumbers(duckdb: Duckdb, view: DatasetView, name: string): Promise<FilesOfNumbers> {
  const column = view.columns.find((one) => one.name === name);
  const { paths } = view.files;
  if (column === undefined || !view.source.lenient || paths.length < 2) return { numbers: [], others: [] };
  const numbers: string[] = [];
  const others: FoundMisfit[] = [];
  for (const path of paths) {
    const found = await misfitIn(duckdb, view, path, { ...column, type: 'number' });
    if (found === 'unreadable') continue;
    const file = portablePath(view.root, path);
    if (found !== undefined) others.push({ ...found, file, value: shortened(found.value) });
    else if (await hasValue(duckdb, view, path, name)) numbers.push(file);
  }
  return { numbers, others };
}

async function hasValue(duckdb: Duckdb, view: DatasetView, path: string, name: string): Promise<boolean> {
  const column = quoteName(name);
  return (await duckdb.query(`SELECT 1 FROM ${view.source.plainSql(path)} WHERE ${column} IS NOT NULL LIMIT 1`)).length > 0;
}

/** The first value of a file that is not of its declared type. */
async function findMisfit(
  duckdb: Duckdb,
  view: DatasetView,
  { path, columns }: { path: string; columns: readonly Column[] },
): Promise<AppError | undefined> {
  for (const column of columns) {
    const found = await misfitIn(duckdb, view, path, column);
    if (found === 'unreadable') return undefined; // that is reported instead
    if (found !== undefined) return wrongValue(view, column, { path, ...found });
  }
  return undefined;
}

async function misfitIn(
  duckdb: Duckdb,
  view: DatasetView,
  path: string,
  column: Column,
): Promise<{ row: number; value: string } | 'unreadable' | undefined> {
  const name = quoteName(column.name);
  const misfit = misfitOf(view, column);
  if (misfit === undefined) return undefined;
  const numbered = `SELECT row_number() OVER () AS row, ${name} FROM ${view.source.plainSql(path)}`;
  try {
    const [row] = await duckdb.query(
      `SELECT CAST(row AS DOUBLE) AS row, CAST(${name} AS VARCHAR) AS value FROM (${numbered}) WHERE ${misfit} LIMIT 1`,
    );
    return row === undefined ? undefined : { row: Number(row.row), value: String(row.value) };
  } catch (error) {
    if (readDuckdbFailure(error) === undefined) throw error;
    return 'unreadable';
  }
}

const longestValue = 60;

function shortened(value: string): string {
  return value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value;
}

function misfitOf(view: DatasetView, column: Column): string | undefined {
  const storedAs = view.source.lenient ? 'VARCHAR' : column.storedAs;
  const text = textOfNumber(view.plan, { name: column.name, storedAs }, column.type);
  const typed = typedExpression(text, storedAs, { type: column.type, format: view.formats.get(column.name), lenient: view.source.lenient });
  if (column.type !== 'integer') return typed?.misfit;
  const tooLarge = tooLargeInteger(column.name);
  return typed?.misfit === undefined ? tooLarge : `(${typed.misfit}) OR ${tooLarge}`;
}

function wrongValue(view: DatasetView, column: Column, found: { path: string; row: number; value: string }): AppError {
  const file = portablePath(view.root, found.path);
  const value = shortened(found.value);
  const args = { file, row: found.row, column: column.name, value, type: column.type };
  const key = `datasets.${view.plan.name}.columns.${column.name}.type`;
  if (column.type === 'integer' && /^[+-]?\d{16,}$/.test(found.value)) {
    return new AppError(
      'dataset.integerTooLarge',
      t('Row {row} of {file}: {value} in "{column}" is too large to be exact as a number.', args),
      {
        args: { ...args, key },
        remedy: t('Declare the column as category or text: then it is kept exactly.'),
      },
    );
  }
  if (column.type === 'timestamp') return wrongTime(view, column, found, args);
  return new AppError(
    'dataset.wrongType',
    t('Row {row} of {file}: "{value}" in the column "{column}" is not of the declared type {type}.', args),
    {
      args: { ...args, key },
      remedy: t('Correct the value, declare another type, or name it under "read: null_values" if it means a missing value.'),
    },
  );
}

/** A time that is not written as the column's format asks for; the format it seems to have instead is named. */
function wrongTime(view: DatasetView, { name }: Column, { value }: { value: string }, shown: Record<string, string | number>): AppError {
  const format = view.formats.get(name) ?? isoFormat;
  const args = { ...shown, format, other: otherFormat(value, format) ?? '', key: `datasets.${view.plan.name}.columns.${name}.format` };
  const isSaid = view.plan.columns[name]?.format !== undefined;
  return new AppError(
    'dataset.wrongType',
    wrongTimeMessage(args, name === view.plan.time || declaredTypeOf(view.plan.columns[name]) !== undefined),
    {
      args,
      remedy: isSaid
        ? t('Correct the value, or name it under "read: null_values" if it means a missing value.')
        : t(
            'Correct the value, say how the column is written with "format:" under "columns: {column}", or name the value under "read: null_values" if it means a missing value.',
            args,
          ),
    },
  );
}

function wrongTimeMessage(args: Record<string, string | number>, isDeclared: boolean): string {
  if (args.other !== '')
    return t('Row {row} of {file}: "{value}" in the column "{column}" is no time in the format {format}; it is written as {other}.', args);
  return isDeclared && args.format === isoFormat
    ? t('Row {row} of {file}: "{value}" in the column "{column}" is not of the declared type {type}.', args)
    : t('Row {row} of {file}: "{value}" in the column "{column}" is no time in the format {format}.', args);
}
