/**
 * The result of checking a data set against its declaration and limits. It says nothing of when and for which stage it
 * was made: equal data and limits give equal bytes.
 */
import type { CheckName, Severity } from './tables/dataChecks.ts';
import type { ColumnProfile } from './dataset.ts';

export type Verdict = 'passed' | 'warned' | 'failed';

export interface ValidationCheck {
  readonly check: CheckName;
  /** The column or target it looked at; undefined for checks of the whole data set. */
  readonly column: string | undefined;
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** What figure and limit are: a share from 0 to 1, or a whole number. */
  readonly unit: 'share' | 'count';
  /** What was measured; undefined where that was impossible (a column that is absent or stored as another type). */
  readonly figure: number | undefined;
  readonly limit: number;
  /** Whether the figure may be at most (`max`) or must be at least (`min`) the limit. */
  readonly bound: 'max' | 'min';
  /** The rows or columns behind a share: those missing, out of range, duplicated, of the smallest class. */
  readonly count: number | undefined;
  /** What the declaration asks for in words: a type, a range, the allowed values. */
  readonly expected: string | undefined;
  /** One value that is not as expected, as text. */
  readonly example: string | undefined;
  /** One sentence for people, with figure and limit. */
  readonly message: string;
}

/** The target of the features that a data set is checked for. */
export interface CheckedTarget {
  readonly name: string;
  /** Whether it is a number with many values: it has no classes then. */
  readonly isQuantity: boolean;
  /** The classes, largest first, at most the 99 largest and the smallest; a share is of the rows whose target is known. */
  readonly classes: readonly { readonly value: string; readonly count: number; readonly share: number }[];
  /** How many classes there are; 0 for a quantity. */
  readonly classCount: number;
  /** Of two classes the positive one, as the features name it or by its place; undefined where there is none. */
  readonly positive?: string | undefined;
  /** What the features name as the positive class. */
  readonly wantedPositive?: string | undefined;
  /** What is known of its values, as of a column: missing, distinct, … */
  readonly statistics: ColumnProfile;
}

export interface ValidationReport {
  readonly version: 1;
  readonly dataset: string;
  /** SHA-256 over the data set's files and its resolved definition. */
  readonly datasetDigest: string;
  readonly rows: number;
  readonly verdict: Verdict;
  /** In the order of {@link checkNames}, then of the columns. */
  readonly checks: readonly ValidationCheck[];
  /** In the order of the files. */
  readonly columns: readonly ColumnProfile[];
  readonly target: CheckedTarget | undefined;
  /** Rows that equal an earlier row in every column. */
  readonly duplicates: number;
}
