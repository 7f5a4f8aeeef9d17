/** The limits and severities that hold where a validate stage or a column does not set its own. Pure. */
import type { CheckName, Severity } from '../../protocol/validation.ts';
import type { ColumnSpec } from '../project/definitions/dataset.ts';
import type { ValidateStage } from '../project/definitions/stage.ts';

const defaultColumnLimits = { max_missing: 0.1, max_infinite: 0, max_violations: 0, min_distinct: 2, max_outliers: 0.05 } as const;

const defaultLimits = {
  ...defaultColumnLimits,
  outlier_deviations: 3,
  max_target_missing: 0,
  min_classes: 2,
  min_class_share: 0.05,
  max_duplicates: 0.01,
  min_rows: 1,
} as const;

type LimitName = keyof typeof defaultLimits;
type ColumnLimitName = keyof typeof defaultColumnLimits;

/** The checks that only warn by default. */
const warnings: ReadonlySet<CheckName> = new Set(['reading', 'constant', 'outliers', 'class_share', 'duplicates']);

/** How far from its mean, in sample standard deviations, a value is an outlier by default. */
export const { outlier_deviations: defaultDeviations } = defaultLimits;

export function limitOf(stage: ValidateStage, name: LimitName): number {
  return stage[name] ?? defaultLimits[name];
}

/** A column's own limit goes before that of the stage. */
export function columnLimitOf(stage: ValidateStage, spec: ColumnSpec, name: ColumnLimitName): number {
  return spec[name] ?? limitOf(stage, name);
}

/** What the check does when it does not pass. */
export function severityOf(stage: ValidateStage, check: CheckName): Severity {
  if (check === 'extra_columns') return stage.extra_columns === 'error' ? 'error' : 'warn';
  return stage.severity?.[check] ?? (warnings.has(check) ? 'warn' : 'error');
}
