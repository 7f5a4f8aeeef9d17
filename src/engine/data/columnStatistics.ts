/** Statistics of a data set's columns. DuckDB counts (whole numbers, the same in any order); sums are made by our own code. */
import type { Column, ColumnProfile } from '../../protocol/dataset.ts';
import type { DatasetView } from './datasetView.ts';
import type { Duckdb, SqlRow } from './duckdb.ts';
import { formatInstant } from './instants.ts';
import { Moments } from './moments.ts';
import { readChunks } from './readChunks.ts';
import { quoteName } from './sqlText.ts';

/** What is known of a column beyond its profile. */
export interface ColumnStatistics extends ColumnProfile {
  /** Values that are infinite; numbers only. */
  readonly infinite: number;
}

export interface StatisticsOptions {
  readonly signal: AbortSignal | undefined;
  /** How many of the most frequent values to tell. */
  readonly topValues: number;
}

/** Distinct values are counted exactly up to here, and estimated (HyperLogLog, about 2 %) above. */
export const exactDistinct = 10_000;

/** The estimate may be this far off where the exact count is still asked for. */
const estimateMargin = 1.3;

/** Columns that go into one query: planning takes time with the square of the aggregates in it. */
const columnsPerQuery = 64;

/** In a wide file that is not staged, every query also pays for knowing all columns. */
const columnsPerQueryOfWideFile = 256;

/** Tables wider than this are told without frequent values, and with estimated counts of distinct values. */
export const widestDescribed = 1000;

/** @throws what reading the data throws; CancelledError */
export async function columnStatistics(duckdb: Duckdb, view: DatasetView, options: StatisticsOptions): Promise<ColumnStatistics[]> {
  const statistics: ColumnStatistics[] = [];
  for (const columns of columnBatches(view, view.columns)) {
    const counts = await countColumns(duckdb, view, { columns, signal: options.signal });
    const moments = await columnMoments(duckdb, view, { columns, signal: options.signal });
    for (const [index, column] of columns.entries()) {
      const count = counts[index] ?? noCounts;
      statistics.push({
        ...column,
        ...count,
        ...(await describeDistinct(duckdb, view, { column, estimate: count.distinct, options })),
        mean: moments[index]?.mean,
        standardDeviation: moments[index]?.standardDeviation,
      });
    }
  }
  return statistics;
}

