/**
 * Every check of a data set, stated once: what it is called, whether it warns or stops, and the limit it is held against. How it is
 * measured is in `engine/data`; what a limit means is in the definitions of the project file, which do not compile without a row for each.
 */
import { t } from '../../base/localize.ts';

/** What a check that does not pass does: `warn` is noted, `error` stops the pipeline. */
export type Severity = 'warn' | 'error';

/** Limits that a column may have of its own, with what holds where neither it nor the stage has one. */
export const columnLimitDefaults = { max_missing: 0.1, max_infinite: 0, max_violations: 0, min_distinct: 2, max_outliers: 0.05 } as const;

/** Limits with what holds where the stage does not say. */
export const limitDefaults = {
  ...columnLimitDefaults,
  /** Sample standard deviations away from the mean. */
  outlier_deviations: 3,
  max_target_missing: 0,
  min_classes: 2,
  min_class_share: 0.05,
  max_duplicates: 0.01,
  min_rows: 1,
} as const;
export type LimitName = keyof typeof limitDefaults;
export type ColumnLimitName = keyof typeof columnLimitDefaults;

/** What the checks of training and evaluating do by default: see `leakage` in the project file. */
export const leakageSeverities = { shared_rows: 'error', association: 'error', time_order: 'warn' } as const satisfies Readonly<
  Record<string, Severity>
>;

export interface DataCheck {
  /** As the head of a row. */
  readonly words: () => string;
  /** What it does by default. */
  readonly severity: Severity;
  /** The key of its limit; undefined where nothing is tolerated. */
  readonly limit?: LimitName;
}

/** In the order of the report. */
const definitions = {
  rows: { words: () => t('Number of rows'), severity: 'error', limit: 'min_rows' },
  columns: { words: () => t('Declared columns missing'), severity: 'error' },
  extra_columns: { words: () => t('Columns not declared'), severity: 'warn' },
  type: { words: () => t('Of another type'), severity: 'error' },
  reading: { words: () => t('Read in one of several ways'), severity: 'warn' },
  missing: { words: () => t('Missing values'), severity: 'error', limit: 'max_missing' },
  nulls: { words: () => t('Missing where none may be'), severity: 'error' },
  infinite: { words: () => t('Infinite values'), severity: 'error', limit: 'max_infinite' },
  range: { words: () => t('Out of range'), severity: 'error', limit: 'max_violations' },
  values: { words: () => t('Values not allowed'), severity: 'error', limit: 'max_violations' },
  constant: { words: () => t('Distinct values'), severity: 'warn', limit: 'min_distinct' },
  outliers: { words: () => t('Outliers'), severity: 'warn', limit: 'max_outliers' },
  target_missing: { words: () => t('Target missing'), severity: 'error', limit: 'max_target_missing' },
  classes: { words: () => t('Number of classes'), severity: 'error', limit: 'min_classes' },
  class_share: { words: () => t('Smallest class'), severity: 'warn', limit: 'min_class_share' },
  duplicates: { words: () => t('Duplicate rows'), severity: 'warn', limit: 'max_duplicates' },
} as const satisfies Readonly<Record<string, DataCheck>>;

export type CheckName = keyof typeof definitions;
export const dataChecks: Readonly<Record<CheckName, DataCheck>> = definitions;
export const checkNames = Object.keys(definitions) as readonly CheckName[];
