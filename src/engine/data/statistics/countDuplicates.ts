/** How many rows repeat an earlier row. */
import type { DescribedTable } from '../dataset/describedTable.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { quoteName } from '../sql/sqlText.ts';

const repeated = quoteName('hashes of several rows');

/**
 * Rows that equal an earlier one in every column, where missing equals missing. Hashes tell which rows may be equal; only
 * those are compared whole, which takes a third less time and a fraction of the memory.
 * @throws what reading the data throws; CancelledError
 */
export async function countDuplicates(duckdb: Duckdb, { from, columns }: DescribedTable, signal: AbortSignal | undefined): Promise<number> {
  const values = columns.flatMap(({ sql, misfits }) => (misfits === undefined ? [sql] : [sql, misfits]));
  const hash = `hash(${values.join(', ')})`;
  await duckdb.query(
    `CREATE OR REPLACE TEMP TABLE ${repeated} AS SELECT hash FROM (SELECT ${hash} AS hash FROM ${from}) GROUP BY hash HAVING count(*) > 1`,
    signal,
  );
  const candidates = `SELECT ${values.map((value, index) => `${value} AS c${index}`).join(', ')} FROM ${from} WHERE ${hash} IN (FROM ${repeated})`;
  const [row] = await duckdb.query(
    `SELECT CAST(coalesce(sum(n - 1), 0) AS DOUBLE) AS duplicates FROM (SELECT count(*) AS n FROM (${candidates}) GROUP BY ${values.map((_, index) => `c${index}`).join(', ')})`,
    signal,
  );
  return Number(row?.duplicates);
}
