/** What the editor asks of the engine process, and what the engine tells of its own accord. Every request names its project's root. */
import type { Environment } from '../audit.ts';
import { command, event, query, trustedQuery } from './contract.ts';
import type { Column, DatasetProfile, ProjectProposal, ProposalChoices } from '../dataset.ts';
import type { Probe } from '../doctor.ts';
import type { EvaluationReport } from '../evaluation.ts';
import type { Job, JobEvent, JobResult, LogLevel } from '../job.ts';
import type { RegisteredModel } from '../model.ts';
import type { Pipeline, StageValidation } from '../pipeline.ts';
import type { LaidOutGraph } from '../graph/pipelineGraph.ts';
import type { ProjectEdit, TextChange } from '../repairs.ts';
import type { RunOverview, RunSheet } from '../run.ts';

/** What a change was about, so that only what shows it is asked for again. */
export type ChangedPart = 'project' | 'tracking' | 'jobs';

/** What staging and production ask of a change. */
export interface ChangePermissions {
  readonly ticket?: string;
  readonly approvedBy?: string;
}

export interface StartRun extends ChangePermissions {
  readonly root: string;
  /** Left out: the whole pipeline. */
  readonly stages?: readonly string[];
  /** Also every stage that comes after the ones named. */
  readonly downstream?: boolean;
  /** Run the named stages even where nothing changed. */
  readonly force?: boolean;
  readonly note?: string;
}

export interface AliasChange extends ChangePermissions {
  readonly root: string;
  readonly model: string;
  readonly alias: string;
}

export interface ProposalRequest extends ProposalChoices {
  /** The data file. */
  readonly path: string;
  /** The folder the project file would lie in. */
  readonly root: string;
}

/** What is registered, and the runs that the versions came from, however old, also deleted ones. */
export interface RegistryView {
  readonly models: readonly RegisteredModel[];
  readonly runs: readonly RunOverview[];
}

export const engineContract = {
  /** The folders at or below the given ones, two levels deep, that hold a `millwright.yaml`; real paths, sorted. */
  projects: query<{ folders: readonly string[] }, readonly string[]>(),

  /** Which projects the editor shows now: `changed` is told of these until the next call. */
  watch: query<{ roots: readonly string[] }, null>(),

  /** The stages with their states, and the jobs. */
  pipeline: query<{ root: string }, Pipeline>().in('stores'),

  /** Data, stages, models and outputs as a graph with its places; without states, which the pipeline has. */
  graph: query<{ root: string }, LaidOutGraph>().in('stores'),

  /** The runs of the project's store, newest first; none where there is no store yet. */
  runs: query<{ root: string; limit: number }, readonly RunOverview[]>().in('stores'),

  /** Everything that is known of one run. */
  run: query<{ root: string; runId: string }, RunSheet>().in('stores'),

  /** The evaluation reports of a run, in the order of their making; empty where it was never evaluated. */
  reports: query<{ root: string; runId: string }, readonly EvaluationReport[]>().in('stores'),

  /** The latest check of a validate stage, also one that failed; null where it was never checked. */
  validation: query<{ root: string; stage: string }, StageValidation | null>().in('stores'),

  /** The registry of the project's store. */
  models: query<{ root: string }, RegistryView>().in('stores'),

  /**
   * Sends a job's events from its first on as `jobEvent`, and answers when the job has ended.
   * Cancelling the request ends the following, not the job.
   */
  followJob: query<{ root: string; jobId: string }, JobResult>(),

  /** The environment that counts for the project, or null where the user must be asked. Fails with what is wrong in the project file. */
  environment: query<{ root: string }, Environment | null>().in('stores'),

  /** Remembers the user's answer for this project. */
  rememberEnvironment: command<{ root: string; environment: Environment }, null>().in('stores'),

  /** Starts a detached `millwright run`, and answers once its job is recorded. */
  startRun: command<StartRun, Job>(),

  /** Asks a job to stop, and ends it where it does not; answers when it is gone. */
  cancelJob: command<{ root: string; jobId: string }, null>(),

  /** Moves an alias to a version, with a line in the audit log and a way back. */
  setAlias: command<AliasChange & { version: number }, null>().in('stores'),

  /** Takes an alias away from the version it names. */
  deleteAlias: command<AliasChange, null>().in('stores'),

  /** The columns of a data set as its files hold them; `text` is the project file where it is not saved. */
  columns: trustedQuery<{ root: string; dataset: string; text?: string }, readonly Column[]>().in('data'),

  /** Statistics of a data file. */
  profile: trustedQuery<{ path: string }, DatasetProfile>().in('data'),

  /** A project for a data file; the target is proposed where none is given. */
  propose: trustedQuery<ProposalRequest, ProjectProposal>().in('data'),

  /** The change of the project file's text that makes an edit; nothing is written. */
  editProject: query<{ text: string; edit: ProjectEdit }, TextChange>(),

  /** Writes a project file (never over an existing one) and its `.gitignore` lines; answers with its path. */
  createProject: command<{ root: string; yaml: string }, { file: string }>(),

  /** What this machine has, and why something is missing. */
  doctor: trustedQuery<{ root: string | undefined }, readonly Probe[]>().in('data'),

  /** The user has trusted the workspace. */
  trustGranted: event<null>(),
} as const;

export const engineEvents = {
  /** Something of a watched project changed; told once for a burst of changes. */
  changed: event<{ root: string; parts: readonly ChangedPart[] }>(),

  /** A line of a followed job. */
  jobEvent: event<{ root: string; jobId: string; event: JobEvent }>(),

  /** A line for the output channel. */
  log: event<{ level: LogLevel; message: string }>(),
} as const;
