/** Files as a table in SQL: the call that reads them, and what each column is stored as. One function per format. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { TruthNames } from '../../protocol/dataset.ts';
import type { ColumnSpec, ReadOptions } from '../project/definitions/dataset.ts';
import { readCsvHead, type CsvHead, type CsvLayout } from './csvHead.ts';
import { fileFailure } from './datasetErrors.ts';
import { filePattern, pathList, type Duckdb, type SqlRow } from './duckdb.ts';
import { readDuckdbFailure } from './duckdbError.ts';
import type { LocatedFiles } from './locateFiles.ts';
import { portablePath } from './locateFiles.ts';
import { findPartitions, withPartitions } from './partitions.ts';
import { plainCsv, type PlainCsv } from './plainCsv.ts';
import { familyOf, quoteText, quoteTexts } from './sqlText.ts';
import { findTruths } from './truthValues.ts';

export interface StoredColumn {
  readonly name: string;
  /** DuckDB's type name. */
  readonly storedAs: string;
  readonly truthNames?: TruthNames | undefined;
}

export interface TableSource {
  /** What a FROM clause reads all rows from. */
  readonly sql: string;
  /** The same over some of the files. */
  readonly sqlOf: (paths: readonly string[]) => string;
  /** The same over one file, every column as text where the format has no types: for the search of a faulty value. */
  readonly plainSql: (path: string) => string;
  readonly columns: readonly StoredColumn[];
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
}

/** What a statement costs DuckDB grows faster than its columns: ten thousand take a minute, and beyond this it would seem to hang. */
export const mostColumns = 20_000;

/** @throws AppError `dataset.tooManyColumns`, `dataset.unreadable`, `dataset.filesDiffer`, `dataset.encoding`, `dataset.badRow` */
export async function openTableSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const source = await formatSource(duckdb, request);
  return request.read.hive_partitions === true ? partitioned(source, request) : source;
}

function partitioned(source: TableSource, { root, files, key }: SourceRequest): TableSource {
  const located = files.paths.map((path) => ({ path, portable: portablePath(root, path) }));
  const names = source.columns.map(({ name }) => name);
  const partitions = findPartitions(located, names, key);
  const asTexts = { ...partitions, columns: partitions.columns.map(asText) };
  const sqlOf = (paths: readonly string[]): string => withPartitions(paths, partitions, source.sqlOf);
  return {
    ...source,
    sql: sqlOf(files.paths),
    sqlOf,
    plainSql: (path) => withPartitions([path], source.lenient ? asTexts : partitions, () => source.plainSql(path)),
    columns: [...source.columns, ...partitions.columns],
  };
}

async function formatSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  switch (request.files.format) {
    case 'csv':
    case 'tsv':
      return csvSource(duckdb, request);
    case 'parquet':
      return parquetSource(duckdb, request);
    case 'jsonl':
      return jsonSource(duckdb, request);
  }
}

function readParquet(paths: readonly string[]): string {
  return `read_parquet(${pathList(paths)}, hive_partitioning=false)`;
}

async function parquetSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { paths } = request.files;
  const schemas = await Promise.all(paths.map(async (path) => describe(duckdb, readParquet([path]), { ...request, path })));
  const [columns = []] = schemas;
  checkWidth(request, columns.length);
  for (const [index, schema] of schemas.entries()) {
    if (spell(schema) !== spell(columns)) throw filesDiffer(request, paths[index] ?? '', difference(columns, schema));
  }
  return {
    sql: readParquet(paths),
    sqlOf: readParquet,
    plainSql: (path) => readParquet([path]),
    columns,
    lenient: false,
    delimiter: undefined,
  };
}

function checkWidth({ root, files, key }: SourceRequest, columns: number): void {
  if (columns <= mostColumns) return;
  const args = { path: portablePath(root, files.paths[0] ?? ''), columns, most: mostColumns };
  throw new AppError('dataset.tooManyColumns', t('{path} has {columns} columns; at most {most} can be read.', args), {
    args: { ...args, key },
    remedy: t('Write the columns you need to a file of their own, or turn the table so that its columns become rows.'),
  });
}

