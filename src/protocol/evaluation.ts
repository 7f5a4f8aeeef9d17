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

/** What a classifier would do at each threshold; columns of equal length, thresholds ascending. */
export interface ThresholdCurve {
  readonly thresholds: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  /** The share of all rows that would count as positive. */
  readonly flagged: readonly number[];
  /** How many distinct scores there were before the curve was thinned for display. */
  readonly points: number;
}

/** Counts between edges; `counts.length` is `edges.length - 1`. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Rows below the first and above the last edge. */
  readonly below: number;
  readonly above: number;
}

export interface GateResult {
  readonly metric: string;
  readonly passed: boolean;
  readonly message: string;
}

/** How one class of several was recognised. */
export interface ClassResult {
  readonly name: string;
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Segment {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
  /** By metric; a metric that the segment cannot have (one class only) is left out. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Whether the model is better than its baseline, in one sentence. */
export interface Headline {
  /** `unclear`: the interval of the difference holds zero, or there is no difference that matters. */
  readonly outcome: 'better' | 'worse' | 'unclear';
  readonly metric: string;
  readonly message: string;
}

export interface EvaluationReport {
  readonly version: 1;
  readonly task: Task;
  readonly stage: string;
  readonly dataset: string;
  /** SHA-256 of the data set's content and definition. */
  readonly datasetDigest: string;
  readonly rows: number;
  readonly target: string;
  readonly classes: readonly string[];
  /** Share of each class in the data, in the order of `classes`. */
  readonly classShares: readonly number[];
  readonly threshold: number | undefined;
  readonly baseline: string;
  readonly headline: Headline;
  /** How the intervals were made, in words: method, confidence, replicates, seed. */
  readonly intervalMethod: string;
  /** The first is the one the headline speaks of. */
  readonly metrics: readonly MetricResult[];
  readonly gates: readonly GateResult[];
  readonly curves: {
    readonly roc?: Curve;
    readonly precisionRecall?: Curve;
    /** Mean prediction against the observed share (regression: the observed mean), in bins of equal count; `counts` aligned. */
    readonly calibration?: Curve & { readonly counts: readonly number[] };
    readonly threshold?: ThresholdCurve;
    /** Prediction minus truth. */
    readonly residuals?: Histogram;
  };
  /** `counts[actual][predicted]`, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[] | undefined;
  /** In the order of `classes`; empty for regression. */
  readonly classResults: readonly ClassResult[];
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly segments: readonly Segment[];
  /** Columns with more values than `segments` shows (the largest are shown), with the number of values left out. */
  readonly omittedSegments: readonly { readonly column: string; readonly values: number }[];
  readonly runId: string | undefined;
  readonly model: { readonly path: string; readonly digest: string };
}
