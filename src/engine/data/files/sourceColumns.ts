/** What the readers of all file formats have in common: what they are asked, what they give, and how columns are held together. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ColumnType, TruthNames } from '../../../protocol/dataset.ts';
import { declaredTypeOf, type ColumnSpec, type ReadOptions } from '../../project/definitions/dataset.ts';
import type { ColumnReading, SurveyedColumn } from '../texts/columnReading.ts';
import { fileFailure } from './fileFailure.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { portablePath, type LocatedFiles } from './locateFiles.ts';
import { isPlain } from '../texts/numberText.ts';
import type { ReadingNote } from '../texts/readingNotes.ts';
import { defaultType, quoteName, quoteText } from '../sql/sqlText.ts';
import { surveyColumns } from '../texts/surveyColumns.ts';

export interface StoredColumn {
  readonly name: string;
  /** DuckDB's type name. */
  readonly storedAs: string;
  /** The type its values have, where that does not follow from how they are stored. */
  readonly type?: ColumnType | undefined;
  /** How its times are written, where they are texts. */
  readonly format?: string | undefined;
  readonly truthNames?: TruthNames | undefined;
}

/** A column as it stands in its files, beside the one that is read in its type. */
export interface Verbatim {
  /** Its quoted name among the rows. */
  readonly sql: string;
  /** How a text of a value becomes that value again. */
  readonly stored: StoredForm;
}

/** In what form a value stands in a file. */
export interface StoredForm {
  /** DuckDB's type name. */
  readonly storedAs: string;
  /** Whether the text is JSON. */
  readonly isJson: boolean;
}

export interface TableSource {
  /** What a FROM clause reads all rows from. */
  readonly sql: string;
  /** The same over some of the files. */
  readonly sqlOf: (paths: readonly string[]) => string;
  /** The same over one file, every column as text where the format has no types: for the search of a faulty value. */
  readonly plainSql: (path: string) => string;
  readonly columns: readonly StoredColumn[];
  /** Of the columns that were asked for so, the values as they stand in the files, by name. */
  readonly verbatim: ReadonlyMap<string, Verbatim>;
  /** What is to be said of how columns are read. */
  readonly notes: readonly ReadingNote[];
  /** Whether text may be read as other types: CSV and JSON have no types of their own. */
  readonly lenient: boolean;
  /** The delimiter of CSV files, for the search of a faulty row. */
  readonly delimiter: string | undefined;
}

export interface SourceRequest {
  readonly root: string;
  readonly files: LocatedFiles;
  readonly read: ReadOptions;
  readonly declared: Readonly<Record<string, ColumnSpec>>;
  readonly key: string;
  readonly signal: AbortSignal | undefined;
  /** Reads declared columns of CSV and JSON files as texts, so that a value that does not fit raises nothing. */
  readonly asTexts?: boolean;
  /** Columns declared as truth values, of which it is wanted how files without types spell them. */
  readonly truths?: readonly string[];
  /** Columns that are also wanted as they stand in the files. */
  readonly verbatim?: readonly string[];
}

/** What a statement costs DuckDB grows faster than its columns: ten thousand take a minute, and beyond this it would seem to hang. */
export const mostColumns = 20_000;

export function checkWidth({ root, files, key }: SourceRequest, columns: number): void {
  if (columns <= mostColumns) return;
  const args = { path: portablePath(root, files.paths[0] ?? ''), columns, most: mostColumns };
  throw new AppError('dataset.tooManyColumns', t('{path} has {columns} columns; at most {most} can be read.', args), {
    args: { ...args, key },
    remedy: t('Write the columns you need to a file of their own, or turn the table so that its columns become rows.'),
  });
}

/** Names and types as one text. */
export function spell(columns: readonly StoredColumn[]): string {
  return JSON.stringify(columns.map((column) => [column.name, column.storedAs]));
}

export function nameOnly({ name }: StoredColumn): StoredColumn {
  return { name, storedAs: '' };
}

/** The first column that differs. */
export function difference(first: readonly StoredColumn[], other: readonly StoredColumn[]): string {
  const index = first.findIndex((column, i) => other[i]?.name !== column.name || other[i].storedAs !== column.storedAs);
  const [expected, found] = index === -1 ? [undefined, other[first.length]] : [first[index], other[index]];
  const show = (column: StoredColumn | undefined): string => (column === undefined ? '–' : `${column.name} ${column.storedAs}`.trim());
  return `${show(expected)} / ${show(found)}`;
}

