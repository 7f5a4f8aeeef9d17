/** A data set as a view in DuckDB: columns in their declared types, then the windows of time, then the conditions. */
import { isCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column, ColumnType } from '../../protocol/dataset.ts';
import { declaredTypeOf, type ReadOptions } from '../project/definitions/dataset.ts';
import { typedExpression } from './columnTypes.ts';
import { fileFailure, sqlFailure } from './datasetErrors.ts';
import type { Duckdb } from './duckdb.ts';
import { readDuckdbFailure } from './duckdbError.ts';
import { portablePath, type LocatedFiles } from './locateFiles.ts';
import { isoFormat } from '../project/definitions/timeFormat.ts';
import { numberText } from './numberText.ts';
import type { DatasetPlan } from './planDataset.ts';
import { conditionsOf, filteredRows } from './rowFilters.ts';
import type { StoredColumn, TableSource } from './sourceColumns.ts';
import { defaultType, familyOf, isSmallInteger, quoteName } from './sqlText.ts';
import { openTableSource } from './tableSource.ts';
import { otherFormat } from './timeFormats.ts';
import type { Aside, DatasetView } from './viewedDataset.ts';

export interface ViewRequest {
  readonly plan: DatasetPlan;
  readonly root: string;
  readonly files: LocatedFiles;
  readonly signal: AbortSignal | undefined;
  /** Under which name the view is made; default `dataset`. */
  readonly name?: string;
  /** Types of columns that are not declared; with it, values that do not fit are set aside instead of raising. */
  readonly expected?: Readonly<Record<string, ExpectedColumn>> | undefined;
}

/** What a column is read as where the project does not declare it. */
export interface ExpectedColumn {
  readonly type: ColumnType;
  /** How its times are written. */
  readonly format?: string | undefined;
}

/** @throws AppError `dataset.tooManyColumns`, `dataset.columnMissing`, `dataset.wrongType`, `dataset.expression` and those of reading the files */
export async function createDatasetView(duckdb: Duckdb, request: ViewRequest): Promise<DatasetView> {
  const { plan, root, files, signal, expected } = request;
  const key = plan.source.key;
  const declared = declaredColumns(plan, expected);
  const read = readOptions(plan);
  const isPredicted = Object.keys(expected ?? {}).length > 0; // then nothing asks how truth values are spelled
  const truths = isPredicted ? [] : Object.keys(plan.columns).filter((column) => plan.columns[column]?.type === 'boolean');
  const source = await openTableSource(duckdb, { root, files, read, declared, key, signal, asTexts: expected !== undefined, truths });
  checkDeclared(plan, source);
  const typed = source.columns.map((column) => typeColumn(column, { plan, source, expected }));
  const base = quoteName(`${request.name ?? 'dataset'}: all`);
  const sql = quoteName(request.name ?? 'dataset');
  const columns = typed.map(({ column }) => column);
  const asides = expected === undefined ? [] : setAside(typed, columns);
  const list = [
    ...typed.map(({ column, expression }) => `${expression} AS ${quoteName(column.name)}`),
    ...asides.map(({ select }) => select),
  ];
  await duckdb.query(`CREATE VIEW ${base} AS SELECT ${list.join(', ')} FROM ${source.sql}`);
  const view: DatasetView = {
    plan,
    root,
    files,
    source,
    columns,
    base,
    sql,
    formats: new Map(typed.flatMap(({ column, format }) => (format === undefined ? [] : [[column.name, format] as const]))),
    asides: new Map(asides.map((aside) => [aside.column, aside])),
  };
  const rows = await filteredRows(duckdb, view, signal).catch(async (error: unknown) => {
    throw await readingFailure(error, duckdb, view, columns);
  });
  await duckdb.query(`CREATE VIEW ${sql} AS ${rows}`);
  return view;
}