function spell(columns: readonly StoredColumn[]): string {
  return JSON.stringify(columns.map((column) => [column.name, column.storedAs]));
}

function difference(first: readonly StoredColumn[], other: readonly StoredColumn[]): string {
  const index = first.findIndex((column, i) => other[i]?.name !== column.name || other[i].storedAs !== column.storedAs);
  const [expected, found] = index === -1 ? [undefined, other[first.length]] : [first[index], other[index]];
  const show = (column: StoredColumn | undefined): string => (column === undefined ? '–' : `${column.name} ${column.storedAs}`.trim());
  return `${show(expected)} / ${show(found)}`;
}

function filesDiffer(request: SourceRequest, path: string, columns: string): AppError {
  const args = { path: portablePath(request.root, path), first: portablePath(request.root, request.files.paths[0] ?? ''), columns };
  return new AppError('dataset.filesDiffer', t('{path} has other columns than {first}: {columns}.', args), {
    args: { ...args, key: request.key },
    remedy: t('A data set is made of files with the same columns in the same order. Narrow the glob, or make two data sets.'),
  });
}

async function describe(duckdb: Duckdb, from: string, request: SourceRequest & { readonly path: string }): Promise<StoredColumn[]> {
  try {
    const rows = await duckdb.query(`DESCRIBE SELECT * FROM ${from}`, request.signal);
    return rows.map((row) => ({ name: String(row.column_name), storedAs: String(row.column_type) }));
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: [request.path], delimiter: undefined });
  }
}

async function csvSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { read, files, declared } = request;
  const { delimiter, names, layouts } = await commonHead(request);
  checkWidth(request, names.length);
  const plain = await readablePlaces(duckdb, request, { delimiter, layouts });
  const common = csvOptions(request, delimiter, plain);
  const undeclared = names.filter((name) => declared[name]?.type === undefined);
  const sniffed = undeclared.length === 0 ? undefined : await sniffTypes(duckdb, request, { names, options: common, plain });
  const found = names.map((name, index): StoredColumn => ({
    name,
    storedAs: declaredAs(declared[name]?.type, request) ?? sniffed?.types[index] ?? 'VARCHAR',
  }));
  const parameters = [
    ...common,
    `header=${read.header ?? true}`,
    `nullstr=${quoteTexts(['', ...(read.null_values ?? [])])}`,
    'auto_detect=false',
    'strict_mode=true',
    ...(sniffed?.dateFormat === undefined ? [] : [`dateformat=${quoteText(sniffed.dateFormat)}`]),
    ...(sniffed?.timestampFormat === undefined ? [] : [`timestampformat=${quoteText(sniffed.timestampFormat)}`]),
  ];
  const call = (paths: readonly string[], types: readonly StoredColumn[]): string =>
    `read_csv(${pathList(paths.map(plain.pathOf))}, hive_partitioning=false, ${parameters.join(', ')}, ${columnTypes(types)})`;
  const columns = await spellTruths(duckdb, request, { found, from: call(files.paths, found.map(asText)), delimiter });
  return {
    sql: call(files.paths, columns),
    sqlOf: (paths) => call(paths, columns),
    plainSql: (path) => call([path], columns.map(asText)),
    columns,
    lenient: true,
    delimiter,
  };
}

/** Columns of truth values with their spelling; what spells them otherwise than "true" and "false" is text, unless it is declared. */
async function spellTruths(
  duckdb: Duckdb,
  request: SourceRequest,
  { found, from, delimiter }: { found: readonly StoredColumn[]; from: string; delimiter: string },
): Promise<StoredColumn[]> {
  const { declared, truths: wanted = [], signal } = request;
  const isDeclared = (name: string): boolean => declared[name]?.type !== undefined;
  const columns = found
    .filter(({ name, storedAs }) => (isDeclared(name) ? wanted.includes(name) : storedAs === 'BOOLEAN'))
    .map(({ name }) => name);
  try {
    const truths = await findTruths(duckdb, { from, columns, signal });
    return found.map((column) => {
      const spelling = truths.get(column.name);
      if (spelling === undefined) return column;
      return spelling.isPlain || isDeclared(column.name) ? { ...column, truthNames: spelling.names } : { ...column, storedAs: 'VARCHAR' };
    });
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: request.files.paths, delimiter });
  }
}

