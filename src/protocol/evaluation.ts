/** The result of evaluating a model on a data set: what the report page shows. */

export type Task = 'binary' | 'multiclass' | 'regression';

/** A figure with a confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface MetricResult {
  /** MLflow's name: `roc_auc`, `log_loss`, `f1_score`, … */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly model: Estimate;
  readonly baseline: Estimate | undefined;
  /** Two-sided p-value of the paired bootstrap test against the baseline. */
  readonly pValue: number | undefined;
}

/** A curve as two columns of equal length. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** How many points the curve had before it was thinned for display. */
  readonly points: number;
}

export interface GateResult {
  readonly metric: string;
  readonly passed: boolean;
  readonly message: string;
}

export interface EvaluationReport {
  readonly version: 1;
  readonly task: Task;
  readonly stage: string;
  readonly dataset: string;
  readonly rows: number;
  readonly target: string;
  readonly classes: readonly string[];
  /** Share of each class in the data, in the order of `classes`. */
  readonly classShares: readonly number[];
  readonly threshold: number | undefined;
  readonly baseline: string;
  /** How the intervals were made, in words: method, confidence, replicates. */
  readonly intervalMethod: string;
  readonly metrics: readonly MetricResult[];
  readonly gates: readonly GateResult[];
  readonly curves: {
    readonly roc?: Curve;
    readonly precisionRecall?: Curve;
    /** Mean predicted probability against the observed share, in bins of equal count; `counts` aligned. */
    readonly calibration?: Curve & { readonly counts: readonly number[] };
    readonly threshold?: {
      readonly thresholds: readonly number[];
      readonly precision: readonly number[];
      readonly recall: readonly number[];
      readonly f1: readonly number[];
    };
  };
  /** `counts[actual][predicted]`, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[] | undefined;
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly segments: readonly {
    readonly column: string;
    readonly value: string;
    readonly rows: number;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
  readonly runId: string | undefined;
  readonly model: { readonly path: string; readonly digest: string };
}
