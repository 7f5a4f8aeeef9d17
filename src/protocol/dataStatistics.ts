/** What a stage says of the data it read, in the log, in its run and in its report. */

export interface DataStatistics {
  readonly dataset: string;
  readonly context: 'check' | 'training' | 'validation' | 'evaluation' | 'prediction';
  readonly rows: number;
  /** Missing values by column; columns without any are not named. */
  readonly missing: Readonly<Record<string, number>>;
  /** Undefined where no target was read. */
  readonly target: TargetFigures | undefined;
}

/** The target of the rows: the share of each class, or the mean. */
export type TargetFigures =
  | { readonly kind: 'classes'; readonly name: string; readonly shares: readonly { readonly value: string; readonly share: number }[] }
  | { readonly kind: 'number'; readonly name: string; readonly mean: number };
