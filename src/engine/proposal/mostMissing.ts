/** The largest share of missing values in a column among rows before a moment: some are filled in only later. */
import type { ColumnProfile } from '../../protocol/dataset.ts';
import type { Duckdb } from '../data/sql/duckdb.ts';
import { quoteName } from '../data/sql/sqlText.ts';
import { isBefore, type HoldOut } from './holdOut.ts';

/** So many columns are counted at once. */
const columnsAtOnce = 500;

/** 0 where no moment divides the rows. */
export async function mostMissing(
  duckdb: Duckdb,
  from: string,
  { columns, holdOut }: { columns: readonly ColumnProfile[]; holdOut: HoldOut },
): Promise<number> {
  if (holdOut.kind !== 'time') return 0;
  const missing = columns.filter((column) => column.missing > 0);
  let most = 0;
  for (let first = 0; first < missing.length; first += columnsAtOnce) {
    const list = missing.slice(first, first + columnsAtOnce).map(({ name }) => `count(*) - count(${quoteName(name)})`);
    const [row] = await duckdb.query(
      `SELECT CAST(greatest(${list.join(', ')}) AS DOUBLE) / greatest(count(*), 1) AS share FROM ${from} WHERE ${isBefore(holdOut.column, holdOut.cutoff)}`,
    );
    most = Math.max(most, Number(row?.share ?? 0));
  }
  return most;
}
