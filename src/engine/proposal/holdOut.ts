/** Which rows the proposed project keeps back for its evaluation: the latest, or a share by a checksum of each row. */
import type { ColumnProfile } from '../../protocol/dataset.ts';
import type { Duckdb } from '../data/duckdb.ts';
import { formatInstant } from '../data/instants.ts';
import { quoteName, quoteText } from '../data/sqlText.ts';

export type HoldOut = { readonly kind: 'time'; readonly column: string; readonly cutoff: string } | ChecksumHoldOut;

export interface ChecksumHoldOut {
  readonly kind: 'checksum';
  /** SQL conditions, one the opposite of the other where the target is known. */
  readonly isLearnt: string;
  readonly isHeld: string;
  /** Classes that would be held out whole: all of their rows are learnt instead. */
  readonly alwaysLearnt: readonly string[];
  /** Where there is a column of times that could not be cut: the classes that only its latest rows have. */
  readonly lateClasses: { readonly column: string; readonly classes: readonly string[] } | undefined;
}

export interface HoldOutRequest {
  readonly duckdb: Duckdb;
  /** The quoted name of the rows. */
  readonly from: string;
  /** The column to cut by time at, where there is one. */
  readonly time: string | undefined;
  /** The columns whose values the checksum is made of. */
  readonly columns: readonly ColumnProfile[];
  /** SQL of a target that is a class; undefined for a number. */
  readonly classes: string | undefined;
}

/** A model cannot be measured on a class it has never seen, so every class keeps rows to learn from. */
export async function chooseHoldOut(request: HoldOutRequest): Promise<HoldOut> {
  const { duckdb, from, time, columns } = request;
  const byTime = time === undefined ? undefined : await timeCutoff(duckdb, from, time);
  const late = byTime === undefined ? [] : await unlearntClasses(request, isBefore(byTime.column, byTime.cutoff));
  if (byTime !== undefined && late.length === 0) return byTime;
  const lateClasses = byTime === undefined ? undefined : { column: byTime.column, classes: late };
  const checksum = checksumHoldOut(columns);
  const rare = (await unlearntClasses(request, checksum.isLearnt)).filter((value) => !value.includes('${'));
  if (rare.length === 0 || request.classes === undefined) return { ...checksum, lateClasses };
  const isRare = `CAST(${request.classes} AS VARCHAR) IN (${rare.map(quoteText).join(', ')})`;
  const isLearnt = `${checksum.isLearnt} OR ${isRare}`;
  return { kind: 'checksum', isLearnt, isHeld: `${checksum.isHeld} AND NOT ${isRare}`, alwaysLearnt: rare, lateClasses };
}

function isBefore(column: string, cutoff: string): string {
  return `${quoteName(column)} < CAST(${quoteText(cutoff)} AS TIMESTAMPTZ)::TIMESTAMP`;
}

/** The classes of which no row meets the condition, in the order of their names. */
async function unlearntClasses({ duckdb, from, classes }: HoldOutRequest, isLearnt: string): Promise<string[]> {
  if (classes === undefined) return [];
  const rows = await duckdb.query(
    `SELECT CAST(${classes} AS VARCHAR) AS value FROM ${from} WHERE ${classes} IS NOT NULL
     GROUP BY 1 HAVING count(*) FILTER (${isLearnt}) = 0 ORDER BY value`,
  );
  return rows.map((row) => String(row.value));
}

const share = 0.2;
/** Columns that enter the checksum; more only make the condition long. */
const mostColumns = 50;

const dayMicroseconds = 86_400_000_000n;

/** The moment at which the last fifth of the rows begins, at midnight where that leaves rows on both sides. */
async function timeCutoff(duckdb: Duckdb, from: string, column: string): Promise<Extract<HoldOut, { kind: 'time' }> | undefined> {
  const name = quoteName(column);
  const [row] = await duckdb.query(
    `SELECT epoch_us(quantile_disc(${name}, ${1 - share})) AS cutoff, epoch_us(min(${name})) AS first FROM ${from}`,
  );
  const cutoff = row?.cutoff;
  const first = row?.first;
  if (typeof cutoff !== 'bigint' || typeof first !== 'bigint' || cutoff <= first) return undefined;
  const midnight = cutoff - (cutoff % dayMicroseconds);
  return { kind: 'time', column, cutoff: formatInstant(cutoff > 0n && midnight > first ? midnight : cutoff) };
}

/**
 * By the first two hexadecimal digits of an MD5 over the rows' values: the same rows on every machine and at every
 * reading, and rows that are equal fall on the same side. 0x33 of 0x100 are held out, 19.9 %.
 */
function checksumHoldOut(columns: readonly ColumnProfile[]): ChecksumHoldOut {
  const usable = columns.filter((column) => !column.name.includes('${')).slice(0, mostColumns);
  const values = usable.map((column) => quoteName(column.name)).join(', ');
  const digits = `left(md5(concat_ws('|', ${values})), 2)`;
  return { kind: 'checksum', isLearnt: `${digits} >= '33'`, isHeld: `${digits} < '33'`, alwaysLearnt: [], lateClasses: undefined };
}
