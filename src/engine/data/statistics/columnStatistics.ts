/** Statistics of columns. DuckDB counts (whole numbers, the same in any order); sums are made by our own code. */
import type { Column, ColumnProfile } from '../../../protocol/dataset.ts';
import type { Histogram } from '../../../protocol/evaluation.ts';
import { classNameSql } from './classNames.ts';
import type { DescribedColumn, DescribedTable } from '../dataset/describedTable.ts';
import type { Duckdb, SqlRow } from '../sql/duckdb.ts';
import { formatInstant } from '../rows/instants.ts';
import { Moments } from './moments.ts';
import { readChunks } from '../rows/readChunks.ts';
import {
  binsFor,
  countOutliers,
  histogramOf,
  histogramOfCounts,
  mostFrequent,
  outlierDistance,
  spreadOf,
  type Spread,
  type ValueCount,
} from './valueCounts.ts';

export interface StatisticsOptions {
  readonly signal: AbortSignal | undefined;
  /** From how many standard deviations away from the mean a value is an outlier. */
  readonly deviations: number;
}

/** Different values are counted exactly up to here, and estimated above (HyperLogLog, mostly within 15 %). */
const exactDistinct = 10_000;

/** The estimate may be this far off where the exact count is still asked for. */
const estimateMargin = 2;

/** Columns that go into one query: planning takes time with the square of the aggregates in it. */
const columnsPerQuery = 64;

/** Where every query reads the head of a wide file again. */
const columnsPerQueryOfWideFile = 256;

/** Tables wider than this are told without frequent values and histograms, and with estimated counts of different values. */
const widestDescribed = 1000;

/** How many of the most frequent values are told. */
const topValues = 10;
/** Longer texts are cut where they are told. */
const longestValue = 200;

/**
 * @returns the columns in their order
 * @throws what reading the data throws; CancelledError
 */
export async function columnStatistics(duckdb: Duckdb, table: DescribedTable, options: StatisticsOptions): Promise<ColumnProfile[]> {
  const profiles: ColumnProfile[] = [];
  for (const columns of columnBatches(table, table.columns)) {
    const batch: Batch = { duckdb, table, options };
    const counted = await countColumns(batch, columns);
    const many = counted.filter((one) => !isCountable(table, one));
    const spreads = await measureSpreads(batch, many);
    for (const one of counted) {
      const details = many.includes(one)
        ? describeMany(batch, one, spreads.get(one))
        : isText(one)
          ? describeTexts(batch, one)
          : describeCountable(batch, one);
      profiles.push(profileOf(one, await details));
    }
  }
  return profiles;
}