/** What the reader of the files is told of columns. A time that is only expected is left for it to find where nobody says its format. */
function declaredColumns(plan: DatasetPlan, expected: ViewRequest['expected'] = {}): DatasetPlan['columns'] {
  const wanted = Object.entries(wantedColumns(plan, expected)).filter(
    ([, { type, format }]) => type !== 'timestamp' || format !== undefined,
  );
  const { time } = plan;
  const ofTime = time === undefined ? {} : { [time]: { type: 'timestamp' as const, ...plan.columns[time] } };
  return { ...Object.fromEntries(wanted), ...plan.columns, ...ofTime };
}

/** How times are written is what the data set says, before what is expected of them. */
function wantedColumns(plan: DatasetPlan, expected: Readonly<Record<string, ExpectedColumn>>): Readonly<Record<string, ExpectedColumn>> {
  const { date_format: date, time_format: time } = readOptions(plan);
  if (date === undefined && time === undefined) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, { type }]) => [name, { type }]));
}

/** For each column that can hold values that do not fit: one column without them, and one with their texts. */
function setAside(typed: readonly TypedColumn[], columns: readonly Column[]): readonly (Aside & { column: string; select: string })[] {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  const freeName = (name: string): string => {
    let free = name;
    while (taken.has(free)) free += '_';
    return quoteName(free);
  };
  return typed.flatMap(({ column: { name }, expression, misfit }, index) => {
    if (misfit === undefined) return [];
    const aside = { fitting: freeName(`fitting ${index}`), misfits: freeName(`misfits ${index}`) };
    const text = `CASE WHEN ${misfit} THEN CAST(${quoteName(name)} AS VARCHAR) END`;
    const value = `CASE WHEN ${misfit} THEN NULL ELSE ${expression} END`;
    return [{ column: name, ...aside, select: `${text} AS ${aside.misfits}, ${value} AS ${aside.fitting}` }];
  });
}

function readOptions(plan: DatasetPlan): ReadOptions {
  return plan.source.kind === 'files' ? plan.source.read : {};
}

function checkDeclared(plan: DatasetPlan, source: TableSource): void {
  const names = new Set(source.columns.map((column) => column.name));
  const declared = Object.keys(plan.columns).map((name) => ({ name, key: `datasets.${plan.name}.columns.${name}` }));
  if (plan.time !== undefined) declared.push({ name: plan.time, key: `datasets.${plan.name}.time` });
  for (const { name, key } of declared) {
    if (names.has(name)) continue;
    const similar = source.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name;
    const args = { dataset: plan.name, column: name };
    throw new AppError('dataset.columnMissing', t('The data set "{dataset}" has no column "{column}".', args), {
      args: { ...args, key },
      remedy:
        similar === undefined
          ? t('It has these columns: {names}.', {
              names: source.columns
                .slice(0, 20)
                .map((column) => column.name)
                .join(', '),
            })
          : t('Its name is spelled "{similar}".', { similar }),
    });
  }
}

interface TypedColumn {
  readonly column: Column;
  /** How its times are written, where they are not stored as times. */
  readonly format: string | undefined;
  readonly expression: string;
  /** True for a value that does not fit; undefined where every value does. */
  readonly misfit: string | undefined;
}

interface Typing {
  readonly plan: DatasetPlan;
  readonly source: TableSource;
  readonly expected: ViewRequest['expected'];
}

function typeColumn(stored: StoredColumn, typing: Typing): TypedColumn {
  const { plan, source } = typing;
  const { name, storedAs, truthNames } = stored;
  const { declared, wanted } = saidOf(name, typing);
  const type = declared ?? wanted?.type ?? stored.type ?? defaultType(storedAs);
  const format = type === 'timestamp' ? (plan.columns[name]?.format ?? wanted?.format ?? stored.format) : undefined;
  const typed = typedExpression(textOfNumber(plan, stored, type), storedAs, { type, format, lenient: source.lenient });
  if (typed === undefined && declared === undefined && wanted !== undefined) {
    return { column: { name, type: defaultType(storedAs), storedAs }, format: undefined, expression: quoteName(name), misfit: undefined };
  }
  if (typed === undefined) throw otherType(plan, stored, type);
  return { column: { name, type, storedAs, truthNames }, format, expression: typed.sql, misfit: misfitIn(stored, type, typed.misfit) };
}

