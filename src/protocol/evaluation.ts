/** The result of measuring predictions on a data set, a model's or a file's: what the report page shows. */
import type { DataStatistics } from './dataStatistics.ts';

/** What is predicted: one of two classes, one of several, a number. */
export const tasks = ['binary', 'multiclass', 'regression'] as const;
export type Task = (typeof tasks)[number];

/** A figure with a confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface MetricResult {
  /** MLflow's name: `roc_auc`, `log_loss`, `f1_score`, `ndcg_at_10`, … */
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly model: Estimate;
  readonly baseline: Estimate | undefined;
  /** Two-sided p-value of the paired bootstrap test against the baseline; undefined where no resample has the metric. */
  readonly pValue: number | undefined;
  /** The smallest p-value that so many replicates can give: a p-value that equals it is only known to be smaller. */
  readonly pValueFloor?: number | undefined;
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

/** What a wrong decision costs; right ones cost nothing. */
export interface DecisionCosts {
  readonly falsePositive: number;
  readonly falseNegative: number;
}

/** The mean cost of a row by threshold; columns of equal length, thresholds ascending. */
export interface CostCurve {
  readonly costs: DecisionCosts;
  readonly thresholds: readonly number[];
  readonly cost: readonly number[];
  /** Mean cost at the threshold in force, and at the best one of these very rows (which flatters it). */
  readonly atThreshold: number;
  readonly best: { readonly threshold: number; readonly cost: number };
  readonly points: number;
}

/** How the threshold in force came about. */
export type ThresholdChoice =
  | { readonly by: 'default' }
  | { readonly by: 'number' }
  /** Chosen on the rows that training held out. */
  | { readonly by: 'maximize'; readonly metric: string }
  | { readonly by: 'cost'; readonly costs: DecisionCosts };

/** Predicted against actual values in bins of equal count by prediction; columns of equal length. */
export interface PredictedActual {
  readonly predicted: readonly number[];
  /** Quantiles of the actual values of each bin. */
  readonly low: readonly number[];
  readonly median: readonly number[];
  readonly high: readonly number[];
  readonly counts: readonly number[];
  /** Which quantiles `low` and `high` are. */
  readonly quantiles: readonly [number, number];
}

/** One class against the rest. */
export interface ClassCurves {
  readonly name: string;
  readonly roc: Curve;
  readonly precisionRecall: Curve;
  readonly calibration: (Curve & { readonly counts: readonly number[] }) | undefined;
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
  /** False where the rows cannot have the metric: it is neither above nor below a limit. Default: true. */
  readonly isMeasured?: boolean | undefined;
}

/** How one class of several was recognised. */
export interface ClassResult {
  readonly name: string;
  readonly rows: number;
  /** Each undefined where it is not defined: nothing was decided for the class, no row is of it. */
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
  /** One against the rest; undefined where the class or its opposite does not occur, and without scores. */
  readonly rocAuc: number | undefined;
  readonly averagePrecision: number | undefined;
}

/** The classes together, as scikit-learn's `average` says. */
export interface ClassAverage extends Omit<ClassResult, 'name' | 'rows'> {
  readonly average: 'macro' | 'micro' | 'weighted';
}

/** What was ranked, behind metrics such as `ndcg_at_10`. */
export interface RankingResult {
  /** The column whose equal values are one list. */
  readonly group: string;
  readonly k: readonly number[];
  readonly groups: number;
  /** Groups without a relevant row: they count as 0, as in scikit-learn. */
  readonly groupsWithoutRelevant: number;
  readonly largestGroup: number;
  readonly smallestGroup: number;
}

/** A sign that a model knew what it should not have known. */
export interface LeakageFinding {
  readonly kind: 'sharedRows' | 'target' | 'time' | 'ties';
  readonly severity: 'warn' | 'error';
  /** What was found, in one sentence. */
  readonly message: string;
  /** The column it is about, where it is about one. */
  readonly column: string | undefined;
}

