/** A project's stages as every face shows them. */
import type { ErrorRecord, SourceRange } from '../base/errors.ts';
import type { Job, StageState } from './job.ts';
import type { StageProgress } from './run.ts';
import type { ValidationReport, Verdict } from './validation.ts';

/** The latest check of a data set in short. */
export interface CheckSummary {
  readonly verdict: Verdict;
  /** How many checks failed, and how many warned. */
  readonly failed: number;
  readonly warned: number;
  readonly rows: number;
  /** Milliseconds since 1970 UTC. */
  readonly checkedAt: number;
}

/** The latest check of a data set with the stage that made it. */
export interface StageValidation {
  readonly stage: string;
  /** Milliseconds since 1970 UTC. */
  readonly checkedAt: number;
  readonly report: ValidationReport;
}

export interface StageSummary {
  readonly name: string;
  /** One of `stageKinds`; empty where the file is broken. */
  readonly kind: string;
  readonly at: SourceRange;
  /** Names of the stages that come before it. */
  readonly after: readonly string[];
  readonly state: StageState;
  /** Why it would run, or what failed, as sentences. */
  readonly reasons: readonly string[];
  /** Of the last completed execution. */
  readonly durationMs: number | undefined;
  readonly finishedAt: number | undefined;
  readonly runId: string | undefined;
  /** The metric to show beside the stage; none of a stage that runs, waits or would run: the one it has is of another state. */
  readonly metric: { readonly name: string; readonly value: number } | undefined;
  /** Of a stage that runs: how far it is, once it has said so. */
  readonly progress: StageProgress | undefined;
  /** Of a validate stage: its latest check, also one that failed. Its report can be read then. */
  readonly check: CheckSummary | undefined;
}

/** The stages with their states, and the jobs. Data sets have no state of their own: they are nodes of the `PipelineGraph`. */
export interface Pipeline {
  /** Real path of the project folder. */
  readonly root: string;
  readonly name: string;
  readonly stages: readonly StageSummary[];
  readonly jobs: readonly Job[];
  /** Why the project file cannot be used; then `stages` is what could still be read. */
  readonly errors: readonly ErrorRecord[];
  /** The user's files that the states hang on, absolute; undefined where nobody asked, or they are not known. */
  readonly reads?: readonly string[] | undefined;
}

/** A figure of a stage, with what the baseline reached where there is one. */
export interface StageMetric {
  readonly name: string;
  readonly value: number;
  readonly baseline?: number | undefined;
}

/** The version that a stage registered or found. */
export interface RegisteredVersion {
  readonly name: string;
  readonly version: number;
  /** The alias that names it now. */
  readonly alias?: string | undefined;
  /** The alias that was to name it and was not moved, with the reason in one sentence. */
  readonly withheld?: { readonly alias: string; readonly reason: string } | undefined;
}

/** What became of a stage in one run of the pipeline. */
export interface StageOutcome {
  readonly name: string;
  readonly kind: string;
  /** `done`, `unchanged`, `failed`, `cancelled` or `blocked`; in a plan `stale` or `unchanged`. */
  readonly state: StageState;
  /** Why it ran or would run, or what stopped it, as sentences. */
  readonly reasons: readonly string[];
  /** Of this execution; for an unchanged stage, of the earlier one. */
  readonly durationMs: number | undefined;
  readonly runId: string | undefined;
  readonly metrics: readonly StageMetric[];
  readonly registered: RegisteredVersion | undefined;
  /** Relative to the project, with `/`. */
  readonly outputs: readonly string[];
  /** The report a person can open, relative to the project. */
  readonly report: string | undefined;
  /** What the user should know. */
  readonly notes: readonly string[];
  readonly error: ErrorRecord | undefined;
}

/** What a run of the pipeline did; for a dry run, what it would do. */
export interface PipelineResult {
  readonly root: string;
  /** Undefined for a dry run. */
  readonly jobId: string | undefined;
  readonly state: 'planned' | 'succeeded' | 'failed' | 'cancelled';
  readonly exitCode: number;
  readonly durationMs: number;
  /** In running order. */
  readonly stages: readonly StageOutcome[];
  /** The first failure. */
  readonly error: ErrorRecord | undefined;
}
