/** What planning asks of each kind of stage: cheap, so that views plan without the code that executes. */
import type { CheckSummary, StageMetric } from '../../../protocol/pipeline.ts';
import type { Project } from '../../project/definitions/project.ts';
import type { StageSpec } from '../../project/definitions/stage.ts';
import type { KeyRecord } from '../key/cacheKey.ts';
import type { StageExecution, StageResult } from '../records/stageResult.ts';

/** What a stage's key is made of; whatever is resolved adds to it. */
export interface KeyParts {
  readonly values: Record<string, string>;
  readonly inputs: Record<string, string>;
  readonly local: Record<string, string>;
}

export interface ResolveOptions {
  readonly asOf: Date;
  /** Results of the stages before, by name. */
  readonly upstream: ReadonlyMap<string, StageResult>;
  /** Values of the environment that the project file refers to: the record holds their hashes. */
  readonly secrets?: readonly string[] | undefined;
  /** Start no other process: the interpreter's packages are taken as they were in the earlier record, or as unknown. */
  readonly quick?: { readonly earlier: KeyRecord | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One stage that is being resolved. */
export interface Resolution {
  readonly project: Project;
  /** Of the stage. */
  readonly name: string;
  readonly parts: KeyParts;
  readonly options: ResolveOptions;
}

/** A stage whose key is known. */
export interface Resolved<Given> {
  readonly record: KeyRecord;
  readonly key: string;
  /** What was found for its executor. */
  readonly given: Given;
}

export interface StandingResult {
  /** The earlier execution that stands; undefined when the stage has to run. */
  readonly execution: StageExecution | undefined;
  /** Why it has to run. */
  readonly reasons: readonly string[];
}

export interface StagePlan<Spec extends StageSpec, Given> {
  /** Raised when equal inputs would give other output: another chart in a report, a formula mended. A row more in a table tells by itself. */
  readonly revision: number;
  /** Adds what the kind alone depends on, and finds what its executor is given. */
  readonly resolve: (stage: Spec, resolution: Resolution) => Promise<Given>;
  /** Whether an earlier result stands, where that is not a matter of the cache. */
  findStanding?(
    stage: Spec,
    resolved: Resolved<Given>,
    at: { readonly root: string; readonly name: string; readonly earlier: StageExecution | undefined },
  ): Promise<StandingResult>;
  /** Whether the result is a run of its own, without which it does not stand. */
  readonly opensRun: (stage: Spec) => boolean;
  /** What is tried of it on a sample of the rows; undefined: nothing. */
  readonly sampled: (stage: Spec) => Spec | undefined;
  /** The name of the figure that tells of its result. Default: what says most of a model. */
  readonly headline?: (metrics: readonly StageMetric[]) => string | undefined;
  /** The verdict of its latest check of a data set. */
  readonly readCheck?: (root: string, name: string) => Promise<CheckSummary | undefined>;
}
