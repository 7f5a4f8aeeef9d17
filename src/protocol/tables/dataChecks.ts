/**
 * Every check of a data set, stated once: what it is called, whether it warns or stops, and the limit it is held against. How it is
 * measured is in `engine/data`; what a limit means is in the definitions of the project file, which do not compile without a row for each.
 */
import { t } from '../../base/localize.ts';

/** What a check that does not pass does: `warn` is noted, `error` stops the pipeline. */
export const severities = ['warn', 'error'] as const;
export type Severity = (typeof severities)[number];

/** Limits that a column may have of its own, with what holds where neither it nor the stage has one; null: then there is no limit. */
export const columnLimitDefaults = { max_missing: 0.1, max_infinite: 0, max_violations: 0, min_distinct: 2, max_outliers: 0.05 } as const;

/** Limits with what holds where the stage does not say; null: then there is no limit. */
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
  /** What it looks at, which is what its function is given: see `engine/data/validation`. */
  readonly of: 'dataset' | 'column' | 'target';
  /** What it asks, for the documents. */
  readonly asks: string;
  /** As the head of a row. */
  readonly words: () => string;
  /** What it does by default. */
  readonly severity: Severity;
  /** The key of its limit; undefined where nothing is tolerated. */
  readonly limit?: LimitName;
}

/** In the order of the report. */
const definitions = {
  rows: { of: 'dataset', asks: 'are there enough rows', words: () => t('Number of rows'), severity: 'error', limit: 'min_rows' },
  columns: { of: 'dataset', asks: 'is every declared column there', words: () => t('Declared columns missing'), severity: 'error' },
  extra_columns: {
    of: 'dataset',
    asks: 'are there columns that the data set does not declare; `extra_columns` says `allow` (by default), `warn` or `error`',
    words: () => t('Columns not declared'),
    severity: 'warn',
  },
  type: { of: 'column', asks: 'is every value of its declared type', words: () => t('Of another type'), severity: 'error' },
  reading: {
    of: 'dataset',
    asks: 'could a column be read in another way, or do a few values keep it from its type',
    words: () => t('Read in one of several ways'),
    severity: 'warn',
  },
  missing: {
    of: 'column',
    asks: 'the share of rows without a value',
    words: () => t('Missing values'),
    severity: 'error',
    limit: 'max_missing',
  },
  nulls: {
    of: 'column',
    asks: 'is every value of a `nullable: false` column there',
    words: () => t('Missing where none may be'),
    severity: 'error',
  },
  infinite: {
    of: 'column',
    asks: 'the share of infinite values',
    words: () => t('Infinite values'),
    severity: 'error',
    limit: 'max_infinite',
  },
  range: {
    of: 'column',
    asks: 'do values lie in the declared range',
    words: () => t('Out of range'),
    severity: 'error',
    limit: 'max_violations',
  },
  values: {
    of: 'column',
    asks: 'are values among the declared ones',
    words: () => t('Values not allowed'),
    severity: 'error',
    limit: 'max_violations',
  },
  constant: {
    of: 'column',
    asks: 'the number of different values',
    words: () => t('Distinct values'),
    severity: 'warn',
    limit: 'min_distinct',
  },
  outliers: {
    of: 'column',
    asks: 'the share of all rows further than `outlier_deviations` sample standard deviations from the mean',
    words: () => t('Outliers'),
    severity: 'warn',
    limit: 'max_outliers',
  },
  target_missing: {
    of: 'target',
    asks: 'the share of rows without a target',
    words: () => t('Target missing'),
    severity: 'error',
    limit: 'max_target_missing',
  },
  classes: {
    of: 'target',
    asks: 'how many classes the target has',
    words: () => t('Number of classes'),
    severity: 'error',
    limit: 'min_classes',
  },
  class_share: {
    of: 'target',
    asks: 'the share of its smallest class',
    words: () => t('Smallest class'),
    severity: 'warn',
    limit: 'min_class_share',
  },
  duplicates: {
    of: 'dataset',
    asks: 'the share of rows that repeat an earlier one in all that the features read, target and time; in every column, without features',
    words: () => t('Duplicate rows'),
    severity: 'warn',
    limit: 'max_duplicates',
  },
} as const satisfies Readonly<Record<string, DataCheck>>;

export type CheckName = keyof typeof definitions;
export const dataChecks: Readonly<Record<CheckName, DataCheck>> = definitions;
export const checkNames = Object.keys(definitions) as readonly CheckName[];

type Of<K extends DataCheck['of']> = { [N in CheckName]: (typeof definitions)[N]['of'] extends K ? N : never }[CheckName];
/** Checks by what they look at. */
export type DatasetCheck = Of<'dataset'>;
export type ColumnCheck = Of<'column'>;
export type TargetCheck = Of<'target'>;

export const targetChecks = checkNames.filter((name): name is TargetCheck => dataChecks[name].of === 'target');
