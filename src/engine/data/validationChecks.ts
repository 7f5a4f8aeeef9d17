/** From figures to verdicts: which checks a data set passes, in sentences for people. Pure. */
import { t } from '../../base/localize.ts';
import type { ValidationCheck, Verdict } from '../../protocol/validation.ts';
import type { ValidateStage } from '../project/definitions/stage.ts';
import type { ColumnStatistics } from './columnStatistics.ts';

/** The limits that hold where a validate stage does not set its own. */
export const defaultLimits = { maxMissing: 0.1, maxOutliers: 0.05, minClassShare: 0.05, maxDuplicates: 1, minRows: 1 } as const;

/** How far from the mean, in sample standard deviations, an outlier lies. */
export const outlierDistance = 3;

type SeverityKey = keyof NonNullable<ValidateStage['severity']>;

const defaultSeverity: Readonly<Record<SeverityKey, 'warn' | 'error'>> = {
  missing: 'error',
  outliers: 'warn',
  class_share: 'warn',
  duplicates: 'warn',
  constant: 'warn',
  range: 'error',
  values: 'error',
  nulls: 'error',
};

/** The verdict of a check that did not pass. */
export function verdictOf(stage: ValidateStage, key: SeverityKey): Verdict {
  return (stage.severity?.[key] ?? defaultSeverity[key]) === 'error' ? 'failed' : 'warned';
}

/** The worst of the verdicts. */
export function worstVerdict(checks: readonly ValidationCheck[]): Verdict {
  if (checks.some((check) => check.verdict === 'failed')) return 'failed';
  return checks.some((check) => check.verdict === 'warned') ? 'warned' : 'passed';
}

export function checkRows(rows: number, stage: ValidateStage): ValidationCheck {
  const limit = stage.min_rows ?? defaultLimits.minRows;
  return {
    check: 'rows',
    column: undefined,
    verdict: rows >= limit ? 'passed' : 'failed',
    figure: rows,
    limit,
    message: rows >= limit ? t('{rows} rows.', { rows }) : t('{rows} rows, fewer than the {limit} asked for.', { rows, limit }),
  };
}

export function checkMissing(column: ColumnStatistics, rows: number, stage: ValidateStage): ValidationCheck {
  const limit = stage.max_missing ?? defaultLimits.maxMissing;
  const share = shareOf(column.missing, rows);
  const args = { column: column.name, share: percent(share), limit: percent(limit), missing: column.missing };
  return {
    check: 'missing_share',
    column: column.name,
    verdict: share <= limit ? 'passed' : verdictOf(stage, 'missing'),
    figure: share,
    limit,
    message:
      share <= limit
        ? t('{share} of "{column}" is missing.', args)
        : t('{share} of "{column}" is missing ({missing} rows), more than the {limit} allowed.', args),
  };
}

export function checkNulls(column: ColumnStatistics, stage: ValidateStage): ValidationCheck {
  const args = { column: column.name, missing: column.missing };
  return {
    check: 'nulls',
    column: column.name,
    verdict: column.missing === 0 ? 'passed' : verdictOf(stage, 'nulls'),
    figure: column.missing,
    limit: 0,
    message:
      column.missing === 0
        ? t('"{column}" has a value in every row.', args)
        : t('{missing} rows have no value in "{column}", which must not be missing.', args),
  };
}

export function checkInfinite(column: ColumnStatistics): ValidationCheck {
  const args = { column: column.name, infinite: column.infinite };
  return {
    check: 'infinite',
    column: column.name,
    verdict: 'failed',
    figure: column.infinite,
    limit: 0,
    message: t('{infinite} values of "{column}" are infinite; no model can learn from them.', args),
  };
}

export function checkConstant(column: ColumnStatistics, rows: number, stage: ValidateStage): ValidationCheck {
  const constant = rows > 1 && column.distinct <= 1;
  const args = { column: column.name, distinct: column.distinct, value: column.top[0]?.value ?? '' };
  const same = column.distinct === 0 ? t('"{column}" is missing in every row.', args) : t('"{column}" is the same in every row.', args);
  return {
    check: 'constant',
    column: column.name,
    verdict: constant ? verdictOf(stage, 'constant') : 'passed',
    figure: column.distinct,
    limit: 2,
    message: constant ? same : t('"{column}" has {distinct} different values.', args),
  };
}

export interface OutlierCount {
  readonly column: ColumnStatistics;
  readonly outliers: number;
}

export function checkOutliers({ column, outliers }: OutlierCount, rows: number, stage: ValidateStage): ValidationCheck {
  const limit = stage.max_outliers ?? defaultLimits.maxOutliers;
  const share = shareOf(outliers, rows);
  const args = { column: column.name, share: percent(share), limit: percent(limit), distance: outlierDistance };
  return {
    check: 'outliers',
    column: column.name,
    verdict: share <= limit ? 'passed' : verdictOf(stage, 'outliers'),
    figure: share,
    limit,
    message:
      share <= limit
        ? t('{share} of "{column}" lies more than {distance} standard deviations from its mean.', args)
        : t('{share} of "{column}" lies more than {distance} standard deviations from its mean, more than the {limit} allowed.', args),
  };
}