function columnTypes(columns: readonly StoredColumn[]): string {
  return `columns={${columns.map((column) => `${quoteText(column.name)}: ${quoteText(column.storedAs)}`).join(', ')}}`;
}

function asText({ name }: StoredColumn): StoredColumn {
  return { name, storedAs: 'VARCHAR' };
}

/** Numbers and truth values are parsed by the CSV reader; what needs a stricter eye than its own arrives as text. */
function declaredAs(type: ColumnSpec['type'], { asTexts = false }: SourceRequest): string | undefined {
  if (type === undefined) return undefined;
  if (asTexts) return 'VARCHAR';
  if (type === 'number') return 'DOUBLE';
  return type === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
}

function csvOptions({ read }: SourceRequest, delimiter: string, { gzip, encoding }: PlainCsv): string[] {
  return [
    `delim=${quoteText(delimiter)}`,
    `quote='"'`,
    `escape='"'`,
    `compression=${gzip ? `'gzip'` : `'none'`}`,
    ...(read.decimal === undefined ? [] : [`decimal_separator=${quoteText(read.decimal)}`]),
    ...(encoding === 'utf-8' ? [] : [`encoding=${quoteText(encoding)}`]),
    'max_line_size=16777216',
    'buffer_size=33554432', // else it would be sixteen times the longest line
  ];
}

/** What stands in each file besides its rows. */
type Layouts = ReadonlyMap<string, CsvLayout>;

async function commonHead(request: SourceRequest): Promise<{ delimiter: string; names: readonly string[]; layouts: Layouts }> {
  const { files, read } = request;
  const layouts = new Map<string, CsvLayout>();
  let first: CsvHead | undefined;
  for (const path of files.paths) {
    const head = await readCsvHead(path, {
      ...read,
      gzip: files.gzip,
      encoding: read.encoding ?? 'utf-8',
      delimiter: read.delimiter ?? first?.delimiter ?? (files.format === 'tsv' ? '\t' : undefined),
    }).catch(async (error: unknown) => {
      throw await fileFailure(error, { ...request, paths: [path], delimiter: first?.delimiter });
    });
    first ??= head;
    layouts.set(path, head.layout);
    const stored = (names: readonly string[]): StoredColumn[] => names.map((name) => ({ name, storedAs: '' }));
    if (spell(stored(head.names)) !== spell(stored(first.names))) {
      throw filesDiffer(request, path, difference(stored(first.names), stored(head.names)));
    }
  }
  return { delimiter: first?.delimiter ?? ',', names: first?.names ?? [], layouts };
}

async function readablePlaces(
  { scratch }: Duckdb,
  request: SourceRequest,
  { delimiter, layouts }: { delimiter: string; layouts: Layouts },
): Promise<PlainCsv> {
  const { files, read, signal } = request;
  const { gzip } = files;
  try {
    const layedOut = Array.from(layouts, ([path, layout]) => ({ path, layout }));
    return await plainCsv(layedOut, { scratch, gzip, encoding: read.encoding ?? 'utf-8', delimiter, signal });
  } catch (error) {
    throw await fileFailure(error, { ...request, paths: files.paths, delimiter });
  }
}

interface SniffedTypes {
  readonly types: readonly string[];
  readonly dateFormat: string | undefined;
  readonly timestampFormat: string | undefined;
}