/** What one query asks about, in groups of columns (or of rules on columns) that can still be planned quickly. */
export function columnBatches<T>(table: DescribedTable, items: readonly T[]): T[][] {
  const size = table.readsFiles && table.columns.length > widestDescribed ? columnsPerQueryOfWideFile : columnsPerQuery;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

interface Batch {
  readonly duckdb: Duckdb;
  readonly table: DescribedTable;
  readonly options: StatisticsOptions;
}

interface ColumnCounts {
  readonly missing: number;
  /** An estimate. */
  readonly distinct: number;
  /** Infinite values by their sign. */
  readonly below: number;
  readonly above: number;
  /** Of the finite values as numbers, times in milliseconds. */
  readonly range: { readonly min: number; readonly max: number } | undefined;
  /** The same as they are shown. */
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
}

interface CountedColumn {
  readonly column: DescribedColumn;
  readonly counts: ColumnCounts;
}

/** Whether the different values of a column are few enough to be counted one by one. */
function isCountable(table: DescribedTable, { counts }: CountedColumn): boolean {
  return counts.distinct <= exactDistinct * estimateMargin && table.columns.length <= widestDescribed;
}

function isText({ column: { column } }: CountedColumn): boolean {
  return column.type === 'text' || column.type === 'category';
}

function isNumeric({ type }: Column): boolean {
  return type === 'number' || type === 'integer';
}

/** The value as a DOUBLE that histograms and moments can be made of; undefined for texts. */
function asNumber({ column, sql }: DescribedColumn): string | undefined {
  if (column.type === 'text' || column.type === 'category') return undefined;
  return column.type === 'timestamp' ? `CAST(epoch_us(${sql}) AS DOUBLE) / 1000` : `CAST(${sql} AS DOUBLE)`;
}

/** Estimating costs as much as counting the different values of texts, as long as these fit into memory. */
const mostRowsOfTexts = 10_000_000;

function needsEstimate({ rows, columns }: DescribedTable, { type }: Column): boolean {
  if (type === 'boolean') return columns.length > widestDescribed;
  return (type !== 'text' && type !== 'category') || rows > mostRowsOfTexts || columns.length > widestDescribed;
}

async function countColumns({ duckdb, table, options }: Batch, columns: readonly DescribedColumn[]): Promise<CountedColumn[]> {
  const isWide = table.columns.length > widestDescribed;
  const list = columns.flatMap((described, index) => {
    const { column, sql, misfits } = described;
    const number = asNumber(described);
    const isFloat = column.type === 'number';
    const finite = isFloat ? ` FILTER (isfinite(${number}))` : '';
    return [
      `CAST(count(*) - count(${sql})${misfits === undefined ? '' : ` - count(${misfits})`} AS DOUBLE) AS missing${index}`,
      ...(needsEstimate(table, column) ? [`CAST(approx_count_distinct(${sql}) AS DOUBLE) AS distinct${index}`] : []),
      ...(isWide ? [`min(${sql}) = max(${sql}) AS single${index}`] : []),
      ...(number === undefined ? [] : [`min(${number})${finite} AS min${index}`, `max(${number})${finite} AS max${index}`]),
      ...(column.type === 'timestamp' ? [`epoch_us(min(${sql})) AS first${index}`, `epoch_us(max(${sql})) AS last${index}`] : []),
      ...(isFloat
        ? ['<', '>'].map((sign) => `CAST(count(*) FILTER (isinf(${number}) AND ${number} ${sign} 0) AS DOUBLE) AS "inf${sign}${index}"`)
        : []),
    ];
  });
  const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${table.from}`, options.signal);
  return columns.map((column, index) => ({ column, counts: readCounts(row, column.column, index) }));
}

function readCounts(row: SqlRow, { type }: Column, index: number): ColumnCounts {
  const figure = (name: string): number => Number(row[`${name}${index}`] ?? 0);
  const instant = (name: string): string | undefined => {
    const value = row[`${name}${index}`];
    return typeof value === 'bigint' ? formatInstant(value) : undefined;
  };
  const range = typeof row[`min${index}`] === 'number' ? { min: figure('min'), max: figure('max') } : undefined;
  const shown = type === 'timestamp' ? { min: instant('first'), max: instant('last') } : type === 'boolean' ? undefined : range;
  const single = row[`single${index}`];
  const estimate = figure('distinct');
  return {
    missing: figure('missing'),
    distinct: typeof single === 'boolean' ? (single ? 1 : Math.max(2, estimate)) : estimate,
    below: figure('inf<'),
    above: figure('inf>'),
    range,
    min: shown?.min,
    max: shown?.max,
  };
}

/** What is known of a column's values beyond counts of all of them. */
type Details = Pick<ColumnProfile, 'distinct' | 'distinctIsEstimate' | 'mean' | 'standardDeviation' | 'outliers' | 'top' | 'histogram'>;

function profileOf({ column: { column }, counts }: CountedColumn, details: Details): ColumnProfile {
  const { missing, below, above, min, max } = counts;
  return { ...column, missing, infinite: below + above, min, max, ...details };
}

/** From every different value with its count. */
async function describeCountable({ duckdb, table, options }: Batch, { column }: CountedColumn): Promise<Details> {
  const { type } = column.column;
  const rows = await duckdb.query(
    `SELECT ${type === 'timestamp' ? 'epoch_us(value)' : classNameSql('value', column.column)} AS text, ${asNumber({ ...column, sql: 'value' })} AS number, CAST(n AS DOUBLE) AS n
     FROM (SELECT ${column.sql} AS value, count(*) AS n FROM ${table.from} GROUP BY 1) WHERE value IS NOT NULL ORDER BY value`,
    options.signal,
  );
  const values = rows.map(({ text, number, n }): ValueCount => ({
    text: typeof text === 'bigint' ? formatInstant(text) : String(text),
    value: typeof number === 'number' ? number : NaN,
    count: Number(n),
  }));
  const spread = isNumeric(column.column) ? spreadOf(values) : noSpread;
  return {
    distinct: values.length,
    distinctIsEstimate: false,
    ...spread,
    outliers: countOutliers(values, spread, options.deviations),
    top: mostFrequent(values, topValues),
    histogram: type === 'boolean' ? undefined : histogramOfCounts(type, values),
  };
}

/** Of texts, which may be long: only those that are told are fetched. */
async function describeTexts({ duckdb, table, options }: Batch, { column: { sql } }: CountedColumn): Promise<Details> {
  const groups = `SELECT ${sql} AS value, count(*) AS n FROM ${table.from} WHERE ${sql} IS NOT NULL GROUP BY 1`;
  const rows = await duckdb.query(
    `SELECT left(value, ${longestValue + 1}) AS value, CAST(n AS DOUBLE) AS n, CAST(count(*) OVER () AS DOUBLE) AS distinct_values
     FROM (${groups}) ORDER BY n DESC, value LIMIT ${topValues}`,
    options.signal,
  );
  const exact = Number(rows[0]?.distinct_values ?? 0);
  const top = rows.map(({ value, n }) => ({ value: shortened(String(value)), count: Number(n) }));
  return { ...withoutDetails, distinct: exact, distinctIsEstimate: false, top };
}

/** A value of any length as it is told. */
export function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

const noSpread: Spread = { mean: undefined, standardDeviation: undefined };
const withoutDetails = { ...noSpread, outliers: undefined, top: [], histogram: undefined } as const;

/** Mean, standard deviation and outliers of columns with many values. */
interface MeasuredSpread extends Spread {
  readonly outliers: number | undefined;
}

async function measureSpreads(
  { duckdb, table, options }: Batch,
  many: readonly CountedColumn[],
): Promise<Map<CountedColumn, MeasuredSpread>> {
  const numeric = many.filter(({ column: { column } }) => isNumeric(column));
  if (numeric.length === 0) return new Map();
  const moments = await streamMoments({ duckdb, table, options }, numeric);
  const conditions = numeric.map(({ column }, index) => {
    const spread = moments[index] ?? noSpread;
    const distance = outlierDistance(spread, options.deviations);
    return distance === undefined ? 'false' : `abs(${asNumber(column)} - ${spread.mean}::DOUBLE) > ${distance}::DOUBLE`;
  });
  const list = conditions.map((isOutlier, index) => `CAST(count(*) FILTER (${isOutlier}) AS DOUBLE) AS n${index}`);
  const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${table.from}`, options.signal);
  return new Map(
    numeric.map((one, index) => {
      const { mean, standardDeviation } = moments[index] ?? noSpread;
      const outliers = conditions[index] === 'false' ? undefined : Number(row[`n${index}`]);
      return [one, { mean, standardDeviation, outliers }];
    }),
  );
}

