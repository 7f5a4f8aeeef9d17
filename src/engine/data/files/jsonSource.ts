/** JSON Lines as a table: numbers and truth values have types of their own, texts may be times. */
import { stat } from 'node:fs/promises';
import type { ColumnReading, SurveyedColumn } from '../texts/columnReading.ts';
import { pathList, type Duckdb } from '../sql/duckdb.ts';
import {
  besideVerbatim,
  checkWidth,
  columnTypes,
  describe,
  isSoughtTime,
  notesOf,
  readColumn,
  survey,
  textual,
  verbatimColumns,
} from './sourceColumns.ts';
import type { SourceRequest, StoredColumn, TableSource } from './sourceColumns.ts';
import { declaredTypeOf } from '../../project/definitions/dataset.ts';
import type { LocatedFiles } from './locateFiles.ts';
import { defaultType, familyOf, quoteName } from '../sql/sqlText.ts';

export async function jsonSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const { files } = request;
  const packed = files.gzip ? 'gzip' : 'uncompressed';
  const common = `format='auto', compression='${packed}', maximum_object_size=${await largestObject(duckdb, files)}`;
  const sampled = `sample_size=-1, maximum_sample_files=${files.paths.length}, union_by_name=true, hive_partitioning=false`;
  const found = await describe(duckdb, `read_json(${pathList(files.paths)}, ${common}, ${sampled})`, {
    ...request,
    path: files.paths[0] ?? '',
  });
  checkWidth(request, found.length);
  const call = (paths: readonly string[], types: readonly StoredColumn[]): string =>
    `read_json(${pathList(paths)}, ${common}, hive_partitioning=false, ${columnTypes(types)})`;
  const texts = found.map(({ name }): StoredColumn => ({ name, storedAs: 'VARCHAR' }));
  const surveyed = found.flatMap((column) => surveyedInJson(column, request));
  const readings = await survey(duckdb, surveyed, { ...request, from: call(files.paths, texts) });
  const typed = found.map((column) => {
    const reading = readings.get(column.name) ?? { ...typedInJson(column), notes: [] };
    return readColumn(column.name, reading, request);
  });
  const foundAs = new Map(found.map(({ name, storedAs }) => [name, storedAs]));
  const verbatim = verbatimColumns(request, typed, (column) => ({ storedAs: formInJson(column, foundAs.get(column.name)), isJson: true }));
  const columns = typed.map((column) => (verbatim.has(column.name) ? textual(column) : column));
  const stored = typed.map((column) => (verbatim.has(column.name) ? { ...column, storedAs: 'JSON' } : column));
  const read = [...verbatim.keys()].map((name) => [name, `(${quoteName(name)} ->> '$')`] as const);
  const sqlOf = (paths: readonly string[]): string => besideVerbatim(call(paths, stored), verbatim, read);
  return {
    sql: sqlOf(files.paths),
    sqlOf,
    plainSql: (path) => call([path], texts),
    columns,
    verbatim,
    notes: notesOf(readings),
    lenient: true,
    delimiter: undefined,
  };
}

const mostBytes = 64 * 2 ** 20;
const leastBytes = 2 ** 20;
/** DuckDB's reader makes buffers of twice the largest object, whatever the file holds, and two for each thread between two files. */
const objectShare = 1 / 8;

/** How many bytes one object may have: no more than a file has, and no more than the buffers of the threads have room for. */
async function largestObject({ threadBytes }: Duckdb, { paths, gzip }: LocatedFiles): Promise<number> {
  const most = Math.min(mostBytes, Math.floor(threadBytes * objectShare));
  if (gzip) return most;
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return Math.min(most, Math.max(leastBytes, ...sizes));
}

/** What a column of JSON values is where a file has types: what it was found to be, and JSON where it holds several kinds. */
function formInJson({ type }: StoredColumn, found = 'JSON'): string {
  const family = familyOf(found);
  if (family === 'nested' || found === 'JSON') return 'JSON';
  return type === 'text' || family === 'time' ? 'VARCHAR' : found;
}

/** Texts may be times; numbers may be too large for their type, or stand beside texts. */
function surveyedInJson({ name, storedAs }: StoredColumn, request: SourceRequest): SurveyedColumn[] {
  const isTime = isSoughtTime(name, request);
  if (declaredTypeOf(request.declared[name]) !== undefined && !isTime) return [];
  const isNumber = ['DOUBLE', 'UBIGINT', 'HUGEINT'].includes(storedAs);
  const isTyped = ['BIGINT', 'BOOLEAN'].includes(storedAs) || familyOf(storedAs) === 'nested';
  return isTyped && !isTime ? [] : [{ name, isTime, hasTypes: isNumber || storedAs === 'JSON' }];
}

function typedInJson({ storedAs }: StoredColumn): Pick<ColumnReading, 'storedAs' | 'type'> {
  return familyOf(storedAs) === 'nested' ? { storedAs: 'VARCHAR', type: 'text' } : { storedAs, type: defaultType(storedAs) };
}
