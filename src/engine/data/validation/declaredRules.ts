/** Values that are outside of the range or the values a column declares. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import { fitsType } from '../../project/checks/checkDeclarations.ts';
import type { ColumnSpec } from '../../project/definitions/dataset.ts';
import type { Violations } from './columnChecks.ts';
import { columnBatches, shortened } from '../statistics/columnStatistics.ts';
import type { DescribedColumn, DescribedTable } from '../dataset/describedTable.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { formatInstant, lastInstant, parseInstant } from '../rows/instants.ts';
import { quoteText } from '../sql/sqlText.ts';

/** What was found by each of a column's rules; undefined where the column has no such rule. */
export interface RuleFindings {
  readonly outOfRange?: Violations;
  readonly notAllowed?: Violations;
}

interface Rule {
  readonly name: keyof RuleFindings;
  readonly column: DescribedColumn;
  /** True for a value that breaks the rule. */
  readonly broken: string;
}

/**
 * @returns by column
 * @throws what reading the data throws; CancelledError
 */
export async function findViolations(
  duckdb: Duckdb,
  table: DescribedTable,
  { specs, signal }: { specs: Readonly<Record<string, ColumnSpec>>; signal: AbortSignal | undefined },
): Promise<Map<string, RuleFindings>> {
  const rules = table.columns.flatMap((column) => rulesOf(column, specs[column.column.name] ?? {}));
  const found = new Map<string, RuleFindings>();
  for (const batch of columnBatches(table, rules)) {
    const list = batch.map(({ column: { column, sql }, broken }, index) => {
      const example = `min(${sql}) FILTER (${broken})`;
      const shown = column.type === 'timestamp' ? `epoch_us(${example})` : `CAST(${example} AS VARCHAR)`;
      return `CAST(count(*) FILTER (${broken}) AS DOUBLE) AS n${index}, ${shown} AS example${index}`;
    });
    const [row = {}] = await duckdb.query(`SELECT ${list.join(', ')} FROM ${table.from}`, signal);
    for (const [index, { column, name }] of batch.entries()) {
      const violations = { count: Number(row[`n${index}`]), example: exampleOf(row[`example${index}`]) };
      found.set(column.column.name, { ...found.get(column.column.name), [name]: violations });
    }
  }
  return found;
}

function exampleOf(value: unknown): string | undefined {
  if (typeof value === 'bigint') return formatInstant(value);
  return typeof value === 'string' ? shortened(value) : undefined;
}

function rulesOf(column: DescribedColumn, spec: ColumnSpec): Rule[] {
  const { sql } = column;
  const write = (value: string | number | boolean): string => literal(value, column.column);
  const { type } = column.column;
  const end = spec.min ?? spec.max;
  if (end !== undefined && (type === 'text' || type === 'category' || type === 'boolean')) throw notComparable(end, column.column);
  const below = spec.min === undefined ? [] : [`${sql} < ${write(spec.min)}`];
  const above =
    spec.max === undefined
      ? []
      : [`${sql} > ${type === 'timestamp' ? momentLiteral(lastInstant(requireFit(spec.max, column.column))) : write(spec.max)}`];
  const range: Rule[] =
    below.length + above.length === 0 ? [] : [{ name: 'outOfRange', column, broken: [...below, ...above].join(' OR ') }];
  if (spec.values === undefined) return range;
  return [...range, { name: 'notAllowed', column, broken: `${sql} IS NOT NULL AND ${sql} NOT IN (${spec.values.map(write).join(', ')})` }];
}

function notComparable(value: string | number | boolean, { name, type }: Pick<Column, 'name' | 'type'>): AppError {
  const args = { column: name, value: String(value), type };
  return new AppError('dataset.limitType', t('"{column}" is of the type {type}, so it cannot be held against {value}.', args), {
    args,
    remedy: t('Write "min", "max" and "values" of the column as values of its type, or declare another type.'),
  });
}

/** @throws AppError `dataset.limitType` */
function requireFit(value: string | number | boolean, column: Pick<Column, 'name' | 'type'>): string {
  if (!fitsType(value, column.type)) throw notComparable(value, column);
  return String(value);
}

function momentLiteral(instant: bigint): string {
  return `CAST(${quoteText(formatInstant(instant))} AS TIMESTAMPTZ)::TIMESTAMP`;
}

/** @throws AppError `dataset.limitType` for a value that no column of the type can have */
function literal(value: string | number | boolean, { name, type }: Column): string {
  const text = requireFit(value, { name, type });
  if (type === 'timestamp') return momentLiteral(parseInstant(text));
  if (type === 'text' || type === 'category') return quoteText(String(value));
  return type === 'boolean' ? `CAST(${quoteText(String(value))} AS BOOLEAN)` : `CAST(${quoteText(String(value))} AS DOUBLE)`;
}
