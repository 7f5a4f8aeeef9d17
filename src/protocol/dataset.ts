/** What is known of a data set: its columns and their statistics. */
import type { Histogram } from './evaluation.ts';

/** Types as the project file declares them. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'category' | 'text' | 'timestamp';

/** How a column of truth values spells false and true. */
export type TruthNames = readonly [whenFalse: string, whenTrue: string];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** DuckDB's own name of the type (`BIGINT`, `TIMESTAMP`, …). */
  readonly storedAs: string;
  /** Of truth values that files without types spell; undefined: `false` and `true`. */
  readonly truthNames?: TruthNames | undefined;
}

/** What is known of a column's values. NaN is a missing value. */
export interface ColumnProfile extends Column {
  readonly missing: number;
  /** Exact up to 10,000; an estimate above, and then `distinctIsEstimate`. */
  readonly distinct: number;
  readonly distinctIsEstimate: boolean;
  /** Values that are infinite; numbers only. */
  readonly infinite: number;
  /** Numbers and timestamps (timestamps in ISO 8601). */
  readonly min: number | string | undefined;
  readonly max: number | string | undefined;
  /** Numbers only; undefined with infinite values. */
  readonly mean: number | undefined;
  /** Of the sample (n - 1); numbers only; undefined with infinite values or fewer than two. */
  readonly standardDeviation: number | undefined;
  /** Values further from the mean than so many standard deviations as the check says (default 3); numbers only. */
  readonly outliers: number | undefined;
  /** The most frequent values, most frequent first; empty where nearly every value is another. */
  readonly top: readonly { readonly value: string; readonly count: number }[];
  /**
   * Numbers and timestamps (edges in milliseconds since 1970 UTC): equal widths from the smallest finite value to the
   * largest; infinite values count as below and above. Undefined without finite values and in tables of more than
   * 1,000 columns.
   */
  readonly histogram: Histogram | undefined;
}

export interface DatasetProfile {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** How a proposal would use a column, and why. */
export interface ColumnProposal {
  readonly column: string;
  readonly use: 'target' | 'time' | 'numeric' | 'categorical' | 'cyclical' | 'ignored';
  readonly reason: string;
}

/** A project that could be written for a data file. */
export interface ProjectProposal {
  readonly name: string;
  readonly profile: DatasetProfile;
  readonly target: string;
  /** Columns that could be the target, the likeliest first. */
  readonly candidates: readonly { readonly column: string; readonly reason: string }[];
  /** Whether a person should be asked for the target: nothing says that the first candidate is it. */
  readonly isDoubtful: boolean;
  /** What to look at before the score is trusted, in sentences. */
  readonly warnings: readonly string[];
  readonly task: 'binary' | 'multiclass' | 'regression';
  /** Class shares, largest first; empty for regression. */
  readonly classes: readonly { readonly value: string; readonly share: number }[];
  readonly columns: readonly ColumnProposal[];
  /** What is said of how the file is read, in sentences: texts for missing values, formats of times. */
  readonly reading: readonly string[];
  /** The text of `millwright.yaml`. */
  readonly yaml: string;
}
