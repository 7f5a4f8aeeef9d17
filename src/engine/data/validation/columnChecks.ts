/** The checks of a single column against its declaration and the limits. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { ColumnProfile } from '../../../protocol/dataset.ts';
import type { ColumnCheck } from '../../../protocol/tables/dataChecks.ts';
import type { ValidationCheck } from '../../../protocol/validation.ts';
import { declaredTypeOf, type ColumnSpec } from '../../project/definitions/dataset.ts';
import type { ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import { judge, ofRows, percent, shareOf } from './validationChecks.ts';
import { columnLimitOf, limitOf } from './validationLimits.ts';

/** Values that are not as the column declares. */
export interface Violations {
  readonly count: number;
  /** One of them, as text. */
  readonly example: string | undefined;
}

/** What was found of a column. */
export interface ColumnFindings {
  readonly column: ColumnProfile;
  readonly spec: ColumnSpec;
  /** Values that are not of the declared type; or how the column is stored, where that cannot be of the declared type. */
  readonly misfits: Violations | { readonly storedAs: string } | undefined;
  readonly outOfRange: Violations | undefined;
  readonly notAllowed: Violations | undefined;
}

/** What every check of a column needs. */
interface Checked extends ColumnFindings {
  readonly rows: number;
  readonly stage: ValidateStage;
}

/** Undefined where there is nothing to check. */
const checks: Readonly<Record<ColumnCheck, (checked: Checked) => ValidationCheck | undefined>> = {
  type: checkType,
  missing: checkMissing,
  nulls: checkNulls,
  infinite: checkInfinite,
  range: checkRange,
  values: checkValues,
  constant: checkConstant,
  outliers: checkOutliers,
};

/** @param rows of the whole data set */
export function checkColumn(found: ColumnFindings, rows: number, stage: ValidateStage): ValidationCheck[] {
  return Object.values(checks).flatMap((check) => check({ ...found, rows, stage }) ?? []);
}

function checkType({ column, spec, misfits, rows, stage }: Checked): ValidationCheck | undefined {
  const { name } = column;
  const type = declaredTypeOf(spec) ?? (misfits !== undefined && 'count' in misfits && misfits.count > 0 ? column.type : undefined);
  if (type === undefined) return undefined;
  const common = { check: 'type', column: name, unit: 'share', limit: 0, expected: type } as const;
  const passed = t('Every value of "{column}" is of the type {type}.', { column: name, type });
  if (misfits !== undefined && 'storedAs' in misfits) {
    const broken = t('"{column}" is declared {type}, but stored as {storedAs}.', { column: name, type, storedAs: misfits.storedAs });
    return judge(stage, { ...common, figure: undefined, example: misfits.storedAs, passed, broken });
  }
  const { count, example } = misfits ?? { count: 0, example: undefined };
  const args = { column: name, type, rows: ofRows(count, rows), example: example ?? '' };
  const broken = t('"{column}" does not fit the type {type} in {rows}, for example "{example}".', args);
  return judge(stage, { ...common, figure: shareOf(count, rows), count, example, passed, broken });
}

function checkMissing({ column, spec, rows, stage }: Checked): ValidationCheck {
  const limit = columnLimitOf(stage, spec, 'max_missing');
  const share = shareOf(column.missing, rows);
  const args = { column: column.name, rows: ofRows(column.missing, rows), share: percent(share), limit: percent(limit) };
  return judge(stage, {
    check: 'missing',
    column: column.name,
    unit: 'share',
    figure: share,
    limit,
    count: column.missing,
    passed: t('"{column}" is missing in {rows} ({share}).', args),
    broken: t('"{column}" is missing in {rows} ({share}); at most {limit} may be.', args),
  });
}

function checkNulls({ column, spec, rows, stage }: Checked): ValidationCheck | undefined {
  if (spec.nullable !== false) return undefined;
  return judge(stage, {
    check: 'nulls',
    column: column.name,
    unit: 'share',
    figure: shareOf(column.missing, rows),
    limit: 0,
    count: column.missing,
    passed: t('"{column}" has a value in every row.', { column: column.name }),
    broken: t('"{column}" must have a value in every row, and has none in {rows}.', {
      column: column.name,
      rows: ofRows(column.missing, rows),
    }),
  });
}

