/** Tracked runs, as MLflow means them. */
import type { ErrorRecord } from '../base/errors.ts';
import type { ModelVersion } from './model.ts';
import type { ReportVerdict } from './verdict.ts';

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** A run without its measurements: what a list needs first. */
export interface RunSummary {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly experimentId: string;
  readonly experimentName: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly deleted: boolean;
  /** The run this one is nested in. */
  readonly parentId: string | undefined;
  /** How many runs are nested in it, without deleted ones. */
  readonly children: number;
  /** Absolute path or URI of the run's artifacts, as stored. */
  readonly artifactUri: string;
}

export interface Run extends RunSummary {
  readonly params: Readonly<Record<string, string>>;
  /** The latest value of each metric (by step, then time, then value); NaN and infinities as such. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly inputs: readonly RunInput[];
  /** Models that it logged or read. */
  readonly models: readonly LoggedModel[];
}

/** A model as a run logged or read it, registered or not. */
export interface LoggedModel {
  /** MLflow's `m-…`; of MLflow 2 its model's uuid, or empty. */
  readonly id: string;
  readonly name: string;
  /** Whether the run made it or read it. */
  readonly role: 'output' | 'input';
  /** Undefined: unknown. */
  readonly status: 'PENDING' | 'READY' | 'FAILED' | undefined;
  readonly type: string | undefined;
  /** Where its folder lies, as stored. */
  readonly artifactUri: string;
  readonly params: Readonly<Record<string, string>>;
  /** The latest value of each. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A data set that a run read. */
export interface RunInput {
  readonly name: string;
  /** The first 36 characters of the content's SHA-256: the length MLflow's column holds. */
  readonly digest: string;
  /** MLflow's source type: `local`, `code`, … */
  readonly sourceType: string;
  /** What the source type means by it: for `local` the JSON `{"uri": "data/x.parquet"}`. */
  readonly source: string;
  /** MLflow's JSON: `{"mlflow_colspec": [{"type": "long", "name": "x", "required": true}]}`. */
  readonly schema: string | undefined;
  /** JSON of counts: `{"num_rows": 2, "num_elements": 4}`. */
  readonly profile: string | undefined;
  /** What the run used it for: `training`, `validation`, `evaluation`. */
  readonly context: string | undefined;
  /** The tags of this use but the context. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface MetricPoint {
  readonly step: number;
  readonly value: number;
  /** Milliseconds since 1970 UTC. */
  readonly timestamp: number;
}

/** What differs between two runs of a stage. */
export interface RunChange {
  /** `params`, `features` and all other settings by their path in the stage, data by `dataset <name>` or `dep <path>`. */
  readonly name: string;
  /** As a reader of the project file would write it; for data the digest. Undefined: there was none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A run among others, as lists show it. */
export interface RunOverview extends Run {
  /** The stage that made it; undefined for a run of another tool. */
  readonly stage: string | undefined;
  /** What the user wrote about it. */
  readonly note: string | undefined;
  /** The newest earlier run of the same stage, of those that finished where there is one. */
  readonly beforeId: string | undefined;
  /** What was changed since then; undefined where there is none before, or too little is known of it. */
  readonly changes: readonly RunChange[] | undefined;
  /** The one figure to show; undefined where nothing was measured. */
  readonly headline: { readonly name: string; readonly value: number } | undefined;
  /** Why it failed, where it did and that was recorded. */
  readonly failure: ErrorRecord | undefined;
  /** Whether it has an evaluation report. */
  readonly evaluated: boolean;
}

/** One metric of a run by its rounds. */
export interface RunCurve {
  /** `training_log_loss` */
  readonly metric: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Curves of one quantity that belong into one chart. */
export interface RunCurves {
  /** `log_loss` */
  readonly quantity: string;
  readonly curves: readonly RunCurve[];
  /** How many points were measured, and are not shown. */
  readonly hidden: number;
}

/** What an evaluation of a run's model said. */
export interface RunEvaluation {
  readonly stage: string;
  readonly verdict: ReportVerdict;
}

/** How far a running stage is. */
export interface StageProgress {
  /** `Round 40 of 300: validation log loss 0.4712` */
  readonly message: string;
  /** 0 to 1. */
  readonly fraction: number | undefined;
  readonly remainingMs: number | undefined;
}

/** Everything that is known of one run. */
export interface RunSheet {
  readonly run: RunOverview;
  readonly project: string;
  /** What it was made with; from its first second on. By name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The run that {@link RunOverview.changes} compares with. */
  readonly before: RunReference | undefined;
  /** The run this one is nested in. */
  readonly parent: RunReference | undefined;
  /** Of a run that goes on. */
  readonly progress: StageProgress | undefined;
  /** The most telling first. */
  readonly curves: readonly RunCurves[];
  /** The round whose model was kept. */
  readonly bestRound: number | undefined;
  /** Oldest first. */
  readonly evaluations: readonly RunEvaluation[];
  /** Registered versions of its model. */
  readonly versions: readonly ModelVersion[];
  /** Folder of the model it made, relative to the project; undefined where it made none. */
  readonly model: string | undefined;
  /** Folds, seeds: in the order of their start. */
  readonly nested: readonly RunOverview[];
  /** What the user should know, as sentences. */
  readonly hints: readonly string[];
}

/** What a report says of the run whose model it measures. */
export type ReportedRun = Pick<RunSheet, 'run' | 'before' | 'versions'>;

/** Another run, as a link to it reads. */
export interface RunReference {
  readonly id: string;
  readonly title: string;
  readonly startedAt: number;
  readonly headline: RunOverview['headline'];
}