/** What one query asks about, in groups of columns (or of rules on columns) that can still be planned quickly. */
export function columnBatches<T>(view: DatasetView, items: readonly T[]): T[][] {
  const isWideFile = view.files.format === 'parquet' && view.columns.length > widestDescribed;
  const size = isWideFile ? columnsPerQueryOfWideFile : columnsPerQuery;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Text formats are parsed once into a table of the database, which spills to disk; every statistic would parse them anew. */
export async function stageView(duckdb: Duckdb, view: DatasetView, signal: AbortSignal | undefined): Promise<DatasetView> {
  if (view.files.format === 'parquet') return view;
  const staged = quoteName('dataset: staged');
  await duckdb.query(`CREATE TABLE ${staged} AS SELECT * FROM ${view.sql}`, signal);
  return { ...view, sql: staged };
}

/** The part of the statistics that is shown. */
export function profileOf(statistics: ColumnStatistics): ColumnProfile {
  const { name, type, storedAs, missing, distinct, distinctIsEstimate, min, max, mean, standardDeviation, top } = statistics;
  return { name, type, storedAs, missing, distinct, distinctIsEstimate, min, max, mean, standardDeviation, top };
}

/** A column's value with NaN as missing, which is what NaN means everywhere in Millwright. */
export function presentValue(column: Column): string {
  const name = quoteName(column.name);
  return isFloat(column) ? `CASE WHEN isnan(${name}) THEN NULL ELSE ${name} END` : name;
}

function isFloat(column: Column): boolean {
  return column.type === 'number' && /^(DOUBLE|FLOAT|VARCHAR|DECIMAL)/.test(column.storedAs);
}

interface ColumnCounts {
  readonly missing: number;
  readonly distinct: number;
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
  readonly infinite: number;
}

const noCounts: ColumnCounts = { missing: 0, distinct: 0, min: undefined, max: undefined, infinite: 0 };

interface ColumnBatch {
  readonly columns: readonly Column[];
  readonly signal: AbortSignal | undefined;
}

async function countColumns(duckdb: Duckdb, view: DatasetView, { columns, signal }: ColumnBatch): Promise<ColumnCounts[]> {
  const list = columns.flatMap((column, index) => {
    const value = presentValue(column);
    const edge = column.type === 'timestamp' ? (sql: string) => `epoch_us(${sql})` : (sql: string) => `CAST(${sql} AS DOUBLE)`;
    const hasEdges = column.type !== 'text' && column.type !== 'category' && column.type !== 'boolean';
    return [
      `CAST(count(*) - count(${value}) AS DOUBLE) AS missing${index}`,
      `CAST(approx_count_distinct(${value}) AS DOUBLE) AS distinct${index}`,
      `${isFloat(column) ? `CAST(count(*) FILTER (isinf(${quoteName(column.name)})) AS DOUBLE)` : '0.0::DOUBLE'} AS infinite${index}`,
      ...(hasEdges ? [`${edge(`min(${value})`)} AS min${index}`, `${edge(`max(${value})`)} AS max${index}`] : []),
    ];
  });
  const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${view.sql}`, signal);
  return columns.map((_, index) => ({
    missing: Number(row[`missing${index}`]),
    distinct: Number(row[`distinct${index}`]),
    infinite: Number(row[`infinite${index}`]),
    min: edgeOf(row, `min${index}`),
    max: edgeOf(row, `max${index}`),
  }));
}

function edgeOf(row: SqlRow, name: string): number | string | undefined {
  const value = row[name];
  if (typeof value === 'bigint') return formatInstant(value);
  return typeof value === 'number' ? value : undefined;
}

async function columnMoments(duckdb: Duckdb, view: DatasetView, { columns, signal }: ColumnBatch): Promise<(Moments | undefined)[]> {
  const numeric = columns.filter((column) => column.type === 'number' || column.type === 'integer');
  const moments = new Map(numeric.map((column) => [column.name, new Moments()]));
  if (numeric.length === 0) return columns.map(() => undefined);
  const list = numeric.map((column, index) => `CAST(${quoteName(column.name)} AS DOUBLE) AS c${index}`).join(', ');
  const read = numeric.map((column) => ({ name: column.name, kind: 'number' as const }));
  const chunks = duckdb.stream(
    `SELECT ${list} FROM ${view.sql}`,
    (result) => readChunks(result, read, { chunkRows: 65_536, signal }),
    signal,
  );
  for await (const chunk of chunks) {
    for (const [name, sum] of moments) {
      const vector = chunk.columns[name];
      if (vector?.kind === 'number') sum.add(vector.values);
    }
  }
  return columns.map((column) => moments.get(column.name));
}

interface DistinctRequest {
  readonly column: Column;
  readonly estimate: number;
  readonly options: StatisticsOptions;
}

async function describeDistinct(
  duckdb: Duckdb,
  view: DatasetView,
  { column, estimate, options }: DistinctRequest,
): Promise<Pick<ColumnProfile, 'distinct' | 'distinctIsEstimate' | 'top'>> {
  const continuous = column.type === 'number' || column.type === 'timestamp';
  if ((estimate > exactDistinct * estimateMargin && continuous) || view.columns.length > widestDescribed)
    return { distinct: estimate, distinctIsEstimate: true, top: [] };
  const value = presentValue(column);
  const groups = `SELECT ${value} AS value, count(*) AS n FROM ${view.sql} WHERE ${value} IS NOT NULL GROUP BY 1`;
  const rows = await duckdb.query(
    `SELECT CAST(value AS VARCHAR) AS value, CAST(n AS DOUBLE) AS n, CAST(count(*) OVER () AS DOUBLE) AS distinct_values
     FROM (${groups}) ORDER BY n DESC, value LIMIT ${options.topValues}`,
    options.signal,
  );
  const exact = Number(rows[0]?.distinct_values ?? 0);
  return {
    distinct: exact > exactDistinct ? estimate : exact,
    distinctIsEstimate: exact > exactDistinct,
    top: rows.map((row) => ({ value: String(row.value), count: Number(row.n) })),
  };
}
