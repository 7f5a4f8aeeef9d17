/** How a stored column becomes one of the declared type: as it is, by a cast that every value must survive, or not at all. */
import type { ColumnType } from '../../../protocol/dataset.ts';
import { epochFormats, isoFormat } from '../../project/definitions/timeFormat.ts';
import { familyOf, type TypeFamily } from '../sql/sqlText.ts';
import { timeFromText } from '../texts/timeText.ts';

export interface TypedExpression {
  /** The column's value in its declared type; raises where a value does not fit. */
  readonly sql: string;
  /** True for a value that does not fit; undefined where every value does. */
  readonly misfit: string | undefined;
}

export interface WantedType {
  readonly type: ColumnType;
  /** How times are written, where they are not stored as such; default: ISO 8601. */
  readonly format?: string | undefined;
  /** Whether text may be read as other types: in CSV and JSON everything is text to begin with. */
  readonly lenient: boolean;
}

/**
 * @param column the quoted name of the stored column
 * @returns undefined when the stored type cannot hold the wanted one
 */
export function typedExpression(column: string, storedAs: string, { type, format, lenient }: WantedType): TypedExpression | undefined {
  const family = familyOf(storedAs);
  if (type === 'category' || type === 'text') return asText(column, storedAs);
  if (family === 'text' && !lenient && type !== 'timestamp') return undefined;
  if (type === 'timestamp' && family !== 'time') return timeFrom(column, family, format);
  return conversions[`${family}→${type}`]?.(column, storedAs);
}

/** Numbers are times only by a format that says so: `20240315`, or seconds since 1970. */
function timeFrom(column: string, family: TypeFamily, format = isoFormat): TypedExpression | undefined {
  const isNumber = family === 'integer' || family === 'number';
  if (family !== 'text' && !(isNumber && format !== isoFormat)) return undefined;
  const isCount = epochFormats.some((epoch) => epoch === format);
  const text = family === 'text' ? column : `CAST(${isCount ? column : `CAST(${column} AS BIGINT)`} AS VARCHAR)`;
  const { moment, fits } = timeFromText(text, format);
  return checked(moment, `${column} IS NOT NULL AND NOT coalesce(${fits}, false)`);
}

/** By stored family and declared type; what is not here is refused. */
const conversions: Readonly<Record<string, (column: string, storedAs: string) => TypedExpression>> = {
  'integer→integer': asItIs,
  'number→integer': (column) => checked(`CAST(${column} AS BIGINT)`, notWhole(`CAST(${column} AS DOUBLE)`, column)),
  'text→integer': integerFromText,
  'integer→number': asItIs,
  'number→number': (column, storedAs) => asItIs(storedAs.startsWith('DECIMAL') ? `CAST(${column} AS DOUBLE)` : column),
  'text→number': (column) => checked(`CAST(${column} AS DOUBLE)`, unfit(column, 'DOUBLE')),
  'boolean→boolean': asItIs,
  'integer→boolean': (column) => checked(`CAST(${column} AS BOOLEAN)`, `${column} NOT IN (0, 1)`),
  'text→boolean': (column) => cast(column, 'BOOLEAN'),
  'time→timestamp': (column, storedAs) => asItIs(storedAs === 'TIMESTAMP' ? column : `CAST(${column} AS TIMESTAMP)`),
};

function asText(column: string, storedAs: string): TypedExpression {
  if (familyOf(storedAs) === 'time') return asItIs(`CAST(CAST(${column} AS TIMESTAMP) AS VARCHAR)`);
  if (storedAs === 'DOUBLE' || storedAs === 'FLOAT')
    return asItIs(`CASE WHEN isnan(${column}) THEN NULL ELSE CAST(${column} AS VARCHAR) END`);
  return asItIs(storedAs === 'VARCHAR' ? column : `CAST(${column} AS VARCHAR)`);
}

function asItIs(sql: string): TypedExpression {
  return { sql, misfit: undefined };
}

function cast(column: string, target: string): TypedExpression {
  return { sql: `CAST(${column} AS ${target})`, misfit: `${column} IS NOT NULL AND TRY_CAST(${column} AS ${target}) IS NULL` };
}

function checked(sql: string, misfit: string): TypedExpression {
  return { sql: `CASE WHEN ${misfit} THEN error('type') ELSE ${sql} END`, misfit };
}

/** DuckDB's own casts take `1_000` and `0x1F` for numbers. */
const isOddlySpelled = (column: string): string => `regexp_matches(${column}, '[_xX]')`;

function unfit(column: string, target: string): string {
  return `${column} IS NOT NULL AND (TRY_CAST(${column} AS ${target}) IS NULL OR ${isOddlySpelled(column)})`;
}

/** NaN is a missing value, not a fraction. */
function notWhole(number: string, column: string): string {
  return `${column} IS NOT NULL AND NOT isnan(${number}) AND (isinf(${number}) OR ${number} <> trunc(${number}))`;
}

/** DuckDB's own cast rounds '1.5' to 2; here a fraction is a misfit, and '2.0' is 2. */
function integerFromText(column: string): TypedExpression {
  const plain = `strpos(${column}, '.') = 0 AND strpos(lower(${column}), 'e') = 0`;
  const number = `TRY_CAST(${column} AS DOUBLE)`;
  const misfit =
    `${column} IS NOT NULL AND CASE WHEN ${plain} THEN TRY_CAST(${column} AS BIGINT) IS NULL OR ${isOddlySpelled(column)} ` +
    `ELSE ${number} IS NULL OR isnan(${number}) OR isinf(${number}) OR ${number} <> trunc(${number}) END`;
  return {
    sql: `CASE WHEN ${misfit} THEN error('type') WHEN ${plain} THEN CAST(${column} AS BIGINT) ELSE CAST(CAST(${column} AS DOUBLE) AS BIGINT) END`,
    misfit,
  };
}
