/** Files as a table in SQL: the call that reads them, and what each column is stored as, whatever their format. */
import type { FileFormatName } from '../../../protocol/tables/fileFormats.ts';
import { csvSource } from './csvSource.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { jsonSource } from './jsonSource.ts';
import { portablePath } from './locateFiles.ts';
import { parquetSource } from './parquetSource.ts';
import { findPartitions, withPartitions } from './partitions.ts';
import { quoteName } from '../sql/sqlText.ts';
import { asText, type SourceRequest, type TableSource } from './sourceColumns.ts';

/** @throws AppError `dataset.tooManyColumns`, `dataset.unreadable`, `dataset.filesDiffer`, `dataset.encoding`, `dataset.badRow` */
export async function openTableSource(duckdb: Duckdb, request: SourceRequest): Promise<TableSource> {
  const source = await sources[request.files.format](duckdb, request);
  return request.read.hive_partitions === true ? partitioned(source, request) : source;
}

function partitioned(source: TableSource, { root, files, key, verbatim }: SourceRequest): TableSource {
  const located = files.paths.map((path) => ({ path, portable: portablePath(root, path) }));
  const names = source.columns.map(({ name }) => name);
  const partitions = findPartitions(located, names, key);
  const wanted = partitions.columns.filter(({ name }) => verbatim?.includes(name) === true);
  const ofFolders = wanted.map(({ name, storedAs }) => [name, { sql: quoteName(name), stored: { storedAs, isJson: false } }] as const);
  const asTexts = { ...partitions, columns: partitions.columns.map(asText) };
  const sqlOf = (paths: readonly string[]): string => withPartitions(paths, partitions, source.sqlOf);
  return {
    ...source,
    sql: sqlOf(files.paths),
    sqlOf,
    plainSql: (path) => withPartitions([path], source.lenient ? asTexts : partitions, () => source.plainSql(path)),
    columns: [...source.columns, ...partitions.columns],
    verbatim: new Map([...source.verbatim, ...ofFolders]),
  };
}

/**
 * How each format is read. DuckDB loads no extensions here, so that a format which it does not read by itself is decoded by ours, into
 * a file that it does read.
 */
const sources: Readonly<Record<FileFormatName, (duckdb: Duckdb, request: SourceRequest) => Promise<TableSource>>> = {
  csv: csvSource,
  tsv: csvSource,
  parquet: parquetSource,
  jsonl: jsonSource,
};
