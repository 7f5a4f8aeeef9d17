/** Which rows the proposed project keeps back for its evaluation: the latest, or a share by a checksum of each row. */
import type { ColumnProfile } from '../../protocol/dataset.ts';
import type { Duckdb } from '../data/duckdb.ts';
import { formatInstant } from '../data/instants.ts';
import { quoteName } from '../data/sqlText.ts';

export type HoldOut =
  | { readonly kind: 'time'; readonly column: string; readonly cutoff: string }
  /** `isHeld` and its opposite are SQL conditions. */
  | { readonly kind: 'checksum'; readonly isLearnt: string; readonly isHeld: string };

const share = 0.2;
/** Columns that enter the checksum; more only make the condition long. */
const mostColumns = 50;

const dayMicroseconds = 86_400_000_000n;

/** The moment at which the last fifth of the rows begins, at midnight where that leaves rows on both sides. */
export async function timeCutoff(duckdb: Duckdb, from: string, column: string): Promise<HoldOut | undefined> {
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
export function checksumHoldOut(columns: readonly ColumnProfile[]): HoldOut {
  const usable = columns.filter((column) => !column.name.includes('${')).slice(0, mostColumns);
  const values = usable.map((column) => quoteName(column.name)).join(', ');
  const digits = `left(md5(concat_ws('|', ${values})), 2)`;
  return { kind: 'checksum', isLearnt: `${digits} >= '33'`, isHeld: `${digits} < '33'` };
}
