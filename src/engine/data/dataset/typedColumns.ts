/** The columns of a data set in their types: as the project declares them, as a model expects them, or as their values are. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import { fileFormats } from '../../../protocol/tables/fileFormats.ts';
import { declaredTypeOf, type ReadOptions } from '../../project/definitions/dataset.ts';
import { typedExpression } from './columnTypes.ts';
import type { LocatedFiles } from '../files/locateFiles.ts';
import { numberText } from '../texts/numberText.ts';
import type { DatasetPlan } from './planDataset.ts';
import type { StoredColumn, TableSource } from '../files/sourceColumns.ts';
import { defaultType, familyOf, isSmallInteger, quoteName } from '../sql/sqlText.ts';

/** What a column is read as where the project does not declare it. */
export interface ExpectedColumn {
  readonly type: ColumnType;
  /** How its times are written. */
  readonly format?: string | undefined;
}

/** What is said of all values of text files. */
export type ValueOptions = Pick<ReadOptions, (typeof valueKeys)[number]>;

const valueKeys = ['null_values', 'decimal', 'thousands', 'symbols'] as const;

/** How the rows were read that a model learned from. */
export interface ModelReading {
  readonly columns: Readonly<Record<string, ExpectedColumn>>;
  readonly values?: ValueOptions | undefined;
}

/** What a plan says of all values of its text files. */
export function valueOptions(plan: DatasetPlan): ValueOptions {
  const read = readOptions(plan);
  return Object.fromEntries(valueKeys.flatMap((key) => (read[key] === undefined ? [] : [[key, read[key]]])));
}

/** The plan with what a model's rows were read by, where it says nothing of the values of its text files itself. */
export function withReading(plan: DatasetPlan, { format }: LocatedFiles, reading: ModelReading | undefined): DatasetPlan {
  const { source } = plan;
  const hasTypes = fileFormats[format].delimiter === undefined;
  if (source.kind !== 'files' || hasTypes || Object.keys(valueOptions(plan)).length > 0) return plan;
  return { ...plan, source: { ...source, read: { ...source.read, ...reading?.values } } };
}

/** Columns by name. */
type Expected = Readonly<Record<string, ExpectedColumn>>;

/** What the reader of the files is told of columns. A time that is only expected is left for it to find where nobody says its format. */
export function declaredColumns(plan: DatasetPlan, expected: Expected): DatasetPlan['columns'] {
  const wanted = Object.entries(wantedColumns(plan, expected)).filter(
    ([, { type, format }]) => type !== 'timestamp' || format !== undefined,
  );
  const { time } = plan;
  const ofTime = time === undefined ? {} : { [time]: { type: 'timestamp' as const, ...plan.columns[time] } };
  return { ...Object.fromEntries(wanted), ...plan.columns, ...ofTime };
}

/** How times are written is what the data set says, before what is expected of them. */
function wantedColumns(plan: DatasetPlan, expected: Expected): Expected {
  const { date_format: date, time_format: time } = readOptions(plan);
  if (date === undefined && time === undefined) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, { type }]) => [name, { type }]));
}

/** How the files of the plan are read. */
export function readOptions(plan: DatasetPlan): ReadOptions {
  return plan.source.kind === 'files' ? plan.source.read : {};
}

export interface TypedColumn {
  readonly column: Column;
  /** How its times are written, where they are not stored as times. */
  readonly format: string | undefined;
  readonly expression: string;
  /** True for a value that does not fit; undefined where every value does. */
  readonly misfit: string | undefined;
}

export interface Typing {
  readonly plan: DatasetPlan;
  readonly source: TableSource;
  readonly expected: Expected;
}

/** @throws AppError `dataset.wrongType` */
export function typeColumn(stored: StoredColumn, typing: Typing): TypedColumn {
  const { plan, source } = typing;
  const { name, storedAs, truthNames } = stored;
  const { declared, wanted } = saidOf(name, typing);
  const type = declared ?? wanted?.type ?? stored.type ?? defaultType(storedAs);
  const format = type === 'timestamp' ? (plan.columns[name]?.format ?? wanted?.format ?? stored.format) : undefined;
  const typed = typedExpression(textOfNumber(plan, stored, type), storedAs, { type, format, lenient: source.lenient });
  if (typed === undefined && declared === undefined && wanted !== undefined) {
    return { column: { name, type: defaultType(storedAs), storedAs }, format: undefined, expression: quoteName(name), misfit: undefined };
  }
  if (typed === undefined) throw otherType(plan, stored, type);
  return { column: { name, type, storedAs, truthNames }, format, expression: typed.sql, misfit: misfitIn(stored, type, typed.misfit) };
}

/** What the project says of a column's type, and what is expected of it otherwise. */
function saidOf(name: string, { plan, expected }: Typing): { declared: ColumnType | undefined; wanted: ExpectedColumn | undefined } {
  const declared = declaredTypeOf(plan.columns[name]) ?? (name === plan.time ? 'timestamp' : undefined);
  return { declared, wanted: wantedColumns(plan, expected)[name] };
}

function misfitIn({ name, storedAs }: StoredColumn, type: ColumnType, misfit: string | undefined): string | undefined {
  const tooLarge = type === 'integer' && !isSmallInteger(storedAs) ? tooLargeInteger(name) : undefined;
  const conditions = [misfit, tooLarge].filter((condition) => condition !== undefined);
  return conditions.length === 0 ? undefined : conditions.map((condition) => `coalesce(${condition}, false)`).join(' OR ');
}

/** The stored column; a number that is read as text as SQL writes it. */
export function textOfNumber(plan: DatasetPlan, { name, storedAs }: StoredColumn, type: ColumnType): string {
  const isText = storedAs === 'VARCHAR' && (type === 'number' || type === 'integer');
  return isText ? numberText(quoteName(name), readOptions(plan)) : quoteName(name);
}

/** Beyond 2^53 a whole number is not exact as float64. */
export function tooLargeInteger(name: string): string {
  const beyond = (type: string): string => `TRY_CAST(${quoteName(name)} AS ${type}) NOT BETWEEN -9007199254740992 AND 9007199254740992`;
  return `coalesce(${beyond('HUGEINT')}, ${beyond('DOUBLE')})`;
}

function otherType(plan: DatasetPlan, { name, storedAs }: StoredColumn, type: ColumnType): AppError {
  const args = { dataset: plan.name, column: name, storedAs, type };
  return new AppError(
    'dataset.wrongType',
    t('The column "{column}" of the data set "{dataset}" is declared {type}, but stored as {storedAs}.', args),
    {
      args: { ...args, key: `datasets.${plan.name}.columns.${name}.type` },
      remedy:
        type === 'timestamp' && ['integer', 'number'].includes(familyOf(storedAs))
          ? t('Say with "format:" of the column how its numbers mean times: epoch_s, epoch_ms or %Y%m%d.')
          : t('Declare it as what it is, or convert it in a data set with "query:".'),
    },
  );
}