export function filesDiffer(request: SourceRequest, path: string, columns: string): AppError {
  const args = { path: portablePath(request.root, path), first: portablePath(request.root, request.files.paths[0] ?? ''), columns };
  return new AppError('dataset.filesDiffer', t('{path} has other columns than {first}: {columns}.', args), {
    args: { ...args, key: request.key },
    remedy: t('A data set is made of files with the same columns in the same order. Narrow the glob, or make two data sets.'),
  });
}

/** @throws AppError what is wrong with the file */
export async function describe(duckdb: Duckdb, from: string, request: SourceRequest & { readonly path: string }): Promise<StoredColumn[]> {
  try {
    const rows = await duckdb.query(`DESCRIBE SELECT * FROM ${from}`, request.signal);
    return rows.map((row) => ({ name: String(row.column_name), storedAs: String(row.column_type) }));
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: [request.path], delimiter: undefined });
  }
}

/** Whether only the format of a time is not said. */
export function isSoughtTime(name: string, { declared }: SourceRequest): boolean {
  const spec = declared[name];
  return spec?.type === 'timestamp' && spec.format === undefined;
}

/** @throws AppError what is wrong with the files; CancelledError */
export async function survey(
  duckdb: Duckdb,
  columns: readonly SurveyedColumn[],
  request: SourceRequest & { readonly from: string; readonly delimiter?: string | undefined },
): Promise<ReadonlyMap<string, ColumnReading>> {
  if (columns.length === 0) return new Map();
  try {
    return await surveyColumns(duckdb, columns, request);
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: request.files.paths, delimiter: request.delimiter });
  }
}

export function notesOf(readings: ReadonlyMap<string, ColumnReading>): ReadingNote[] {
  return [...readings.values()].flatMap(({ notes }) => notes);
}

/** How a column of a format without types is stored and read: as it is declared, or as its values are. */
export function readColumn(name: string, reading: ColumnReading | undefined, request: SourceRequest): StoredColumn {
  const type = declaredTypeOf(request.declared[name]);
  const storedAs = declaredAs(type, request) ?? reading?.storedAs ?? 'VARCHAR';
  return { name, storedAs, type: type ?? reading?.type, format: reading?.format };
}

/** Numbers and truth values are parsed by the CSV reader; what needs a stricter eye than its own arrives as text. */
function declaredAs(type: ColumnType | undefined, { asTexts = false, read }: SourceRequest): string | undefined {
  if (type === undefined) return undefined;
  if (asTexts) return 'VARCHAR';
  if (type === 'number') return isPlain(read) ? 'DOUBLE' : 'VARCHAR';
  return type === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
}

/** The types of columns as an argument of a table function. */
export function columnTypes(columns: readonly StoredColumn[]): string {
  return `columns={${columns.map((column) => `${quoteText(column.name)}: ${quoteText(column.storedAs)}`).join(', ')}}`;
}

/**
 * The columns of text files that are also wanted as they stand, each under a name of its own.
 * @param storedAs what the form of the values of a column is
 */
export function verbatimColumns(
  { verbatim = [] }: SourceRequest,
  columns: readonly StoredColumn[],
  stored: (column: StoredColumn) => StoredForm,
): Map<string, Verbatim> {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const wanted = columns.filter(({ name }) => verbatim.includes(name));
  return new Map(
    wanted.map((column, index) => {
      let free = `as it stands ${index}`;
      while (taken.has(free)) free += '_';
      return [column.name, { sql: quoteName(free), stored: stored(column) }];
    }),
  );
}

/** A column that is read as text, and means what it meant. */
export function textual(column: StoredColumn): StoredColumn {
  return { ...column, storedAs: 'VARCHAR', type: column.type ?? defaultType(column.storedAs) };
}

/** Rows with the columns that stand in them as they are in the files, and with others in place of those that are to be read. */
export function besideVerbatim(
  from: string,
  verbatim: ReadonlyMap<string, Verbatim>,
  read: readonly (readonly [name: string, sql: string])[],
): string {
  if (verbatim.size === 0) return from;
  const raw = Array.from(verbatim, ([name, { sql }]) => `${quoteName(name)} AS ${sql}`).join(', ');
  const rows = `(SELECT *, ${raw} FROM ${from})`;
  if (read.length === 0) return rows;
  return `(SELECT * REPLACE (${read.map(([name, sql]) => `${sql} AS ${quoteName(name)}`).join(', ')}) FROM ${rows})`;
}

export function asText({ name }: StoredColumn): StoredColumn {
  return { name, storedAs: 'VARCHAR' };
}
