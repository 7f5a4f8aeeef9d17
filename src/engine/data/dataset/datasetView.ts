/** A data set as a view in DuckDB: columns in their declared types, then the windows of time, then the conditions. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import type { LocatedFiles } from '../files/locateFiles.ts';
import type { DatasetPlan } from './planDataset.ts';
import { readingFailure } from './readingFailure.ts';
import { filteredRows } from './rowFilters.ts';
import type { TableSource, Verbatim } from '../files/sourceColumns.ts';
import { quoteName } from '../sql/sqlText.ts';
import { openTableSource } from '../files/tableSource.ts';
import { declaredColumns, readOptions, typeColumn, type ExpectedColumn, type TypedColumn } from './typedColumns.ts';
import type { Aside, DatasetView } from './viewedDataset.ts';

export interface ViewRequest {
  readonly plan: DatasetPlan;
  readonly root: string;
  readonly files: LocatedFiles;
  readonly signal: AbortSignal | undefined;
  /** Under which name the view is made; default `dataset`. */
  readonly name?: string;
  /** How columns that are not declared are read. */
  readonly expected?: Readonly<Record<string, ExpectedColumn>> | undefined;
  /** Sets values aside that do not fit, instead of raising. */
  readonly setsAside?: boolean;
  /** Columns that are also wanted as they stand in the files. */
  readonly verbatim?: readonly string[] | undefined;
}

/** @throws AppError `dataset.tooManyColumns`, `dataset.columnMissing`, `dataset.wrongType`, `dataset.expression` and those of reading the files */
export async function createDatasetView(duckdb: Duckdb, request: ViewRequest): Promise<DatasetView> {
  const { plan, root, files, signal, expected = {}, setsAside = false, verbatim = [] } = request;
  const key = plan.source.key;
  const declared = declaredColumns(plan, expected);
  const read = readOptions(plan);
  const isPredicted = setsAside && Object.keys(expected).length > 0; // then nothing asks how truth values are spelled
  const truths = isPredicted ? [] : Object.keys(plan.columns).filter((column) => plan.columns[column]?.type === 'boolean');
  const source = await openTableSource(duckdb, { root, files, read, declared, key, signal, asTexts: setsAside, truths, verbatim });
  checkDeclared(plan, source);
  const typed = source.columns.map((column) => typeColumn(column, { plan, source, expected }));
  const base = quoteName(`${request.name ?? 'dataset'}: all`);
  const sql = quoteName(request.name ?? 'dataset');
  const columns = typed.map(({ column }) => column);
  const asides = setsAside ? setAside(typed, columns) : [];
  const standing = asTheyStand(source, columns);
  const list = [
    ...typed.map(({ column, expression }) => `${expression} AS ${quoteName(column.name)}`),
    ...asides.map(({ select }) => select),
    ...standing.map(({ select }) => select),
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
    verbatim: new Map(standing.map(({ column, sql: name, stored }) => [column, { sql: name, stored }])),
  };
  const rows = await filteredRows(duckdb, view, signal).catch(async (error: unknown) => {
    throw await readingFailure(error, duckdb, view, columns);
  });
  await duckdb.query(`CREATE VIEW ${sql} AS ${rows}`);
  return view;
}

/** Names in SQL that no column has. */
function freeNames(columns: readonly Column[]): (name: string) => string {
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  return (name) => {
    let free = name;
    while (taken.has(free)) free += '_';
    return quoteName(free);
  };
}

/** The texts of the values that are wanted as they stand. */
function asTheyStand(source: TableSource, columns: readonly Column[]): readonly (Verbatim & { column: string; select: string })[] {
  const freeName = freeNames(columns);
  return Array.from(source.verbatim, ([column, { sql, stored }], index) => {
    const name = freeName(`standing ${index}`);
    return { column, sql: name, stored, select: `CAST(${sql} AS VARCHAR) AS ${name}` };
  });
}

/** For each column that can hold values that do not fit: one column without them, and one with their texts. */
function setAside(typed: readonly TypedColumn[], columns: readonly Column[]): readonly (Aside & { column: string; select: string })[] {
  const freeName = freeNames(columns);
  return typed.flatMap(({ column: { name }, expression, misfit }, index) => {
    if (misfit === undefined) return [];
    const aside = { fitting: freeName(`fitting ${index}`), misfits: freeName(`misfits ${index}`) };
    const text = `CASE WHEN ${misfit} THEN CAST(${quoteName(name)} AS VARCHAR) END`;
    const value = `CASE WHEN ${misfit} THEN NULL ELSE ${expression} END`;
    return [{ column: name, ...aside, select: `${text} AS ${aside.misfits}, ${value} AS ${aside.fitting}` }];
  });
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
