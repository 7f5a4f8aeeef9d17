/** A project's stages as every face shows them. */
import type { ErrorRecord, SourceRange } from '../base/errors.ts';
import type { Job, StageState } from './job.ts';

export interface StageSummary {
  readonly name: string;
  /** `validate`, `train`, `evaluate`, `register`, `predict`, or `run` for a command of the user's. */
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
  /** The metric to show beside the stage. */
  readonly metric: { readonly name: string; readonly value: number } | undefined;
}

export interface Pipeline {
  /** Real path of the project folder. */
  readonly root: string;
  readonly name: string;
  readonly stages: readonly StageSummary[];
  readonly jobs: readonly Job[];
  /** Why the project file cannot be used; then `stages` is what could still be read. */
  readonly errors: readonly ErrorRecord[];
}
