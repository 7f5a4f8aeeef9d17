/** The rows of a view that belong to a data set: within its windows, meeting its conditions, drawn, and not another's. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { sqlFailure } from '../sql/sqlFailure.ts';
import { resolveHoldout, rowNumber } from './drawRows.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { formatInstant } from '../rows/instants.ts';
import type { Condition, RowFilter, TimeWindow } from './planDataset.ts';
import { guardExpression } from '../sql/sqlGuard.ts';
import { quoteName, quoteText } from '../sql/sqlText.ts';
import type { DatasetView } from './viewedDataset.ts';

/**
 * A SELECT of the rows that pass the plan's filters, in the order of the files.
 * @throws AppError `dataset.noTime`, `dataset.expression`, `dataset.columnMissing`, `dataset.holdoutOneKind`, and those of
 *   reading the files where rows are drawn; CancelledError
 */
export async function filteredRows(duckdb: Duckdb, view: DatasetView, signal: AbortSignal | undefined): Promise<string> {
  const filters = await filterSql(duckdb, view, { filter: view.plan, signal });
  const where = filters.length === 0 ? '' : ` WHERE ${filters.join(' AND ')}`;
  const isNumbered = filters.some((sql) => sql.includes(rowNumber));
  return isNumbered
    ? `SELECT * EXCLUDE (${rowNumber}) FROM (SELECT *, row_number() OVER () AS ${rowNumber} FROM ${view.base})${where}`
    : `SELECT * FROM ${view.base}${where}`;
}

/** Conditions in SQL, those of rows that are left out among them. */
export function conditionsOf({ conditions, holdouts, exceptions }: RowFilter): readonly Condition[] {
  const inner = [...holdouts.map(({ among }) => among), ...exceptions.map(({ filter }) => filter)].flatMap(conditionsOf);
  return [...new Map([...conditions, ...inner].map((condition) => [condition.key, condition])).values()];
}

/** SQL conditions that a row has to meet, every one of them. */
async function filterSql(
  duckdb: Duckdb,
  view: DatasetView,
  { filter, signal }: { filter: RowFilter; signal: AbortSignal | undefined },
): Promise<string[]> {
  const sql = [...filter.windows.map((window) => windowSql(window, view)), ...(await guardConditions(duckdb, view, filter.conditions))];
  for (const holdout of filter.holdouts) {
    const among = await filterSql(duckdb, view, { filter: holdout.among, signal });
    sql.push(await resolveHoldout(duckdb, { ...view, name: view.plan.name }, { holdout, among, signal }));
  }
  for (const { filter: other } of filter.exceptions) {
    const conditions = await filterSql(duckdb, view, { filter: other, signal });
    sql.push(conditions.length === 0 ? 'false' : `NOT coalesce(${conditions.map((one) => `(${one})`).join(' AND ')}, false)`);
  }
  return sql;
}

function windowSql(window: TimeWindow, view: DatasetView): string {
  const column = view.columns.find((one) => one.name === window.column);
  if (column?.type !== 'timestamp') {
    const args = { dataset: view.plan.name, column: window.column };
    throw new AppError('dataset.noTime', t('The column "{column}" of the data set "{dataset}" holds no times.', args), {
      args: { ...args, key: `datasets.${view.plan.name}.time` },
      remedy: t('Name a column of dates or times, or declare its type as timestamp.'),
    });
  }
  const name = quoteName(window.column);
  const instant = (value: bigint): string => `CAST(${quoteText(formatInstant(value))} AS TIMESTAMPTZ)::TIMESTAMP`;
  const since = window.since === undefined ? [] : [`${name} >= ${instant(window.since)}`];
  const before = window.before === undefined ? [] : [`${name} < ${instant(window.before)}`];
  return since.length + before.length === 0 ? 'true' : [...since, ...before].join(' AND ');
}

async function guardConditions(duckdb: Duckdb, view: DatasetView, conditions: readonly Condition[]): Promise<string[]> {
  const guarded: string[] = [];
  for (const condition of conditions) {
    const sql = await guardExpression(duckdb, condition);
    let type: string;
    try {
      const [column] = await duckdb.query(`DESCRIBE SELECT ${sql} AS value FROM ${view.base}`);
      type = String(column?.column_type);
    } catch (error) {
      throw sqlFailure(error, condition);
    }
    if (type !== 'BOOLEAN') {
      throw new AppError('dataset.expression', t('"{sql}" in {key} is no condition: it gives {type}.', { ...condition, type }), {
        args: { ...condition, type },
        remedy: t('Write something that is true or false for each row, such as {example}.', { example: 'delay > 15' }),
      });
    }
    guarded.push(sql);
  }
  return guarded;
}