/** What was found of the values that break a column's declaration. */
export interface ViolationCount {
  readonly column: string;
  readonly kind: 'range' | 'values';
  readonly violations: number;
  /** One of them, as text. */
  readonly example: string | undefined;
  /** The range or the values that are allowed, as text. */
  readonly allowed: string;
}

export function checkViolations(found: ViolationCount, stage: ValidateStage): ValidationCheck {
  const args = { column: found.column, count: found.violations, example: found.example ?? '', allowed: found.allowed };
  const passed = found.violations === 0;
  const broken =
    found.kind === 'range'
      ? t('{count} values of "{column}" are outside of {allowed}, for example {example}.', args)
      : t('{count} values of "{column}" are not among {allowed}, for example "{example}".', args);
  return {
    check: found.kind,
    column: found.column,
    verdict: passed ? 'passed' : verdictOf(stage, found.kind),
    figure: found.violations,
    limit: found.allowed,
    message: passed ? t('Every value of "{column}" is within {allowed}.', args) : broken,
  };
}

export function checkDuplicates(duplicates: number, rows: number, stage: ValidateStage): ValidationCheck {
  const limit = stage.max_duplicates ?? defaultLimits.maxDuplicates;
  const share = shareOf(duplicates, rows);
  const args = { duplicates, share: percent(share), limit: percent(limit) };
  return {
    check: 'duplicates',
    column: undefined,
    verdict: share <= limit ? 'passed' : verdictOf(stage, 'duplicates'),
    figure: share,
    limit,
    message:
      share <= limit
        ? t('{duplicates} rows ({share}) repeat an earlier row.', args)
        : t('{duplicates} rows ({share}) repeat an earlier row, more than the {limit} allowed.', args),
  };
}

/** The rows of each class of the target, most frequent first. */
export interface ClassCounts {
  readonly target: string;
  readonly missing: number;
  readonly classes: readonly { readonly value: string; readonly count: number }[];
}

export function checkClasses({ target, missing, classes }: ClassCounts, stage: ValidateStage): ValidationCheck[] {
  const checks: ValidationCheck[] = [checkTargetMissing(target, missing, stage)];
  const total = classes.reduce((sum, one) => sum + one.count, 0);
  const smallest = classes.at(-1);
  if (smallest === undefined || classes.length < 2) {
    const args = { target, value: smallest?.value ?? '' };
    const message =
      smallest === undefined
        ? t('The target "{target}" has no value in any row.', args)
        : t('The target "{target}" is "{value}" in every row: there is nothing to learn.', args);
    return [...checks, { check: 'classes', column: target, verdict: 'failed', figure: classes.length, limit: 2, message }];
  }
  const limit = stage.min_class_share ?? defaultLimits.minClassShare;
  const share = shareOf(smallest.count, total);
  const args = { target, value: smallest.value, share: percent(share), limit: percent(limit) };
  checks.push({
    check: 'class_share',
    column: target,
    verdict: share >= limit ? 'passed' : verdictOf(stage, 'class_share'),
    figure: share,
    limit,
    message:
      share >= limit
        ? t('The smallest class of "{target}", "{value}", has {share} of the rows.', args)
        : t('The smallest class of "{target}", "{value}", has {share} of the rows, fewer than the {limit} asked for.', args),
  });
  return checks;
}

export function checkTargetMissing(target: string, missing: number, stage: ValidateStage): ValidationCheck {
  const args = { target, missing };
  return {
    check: 'target_missing',
    column: target,
    verdict: missing === 0 ? 'passed' : verdictOf(stage, 'nulls'),
    figure: missing,
    limit: 0,
    message:
      missing === 0
        ? t('The target "{target}" is known in every row.', args)
        : t('The target "{target}" is missing in {missing} rows; a model cannot learn from those.', args),
  };
}

export function checkExtraColumns(extra: readonly string[], stage: ValidateStage): ValidationCheck | undefined {
  const rule = stage.extra_columns ?? 'allow';
  if (rule === 'allow') return undefined;
  const names = extra.slice(0, 10).join(', ');
  return {
    check: 'extra_columns',
    column: undefined,
    verdict: extra.length === 0 ? 'passed' : rule === 'error' ? 'failed' : 'warned',
    figure: extra.length,
    limit: 0,
    message:
      extra.length === 0 ? t('Every column is declared.') : t('{count} columns are not declared: {names}.', { count: extra.length, names }),
  };
}

function shareOf(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}

/** A share as a percentage with as many digits as it takes to tell it from nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value * 10) / 10} %`;
  if (value < 0.001) return '< 0.001 %';
  return `${Number(value.toPrecision(2))} %`;
}