/** Reads the rows in their order, so that the sums are the same at every reading. */
async function streamMoments({ duckdb, table, options: { signal } }: Batch, numeric: readonly CountedColumn[]): Promise<Moments[]> {
  const moments = numeric.map(() => new Moments());
  const names = numeric.map((_, index) => ({ name: `c${index}`, kind: 'number' as const }));
  const list = numeric.map(({ column }, index) => `${asNumber(column)} AS c${index}`);
  const chunks = duckdb.stream(
    `SELECT ${list.join(', ')} FROM ${table.from}`,
    (result) => readChunks(result, names, { chunkRows: 65_536, signal }),
    signal,
  );
  for await (const { columns } of chunks) {
    for (const [index, sum] of moments.entries()) {
      const vector = columns[`c${index}`];
      if (vector?.kind === 'number') sum.add(vector.values);
    }
  }
  return moments;
}

async function describeMany(batch: Batch, one: CountedColumn, spread: MeasuredSpread | undefined): Promise<Details> {
  const isWide = batch.table.columns.length > widestDescribed;
  const { distinct, missing } = one.counts;
  if (isText(one) && !isWide && distinct * 2 < batch.table.rows - missing) return describeTexts(batch, one);
  const histogram = isWide || isText(one) ? undefined : await readHistogram(batch, one);
  return { ...withoutDetails, distinct, distinctIsEstimate: distinct > 1, ...spread, histogram };
}

async function readHistogram({ duckdb, table, options }: Batch, { column, counts }: CountedColumn): Promise<Histogram | undefined> {
  const { range, below, above } = counts;
  const bins = range === undefined ? undefined : binsFor(column.column.type, range.min, range.max);
  const number = asNumber(column);
  if (bins === undefined || number === undefined) return undefined;
  const { start, width, count } = bins;
  const bin = width === 0 ? '0' : `greatest(0, least(floor((value - ${start}::DOUBLE) / ${width}::DOUBLE), ${count - 1}))`;
  // Equal values are put into their bin together, where there are many.
  const repeats = counts.distinct * 4 < table.rows;
  const values = repeats
    ? `SELECT ${asNumber({ ...column, sql: 'value' })} AS value, n FROM (SELECT ${column.sql} AS value, count(*) AS n FROM ${table.from} GROUP BY 1)`
    : `SELECT ${number} AS value, 1 AS n FROM ${table.from}`;
  const rows = await duckdb.query(
    `SELECT CAST(${bin} AS INTEGER) AS bin, CAST(sum(n) AS DOUBLE) AS n FROM (${values}) WHERE isfinite(value) GROUP BY 1`,
    options.signal,
  );
  return histogramOf(bins, new Map(rows.map((row) => [Number(row.bin), Number(row.n)])), { below, above });
}