/** What was looked at for leakage without a finding, or could not be looked at. */
export interface LeakageCheck {
  readonly kind: LeakageFinding['kind'];
  readonly outcome: 'clear' | 'unknown';
  /** What is in order, or why nothing is known, in one sentence. */
  readonly message: string;
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
  /**
   * `unclear`: the interval of the difference holds zero, or there is no difference that matters. `mixed`: better in one
   * of the metrics that a verdict weighs, worse in another.
   */
  readonly outcome: 'better' | 'worse' | 'mixed' | 'unclear';
  readonly metric: string;
  readonly message: string;
}

/** The comparison with the version that an alias named before the model evaluated. */
export interface ChampionResult {
  /** `flights@champion (version 3)`. */
  readonly name: string;
  readonly headline: Headline;
  /** Its figures on the same rows, as the baseline of each metric. */
  readonly metrics: readonly MetricResult[];
}

/** The alias that the registration of the model moves. */
export interface Promotion {
  /** `flights@champion`. */
  readonly alias: string;
  /** Why the model evaluated does not deserve it, in one sentence. */
  readonly objection: string | undefined;
  /** Whether the alias moves all the same. */
  readonly allowWorse: boolean;
}

export interface EvaluationReport {
  /** Version 1 is read too: see `readReports`. */
  readonly version: 2;
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
  /** Undefined except for two classes told apart by a score. */
  readonly threshold: number | undefined;
  readonly thresholdChoice: ThresholdChoice | undefined;
  /** The column that weighs the rows; every figure but the counts of rows is weighted then. */
  readonly sampleWeight: string | undefined;
  readonly baseline: string;
  readonly baselineKind: 'majority' | 'mean' | 'model';
  readonly headline: Headline;
  /** Undefined where the model's registration moves no alias, or the alias named no other version that can be compared. */
  readonly champion?: ChampionResult | undefined;
  /** Undefined where no registration of the model moves an alias. */
  readonly promotion?: Promotion | undefined;
  /** How the intervals were made, in words: method, confidence, replicates, seed. */
  readonly intervalMethod: string;
  /** The first is the one the headline speaks of. */
  readonly metrics: readonly MetricResult[];
  readonly gates: readonly GateResult[];
  readonly curves: {
    /** Of two classes; of several see `perClass`. */
    readonly roc?: Curve;
    readonly precisionRecall?: Curve;
    /** Mean prediction against the observed share (regression: the observed mean), in bins of equal count; `counts` aligned. */
    readonly calibration?: Curve & { readonly counts: readonly number[] };
    readonly threshold?: ThresholdCurve;
    /** Where the costs of the errors are known. */
    readonly cost?: CostCurve;
    /** Prediction minus truth. */
    readonly residuals?: Histogram;
    readonly predictedActual?: PredictedActual;
    /** Of several classes, the largest first; fewer than `classes` where there are many. */
    readonly perClass?: readonly ClassCurves[];
  };
  /** `counts[actual][predicted]`, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[] | undefined;
  /** In the order of `classes`; empty for regression. */
  readonly classResults: readonly ClassResult[];
  /** Empty for regression and in reports of version 1. */
  readonly classAverages: readonly ClassAverage[];
  readonly ranking: RankingResult | undefined;
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly segments: readonly Segment[];
  /** Columns with more values than `segments` shows (the largest are shown), with the number of values left out. */
  readonly omittedSegments: readonly { readonly column: string; readonly values: number }[];
  /** Undefined in reports of version 1. */
  readonly data: DataStatistics | undefined;
  readonly leakage: readonly LeakageFinding[];
  /** Empty in reports of version 1. */
  readonly leakageChecks: readonly LeakageCheck[];
  /** What else the reader should know: metrics left out and why. */
  readonly notes: readonly string[];
  readonly runId: string | undefined;
  /** The model measured; undefined for predictions that were read from the data set. */
  readonly model: { readonly path: string; readonly digest: string } | undefined;
  /** The columns that predictions were read from; empty for a model. */
  readonly predictionColumns: readonly string[];
}