/** DuckDB's types of the columns, from every row of every file; where files disagree, the type that holds both. */
async function sniffTypes(
  duckdb: Duckdb,
  request: SourceRequest,
  { names, options, plain }: { names: readonly string[]; options: readonly string[]; plain: PlainCsv },
): Promise<SniffedTypes> {
  const dialects = sniffDialects(request, names, options);
  let merged: SniffedTypes | undefined;
  for (const path of request.files.paths) {
    let row: SqlRow | undefined;
    try {
      row = await sniffFile(duckdb, { path: plain.pathOf(path), dialects, signal: request.signal });
    } catch (error) {
      throw await fileFailure(error, { ...request, paths: [path], delimiter: undefined });
    }
    const found = (row?.Columns ?? []) as readonly { readonly type: string }[];
    const types = names.map((_, index) => (found.length === names.length ? usableType(found[index]?.type) : 'VARCHAR'));
    merged = {
      types: merged === undefined ? types : types.map((type, index) => widerType(type, merged?.types[index] ?? type)),
      dateFormat: merged?.dateFormat ?? textOrUndefined(row?.DateFormat),
      timestampFormat: merged?.timestampFormat ?? textOrUndefined(row?.TimestampFormat),
    };
  }
  return merged ?? { types: [], dateFormat: undefined, timestampFormat: undefined };
}

/**
 * How a file may be sniffed. DuckDB takes a quoted first name after a byte order mark for an unquoted one; where that
 * tears the header, it still finds the types in the rows without it.
 */
function sniffDialects({ read }: SourceRequest, names: readonly string[], options: readonly string[]): string[][] {
  const header = read.header ?? true;
  const common = [...options, `nullstr=${quoteTexts(['', ...(read.null_values ?? [])])}`];
  const isOneLine = names.every((name) => !/[\r\n]/.test(name));
  const headless = header && isOneLine ? [[...common, 'header=false', 'skip=1']] : [];
  return [[...common, `header=${header}`], ...headless];
}

/** What DuckDB finds by the first of the dialects that it can read the file by; where there is none, the first one's error. */
async function sniffFile(
  duckdb: Duckdb,
  { path, dialects, signal }: { path: string; dialects: readonly (readonly string[])[]; signal: AbortSignal | undefined },
): Promise<SqlRow | undefined> {
  const errors: unknown[] = [];
  for (const dialect of dialects) {
    try {
      const call = `sniff_csv(${quoteText(filePattern(path))}, ${dialect.join(', ')}, sample_size=-1)`;
      const [row] = await duckdb.query(`SELECT Columns, DateFormat, TimestampFormat FROM ${call}`, signal);
      return row;
    } catch (error) {
      if (readDuckdbFailure(error) === undefined) throw error;
      errors.push(error);
    }
  }
  throw errors[0];
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function usableType(type: string | undefined): string {
  return type === undefined || type === 'TIME' || familyOf(type) === 'nested' ? 'VARCHAR' : type;
}

function widerType(a: string, b: string): string {
  if (a === b) return a;
  const families = [familyOf(a), familyOf(b)];
  if (families.every((family) => family === 'integer' || family === 'number')) return 'DOUBLE';
  if (families.every((family) => family === 'time')) return 'TIMESTAMP WITH TIME ZONE';
  return 'VARCHAR';
}

async function jsonSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { files, declared } = request;
  const common = `format='auto', compression=${files.gzip ? `'gzip'` : `'uncompressed'`}, maximum_object_size=67108864`;
  const from = `read_json(${pathList(files.paths)}, ${common}, sample_size=-1, union_by_name=true, hive_partitioning=false)`;
  const found = await describe(duckdb, from, { ...request, path: files.paths[0] ?? '' });
  checkWidth(request, found.length);
  const columns = found.map(({ name, storedAs }) => ({
    name,
    storedAs: declaredAs(declared[name]?.type, request) ?? usableJsonType(storedAs),
  }));
  const call = (paths: readonly string[], types: readonly StoredColumn[]): string =>
    `read_json(${pathList(paths)}, ${common}, hive_partitioning=false, ${columnTypes(types)})`;
  return {
    sql: call(files.paths, columns),
    sqlOf: (paths) => call(paths, columns),
    plainSql: (path) => call([path], columns.map(asText)),
    columns,
    lenient: true,
    delimiter: undefined,
  };
}

function usableJsonType(storedAs: string): string {
  const family = familyOf(storedAs);
  return family === 'nested' || family === 'text' ? 'VARCHAR' : storedAs;
}