/** What the project says of a column's type, and what is expected of it otherwise. */
function saidOf(name: string, { plan, expected = {} }: Typing): { declared: ColumnType | undefined; wanted: ExpectedColumn | undefined } {
  const declared = declaredTypeOf(plan.columns[name]) ?? (name === plan.time ? 'timestamp' : undefined);
  return { declared, wanted: wantedColumns(plan, expected)[name] };
}

function misfitIn({ name, storedAs }: StoredColumn, type: ColumnType, misfit: string | undefined): string | undefined {
  const tooLarge = type === 'integer' && !isSmallInteger(storedAs) ? tooLargeInteger(name) : undefined;
  const conditions = [misfit, tooLarge].filter((condition) => condition !== undefined);
  return conditions.length === 0 ? undefined : conditions.map((condition) => `coalesce(${condition}, false)`).join(' OR ');
}

/** The stored column; a number that is read as text as SQL writes it. */
function textOfNumber(plan: DatasetPlan, { name, storedAs }: StoredColumn, type: ColumnType): string {
  const isText = storedAs === 'VARCHAR' && (type === 'number' || type === 'integer');
  return isText ? numberText(quoteName(name), readOptions(plan)) : quoteName(name);
}

/** Beyond 2^53 a whole number is not exact as float64. */
function tooLargeInteger(name: string): string {
  const beyond = (type: string): string => `TRY_CAST(${quoteName(name)} AS ${type}) NOT BETWEEN -9007199254740992 AND 9007199254740992`;
  return `coalesce(${beyond('HUGEINT')}, ${beyond('DOUBLE')})`;
}

function otherType(plan: DatasetPlan, { name, storedAs }: StoredColumn, type: ColumnType): AppError {
  const args = { dataset: plan.name, column: name, storedAs, type };
  return new AppError(
    'dataset.wrongType',
    t('The column "{column}" of the data set "{dataset}" is declared {type}, but stored as {storedAs}.', args),
    {
      args: { ...args, key: `datasets.${plan.name}.columns.${name}.type` },
      remedy:
        type === 'timestamp' && ['integer', 'number'].includes(familyOf(storedAs))
          ? t('Say with "format:" of the column how its numbers mean times: epoch_s, epoch_ms or %Y%m%d.')
          : t('Declare it as what it is, or convert it in a data set with "query:".'),
    },
  );
}

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

/** The first value of a file that is not of its declared type. */
async function findMisfit(
  duckdb: Duckdb,
  view: DatasetView,
  { path, columns }: { path: string; columns: readonly Column[] },
): Promise<AppError | undefined> {
  for (const column of columns) {
    const name = quoteName(column.name);
    const misfit = misfitOf(view, column);
    if (misfit === undefined) continue;
    const numbered = `SELECT row_number() OVER () AS row, ${name} FROM ${view.source.plainSql(path)}`;
    let rows;
    try {
      rows = await duckdb.query(
        `SELECT CAST(row AS DOUBLE) AS row, CAST(${name} AS VARCHAR) AS value FROM (${numbered}) WHERE ${misfit} LIMIT 1`,
      );
    } catch (error) {
      if (readDuckdbFailure(error) === undefined) throw error;
      return undefined; // the file itself cannot be read: that is reported instead
    }
    const [row] = rows;
    if (row !== undefined) return wrongValue(view, column, { path, row: Number(row.row), value: String(row.value) });
  }
  return undefined;
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
  const value = found.value.length > 60 ? `${found.value.slice(0, 59)}…` : found.value;
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
