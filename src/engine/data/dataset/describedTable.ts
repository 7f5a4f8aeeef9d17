/** A data set, or a file, with the columns that statistics are made of. */
import type { Column } from '../../../protocol/dataset.ts';
import { fileFormats } from '../../../protocol/tables/fileFormats.ts';
import type { DatasetView } from './viewedDataset.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { quoteName } from '../sql/sqlText.ts';

/** A column, or an expression over a row that is described like one. */
export interface DescribedColumn {
  readonly column: Column;
  /** Its value in SQL, NULL where it is missing: NaN is missing everywhere in Millwright. */
  readonly sql: string;
  /** In SQL the text of a value that is not of the column's type (which then is NULL); undefined where every value is. */
  readonly misfits: string | undefined;
}

export interface DescribedTable {
  /** For a FROM clause. */
  readonly from: string;
  /** Whether every question goes to the files again, which takes the longer the more columns they have. */
  readonly readsFiles: boolean;
  readonly rows: number;
  readonly columns: readonly DescribedColumn[];
}

/**
 * The columns of a view. Files that are not columnar are parsed once into a table of the database, which spills to disk; every statistic
 * would parse them anew.
 * @throws what reading the data throws; CancelledError
 */
export async function describedTable(duckdb: Duckdb, view: DatasetView, signal: AbortSignal | undefined): Promise<DescribedTable> {
  const from = quoteName(`${view.plan.name}: described`);
  const list = view.columns.flatMap(({ name }) => {
    const aside = view.asides.get(name);
    return aside === undefined ? [quoteName(name)] : [`${aside.fitting} AS ${quoteName(name)}`, aside.misfits];
  });
  const readsFiles = fileFormats[view.files.format].isColumnar;
  await duckdb.query(`CREATE ${readsFiles ? 'VIEW' : 'TABLE'} ${from} AS SELECT ${list.join(', ')} FROM ${view.sql}`, signal);
  const [row] = await duckdb.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${from}`, signal);
  const columns = view.columns.map((column) => describedColumn(column, quoteName(column.name), view.asides.get(column.name)?.misfits));
  return { from, readsFiles, rows: Number(row?.n), columns };
}

/** @param sql the value, which may be NaN */
export function describedColumn(column: Column, sql: string, misfits?: string): DescribedColumn {
  const isFloat = column.type === 'number' && /^(DOUBLE|FLOAT|VARCHAR|DECIMAL)/.test(column.storedAs);
  return { column, sql: isFloat ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END` : sql, misfits };
}
