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

/** What a person may use a column for. */
export const columnUses = ['numeric', 'categorical', 'time', 'ignored'] as const;
export type ColumnUse = (typeof columnUses)[number];

/** How a proposal would use a column, and why. */
export interface ColumnProposal {
  readonly column: string;
  readonly use: ColumnUse | 'target';
  /** Of the use, or of the one that was proposed where a person chose another. */
  readonly reason: string;
  /** What the column can be used for; where that is one thing only, there is nothing to choose. None for the target. */
  readonly uses: readonly ColumnUse[];
}

/** How rows are held out: the latest, or a share that is drawn. */
export const splitNames = ['time', 'random'] as const;
export type SplitName = (typeof splitNames)[number];

/** What a person decides of a proposal; what is left out is proposed. */
export interface ProposalChoices {
  readonly target?: string | undefined;
  readonly uses?: readonly { readonly column: string; readonly use: ColumnUse }[] | undefined;
  /** One of `trainer:` in the project file. */
  readonly trainer?: string | undefined;
  readonly split?: SplitName | undefined;
  /** What the model is judged by first, by its name in the project file. */
  readonly metric?: string | undefined;
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
  readonly trainer: string;
  readonly split: SplitName;
  /** What the model is judged by first. */
  readonly metric: string;
  /** What can stand in their place for this target, the default first. */
  readonly options: { readonly trainers: readonly string[]; readonly splits: readonly SplitName[]; readonly metrics: readonly string[] };
  /** What is said of how the file is read, in sentences: texts for missing values, formats of times. */
  readonly reading: readonly string[];
  /** The text of `millwright.yaml`. */
  readonly yaml: string;
}
