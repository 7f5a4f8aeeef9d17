/** What the nodes of the three views stand for, as menus hand them to commands, and how lenses and pages name the same. */
import type { ErrorRecord } from '../../base/errors.ts';
import type { Job } from '../../protocol/job.ts';
import type { ModelVersion, RegisteredModel } from '../../protocol/model.ts';
import type { Pipeline, StageSummary } from '../../protocol/pipeline.ts';
import type { RunOverview } from '../../protocol/run.ts';

export type PipelineItem =
  | { readonly type: 'project'; readonly root: string; readonly pipeline: Pipeline }
  | { readonly type: 'job'; readonly root: string; readonly job: Job }
  | { readonly type: 'stage'; readonly root: string; readonly stage: StageSummary }
  | { readonly type: 'problem'; readonly root: string; readonly error: ErrorRecord };

export interface FigureItem {
  readonly type: 'figure';
  readonly root: string;
  readonly name: string;
  readonly value: string;
}

export type RunItem =
  | {
      readonly type: 'experiment';
      readonly root: string;
      readonly name: string;
      readonly runs: readonly RunOverview[];
      readonly all: readonly RunOverview[];
    }
  | {
      readonly type: 'run';
      readonly root: string;
      readonly run: RunOverview;
      readonly children: readonly RunOverview[];
      readonly all: readonly RunOverview[];
    }
  | {
      readonly type: 'group';
      readonly id: string;
      readonly root: string;
      readonly title: string;
      readonly icon: string;
      readonly figures: readonly FigureItem[];
    }
  | FigureItem
  | { readonly type: 'runProblem'; readonly root: string; readonly error: ErrorRecord };

export type ModelVersionItem =
  | { readonly type: 'model'; readonly root: string; readonly model: RegisteredModel }
  /** `run`: that made it, where it is known. */
  | { readonly type: 'version'; readonly root: string; readonly version: ModelVersion; readonly run: RunOverview | undefined }
  | { readonly type: 'alias'; readonly root: string; readonly version: ModelVersion; readonly alias: string }
  | { readonly type: 'modelProblem'; readonly root: string; readonly error: ErrorRecord };

/** A stage as a code lens names it. */
export interface StageReference {
  readonly root: string;
  readonly stage: string;
}

export interface RunReference {
  readonly root: string;
  readonly runId: string;
}

/** The evaluation of a run. */
export interface ReportReference extends RunReference {
  /** The evaluate stage to show first. */
  readonly stage?: string;
}