function checkInfinite({ column, spec, rows, stage }: Checked): ValidationCheck | undefined {
  if (column.type !== 'number') return undefined;
  const args = { column: column.name, rows: ofRows(column.infinite, rows) };
  return judge(stage, {
    check: 'infinite',
    column: column.name,
    unit: 'share',
    figure: shareOf(column.infinite, rows),
    limit: columnLimitOf(stage, spec, 'max_infinite'),
    count: column.infinite,
    passed: column.infinite === 0 ? t('Every value of "{column}" is finite.', args) : t('"{column}" is infinite in {rows}.', args),
    broken: t('"{column}" is infinite in {rows}; no model can learn from that.', args),
  });
}

function checkRange(checked: Checked): ValidationCheck | undefined {
  const { outOfRange: violations } = checked;
  if (violations === undefined) return undefined;
  const { min, max } = checked.spec;
  const expected = min === undefined ? `≤ ${max}` : max === undefined ? `≥ ${min}` : `${min} … ${max}`;
  return judgeViolations('range', expected, { checked, violations }, (args) => ({
    none: t('Every value of "{column}" is in the range {expected}.', args),
    some: t('"{column}" is out of the range {expected} in {rows}, for example {example}.', args),
  }));
}

const valuesShown = 10;

function checkValues(checked: Checked): ValidationCheck | undefined {
  const { notAllowed: violations } = checked;
  if (violations === undefined) return undefined;
  const allowed = checked.spec.values ?? [];
  const expected = `${allowed.slice(0, valuesShown).join(', ')}${allowed.length > valuesShown ? ', …' : ''}`;
  return judgeViolations('values', expected, { checked, violations }, (args) => ({
    none: t('Every value of "{column}" is one of {expected}.', args),
    some: t('"{column}" is none of {expected} in {rows}, for example "{example}".', args),
  }));
}

interface ViolationArgs extends Record<string, string> {
  readonly column: string;
  readonly expected: string;
  readonly rows: string;
  readonly example: string;
}

/** The share of values that the declaration of their column does not allow. */
function judgeViolations(
  check: 'range' | 'values',
  expected: string,
  { checked: { column, spec, rows, stage }, violations: { count, example } }: { checked: Checked; violations: Violations },
  words: (args: ViolationArgs) => { readonly none: string; readonly some: string },
): ValidationCheck {
  const { none, some } = words({ column: column.name, expected, rows: ofRows(count, rows), example: example ?? '' });
  return judge(stage, {
    check,
    column: column.name,
    unit: 'share',
    figure: shareOf(count, rows),
    limit: columnLimitOf(stage, spec, 'max_violations'),
    count,
    expected,
    example,
    passed: count === 0 ? none : some,
    broken: some,
  });
}

function checkConstant({ column, spec, rows, stage }: Checked): ValidationCheck {
  const { name, distinct, distinctIsEstimate, top } = column;
  const limit = columnLimitOf(stage, spec, 'min_distinct');
  const args = {
    column: name,
    distinct: `${distinctIsEstimate ? '≈ ' : ''}${formatCount(distinct)}`,
    limit: formatCount(limit),
    value: top[0]?.value ?? '',
  };
  const few = t('"{column}" has {distinct} different values; at least {limit} are asked for.', args);
  const same =
    distinct === 0 ? t('"{column}" is missing in every row.', args) : t('"{column}" never has another value than "{value}".', args);
  return judge(stage, {
    check: 'constant',
    column: name,
    unit: 'count',
    figure: distinct,
    limit: Math.min(limit, rows), // a single row can differ from nothing
    bound: 'min',
    example: top[0]?.value,
    passed: distinct < 2 ? same : t('"{column}" has {distinct} different values.', args),
    broken: distinct < 2 ? same : few,
  });
}

function checkOutliers({ column, spec, rows, stage }: Checked): ValidationCheck | undefined {
  const { outliers } = column;
  if (outliers === undefined) return undefined;
  const limit = columnLimitOf(stage, spec, 'max_outliers');
  const share = shareOf(outliers, rows);
  const args = {
    column: column.name,
    deviations: limitOf(stage, 'outlier_deviations'),
    rows: ofRows(outliers, rows),
    share: percent(share),
    limit: percent(limit),
  };
  return judge(stage, {
    check: 'outliers',
    column: column.name,
    unit: 'share',
    figure: share,
    limit,
    count: outliers,
    passed: t('"{column}" lies more than {deviations} standard deviations from its mean in {rows} ({share}).', args),
    broken: t('"{column}" lies more than {deviations} standard deviations from its mean in {rows} ({share}); at most {limit} may.', args),
  });
}
