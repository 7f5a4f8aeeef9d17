/** The result of checking a data set against its declaration and limits. */

export type Verdict = 'passed' | 'warned' | 'failed';

export interface ValidationCheck {
  /** Stable name: `missing_share`, `range`, `type`, `duplicates`, … */
  readonly check: string;
  readonly column: string | undefined;
  readonly verdict: Verdict;
  /** What was measured, against what. */
  readonly figure: number | string | undefined;
  readonly limit: number | string | undefined;
  readonly message: string;
}

export interface ValidationReport {
  readonly version: 1;
  readonly dataset: string;
  readonly rows: number;
  readonly columns: number;
  readonly verdict: Verdict;
  readonly checks: readonly ValidationCheck[];
}
