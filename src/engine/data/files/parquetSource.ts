/** Parquet files as a table: their types joined where files differ, and kept. */
import type { SurveyedColumn } from '../texts/columnReading.ts';
import { pathList, type Duckdb } from '../sql/duckdb.ts';
import { longNote, type ReadingNote } from '../texts/readingNotes.ts';
import {
  besideVerbatim,
  checkWidth,
  describe,
  difference,
  filesDiffer,
  isSoughtTime,
  nameOnly,
  notesOf,
  spell,
  survey,
  verbatimColumns,
} from './sourceColumns.ts';
import type { SourceRequest, StoredColumn, TableSource } from './sourceColumns.ts';
import { familyOf, quoteName } from '../sql/sqlText.ts';

/** @param isJoined whether the files' types differ */
function readParquet(paths: readonly string[], isJoined = false): string {
  return `read_parquet(${pathList(paths)}, hive_partitioning=false${isJoined ? ', union_by_name=true' : ''})`;
}

export async function parquetSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { paths } = request.files;
  const schemas = await Promise.all(paths.map(async (path) => describe(duckdb, readParquet([path]), { ...request, path })));
  const [first = []] = schemas;
  checkWidth(request, first.length);
  const joined = await joinSchemas(duckdb, schemas, request);
  const casts = joined.filter(({ storedAs }, index) => schemas.some((schema) => schema[index]?.storedAs !== storedAs));
  const replaced = casts.map(({ name, storedAs }) => `CAST(${quoteName(name)} AS ${storedAs}) AS ${quoteName(name)}`);
  const table = (some: readonly string[]): string =>
    casts.length === 0 ? readParquet(some) : `(SELECT * REPLACE (${replaced.join(', ')}) FROM ${readParquet(some, true)})`;
  const { columns, notes } = await readStored(duckdb, joined, { ...request, from: table(paths) });
  const verbatim = verbatimColumns(request, joined, ({ storedAs }) => ({ storedAs, isJson: false }));
  const sqlOf = (some: readonly string[]): string => besideVerbatim(table(some), verbatim, []);
  return { sql: sqlOf(paths), sqlOf, plainSql: (path) => table([path]), columns, verbatim, notes, lenient: false, delimiter: undefined };
}

/** One type for each column of several files: the wider of two kinds of numbers or times; a column without values has none. */
async function joinSchemas(
  duckdb: Duckdb,
  schemas: readonly (readonly StoredColumn[])[],
  request: SourceRequest,
): Promise<readonly StoredColumn[]> {
  let joined = schemas[0] ?? [];
  for (const [index, schema] of schemas.entries()) {
    const path = request.files.paths[index] ?? '';
    if (spell(schema.map(nameOnly)) !== spell(joined.map(nameOnly))) throw filesDiffer(request, path, difference(joined, schema));
    const types: StoredColumn[] = [];
    for (const [place, column] of schema.entries()) {
      const known = joined[place] ?? column;
      const type = widerType(known.storedAs, column.storedAs);
      if (type !== undefined) types.push({ ...column, storedAs: type });
      else if (!(await hasValues(duckdb, column.name, [path]))) types.push(known);
      else if (!(await hasValues(duckdb, column.name, request.files.paths.slice(0, index)))) types.push(column);
      else throw filesDiffer(request, path, difference(joined, schema));
    }
    joined = types;
  }
  return joined;
}

async function hasValues(duckdb: Duckdb, name: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    const rows = await duckdb.query(`SELECT 1 FROM ${readParquet([path])} WHERE ${quoteName(name)} IS NOT NULL LIMIT 1`);
    if (rows.length > 0) return true;
  }
  return false;
}

/** The type that holds the values of both; undefined where none does without changing them. */
function widerType(a: string, b: string): string | undefined {
  if (a === b) return a;
  const families = [familyOf(a), familyOf(b)];
  const [size, other] = [integerTypes.indexOf(a), integerTypes.indexOf(b)];
  if (size >= 0 && other >= 0) return integerTypes[Math.max(size, other)];
  if (families.every((family) => family === 'integer')) return 'HUGEINT';
  if (families.every((family) => family === 'integer' || family === 'number')) return 'DOUBLE';
  if (!families.every((family) => family === 'time')) return undefined;
  return [a, b].some((type) => type.endsWith('WITH TIME ZONE')) ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP';
}

const integerTypes: readonly string[] = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT'];

/** Columns that have types: a text that is to be a time has a format, and numbers that no float64 tells apart are texts. */
async function readStored(
  duckdb: Duckdb,
  stored: readonly StoredColumn[],
  request: SourceRequest & { readonly from: string },
): Promise<{ columns: readonly StoredColumn[]; notes: readonly ReadingNote[] }> {
  const texts = stored.filter(({ storedAs, name }) => storedAs === 'VARCHAR' && isSoughtTime(name, request));
  const surveyed = texts.map(({ name }): SurveyedColumn => ({ name, isTime: true, hasTypes: false }));
  const readings = await survey(duckdb, surveyed, request);
  const long = stored.filter(({ storedAs, name }) => isLongNumber(storedAs) && request.declared[name]?.type === undefined);
  const list = long.map(({ name }, index) => `max(abs(CAST(${quoteName(name)} AS DOUBLE))) >= 9223372036854775808 AS l${index}`);
  const [row = {}] = long.length === 0 ? [] : await duckdb.query(`SELECT ${list.join(', ')} FROM ${request.from}`, request.signal);
  const tooLong = new Set(long.filter((_, index) => row[`l${index}`] === true).map(({ name }) => name));
  const columns = stored.map((column): StoredColumn => {
    if (tooLong.has(column.name)) return { ...column, type: 'text' };
    const reading = readings.get(column.name);
    return reading === undefined ? column : { ...column, type: reading.type, format: reading.format };
  });
  return { columns, notes: [...notesOf(readings), ...[...tooLong].map(longNote)] };
}

function isLongNumber(storedAs: string): boolean {
  const precision = /^DECIMAL\((\d+),/.exec(storedAs)?.[1];
  return ['HUGEINT', 'UHUGEINT', 'UBIGINT'].includes(storedAs) || Number(precision ?? 0) > 18;
}
