/** How far one column alone decides the target: the sign of a column that is only known afterwards. */
import type { ColumnProfile, ProjectProposal } from '../../protocol/dataset.ts';
import type { Duckdb } from '../data/duckdb.ts';
import { quoteName } from '../data/sqlText.ts';

/** Numbers with more values than this are put into this many equal steps. */
const steps = 1000;

/** A group must have this many rows on average: smaller ones decide anything by chance. */
const rowsPerGroup = 20;

export interface PowerRequest {
  /** The quoted name of the rows. */
  readonly from: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** SQL of the target. */
  readonly target: string;
  readonly task: ProjectProposal['task'];
  readonly signal: AbortSignal | undefined;
}

/**
 * By column, from 0 (knows nothing) to 1 (decides it): of the rows the most frequent class gets wrong, the share that
 * the column's groups get right (Goodman and Kruskal's lambda); for numbers, the share of the variance that lies
 * between the groups (eta squared).
 */
export async function targetPower(duckdb: Duckdb, request: PowerRequest): Promise<Map<string, number>> {
  const power = new Map<string, number>();
  for (const column of request.columns) {
    const group = groupOf(column, request.rows);
    if (group === undefined) continue;
    const sql = request.task === 'regression' ? varianceSql(request, group) : puritySql(request, group);
    const [row] = await duckdb.query(sql, request.signal);
    const value = row?.power;
    if (typeof value === 'number' && Number.isFinite(value)) power.set(column.name, value);
  }
  return power;
}

function groupOf(column: ColumnProfile, rows: number): string | undefined {
  const name = quoteName(column.name);
  if (column.distinct * rowsPerGroup <= rows) return name;
  if (column.type !== 'number' && column.type !== 'integer') return undefined;
  const { min, max } = column;
  if (typeof min !== 'number' || typeof max !== 'number' || !(max > min)) return undefined;
  const count = Math.max(2, Math.min(steps, Math.floor(rows / rowsPerGroup)));
  return `floor((CAST(${name} AS DOUBLE) - ${min}::DOUBLE) / ${(max - min) / count}::DOUBLE)`;
}

function puritySql({ from, target }: PowerRequest, group: string): string {
  return `WITH cells AS (SELECT ${group} AS g, ${target} AS y, count(*) AS n FROM ${from} WHERE ${target} IS NOT NULL GROUP BY 1, 2),
    groups AS (SELECT g, max(n) AS best FROM cells GROUP BY g),
    classes AS (SELECT sum(n) AS n FROM cells GROUP BY y)
    SELECT CAST((SELECT sum(best) FROM groups) - (SELECT max(n) FROM classes) AS DOUBLE)
      / CAST((SELECT sum(n) FROM classes) - (SELECT max(n) FROM classes) AS DOUBLE) AS power`;
}

function varianceSql({ from, target }: PowerRequest, group: string): string {
  const y = `CAST(${target} AS DOUBLE)`;
  return `WITH means AS (SELECT ${group} AS g, avg(${y}) AS mean, count(${y}) AS n FROM ${from} WHERE ${target} IS NOT NULL GROUP BY 1),
    whole AS (SELECT avg(${y}) AS mean, var_pop(${y}) AS variance, count(${y}) AS n FROM ${from})
    SELECT (SELECT sum(n * (mean - (SELECT mean FROM whole)) ** 2) FROM means) / (SELECT n * variance FROM whole) AS power`;
}
