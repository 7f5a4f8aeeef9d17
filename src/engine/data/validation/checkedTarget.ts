/** The target a data set is checked for: what is known of its values, and how many rows each class has. */
import type { CheckedTarget } from '../../../protocol/validation.ts';
import { targetDefinition, type FeaturesSpec } from '../../project/definitions/feature.ts';
import { classNameSql, computedClassSql, positiveClass } from '../statistics/classNames.ts';
import { columnStatistics, shortened, type StatisticsOptions } from '../statistics/columnStatistics.ts';
import { sqlFailure } from '../sql/sqlFailure.ts';
import { describedColumn, type DescribedColumn, type DescribedTable } from '../dataset/describedTable.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { guardExpression, type UserSql } from '../sql/sqlGuard.ts';
import { defaultType, quoteName } from '../sql/sqlText.ts';

/** A number with more different values than this is a quantity, not a class. */
const mostNumericClasses = 20;

/** Classes that are told: the largest, and always the smallest. */
const classesTold = 100;

/**
 * @param key where the target is written
 * @throws AppError `dataset.expression`, and what reading the data throws; CancelledError
 */
export async function describeTarget(
  duckdb: Duckdb,
  table: DescribedTable,
  { target, key, options }: { target: FeaturesSpec['target']; key: string; options: StatisticsOptions },
): Promise<CheckedTarget> {
  const { name, expression, positive } = targetDefinition(target) ?? { name: '', expression: '', positive: undefined };
  const sql = expression ?? quoteName(name);
  const user: UserSql = { key, sql };
  try {
    const column = await targetColumn(duckdb, table, { name, user });
    const [statistics] = await columnStatistics(duckdb, { ...table, columns: [column] }, options);
    if (statistics === undefined) throw new RangeError('one column has one description');
    const isNumber = statistics.type === 'number' || statistics.type === 'integer';
    const isQuantity = isNumber && statistics.distinct > mostNumericClasses;
    const isComputed = expression !== undefined;
    const classes = isQuantity ? [] : await countClasses(duckdb, table, { column, isComputed, signal: options.signal });
    const known = table.rows - statistics.missing;
    return {
      name,
      isQuantity,
      classes: classes.map(({ value, count }) => ({ value, count, share: count / known })),
      classCount: isQuantity ? 0 : (classes[0]?.of ?? 0),
      positive: positiveClass(
        classes.map(({ value }) => value),
        positive,
      ),
      wantedPositive: positive === undefined ? undefined : String(positive),
      statistics,
    };
  } catch (error) {
    throw sqlFailure(error, user);
  }
}

async function targetColumn(
  duckdb: Duckdb,
  { from, columns }: DescribedTable,
  { name, user }: { name: string; user: UserSql },
): Promise<DescribedColumn> {
  const plain = columns.find(({ column }) => column.name === name && user.sql === quoteName(name));
  if (plain !== undefined) return plain;
  const expression = await guardExpression(duckdb, user);
  const [described] = await duckdb.query(`DESCRIBE SELECT ${expression} AS value FROM ${from}`);
  const storedAs = String(described?.column_type);
  const sql = storedAs.startsWith('DECIMAL') ? `CAST(${expression} AS DOUBLE)` : expression;
  return describedColumn({ name, type: defaultType(storedAs), storedAs }, sql);
}

interface ClassCount {
  readonly value: string;
  readonly count: number;
  /** How many classes there are. */
  readonly of: number;
}

/** Largest first, equally large ones in the order of their texts. */
async function countClasses(
  duckdb: Duckdb,
  { from }: DescribedTable,
  { column: { sql, column }, isComputed, signal }: { column: DescribedColumn; isComputed: boolean; signal: AbortSignal | undefined },
): Promise<ClassCount[]> {
  const name = isComputed ? computedClassSql('value', column.storedAs) : classNameSql('value', column);
  const groups = `SELECT ${sql} AS value, count(*) AS n FROM ${from} GROUP BY 1`;
  const texts = `SELECT ${name} AS value, n FROM (${groups}) WHERE value IS NOT NULL`;
  const ranked = `SELECT value, n, row_number() OVER (ORDER BY n DESC, value) AS rank, count(*) OVER () AS classes FROM (${texts})`;
  const rows = await duckdb.query(
    `SELECT value, CAST(n AS DOUBLE) AS n, CAST(classes AS DOUBLE) AS classes FROM (${ranked})
     WHERE rank < ${classesTold} OR rank = classes ORDER BY rank`,
    signal,
  );
  return rows.map(({ value, n, classes }) => ({ value: shortened(String(value)), count: Number(n), of: Number(classes) }));
}
