/**
 * The interface of every place that holds runs; reading and writing are apart, so that only changes reach a writer.
 * Everything is asynchronous: the store may be busy for a moment, or be a server.
 */
import type { MetricPoint, Run, RunInput, RunStatus, RunSummary } from '../../../protocol/run.ts';
import type { Page, PageQuestion, Question } from './pages.ts';

export interface RunQuery extends PageQuestion {
  /** The experiment's name; default: all experiments. */
  readonly experiment?: string;
  /** Only these runs. */
  readonly ids?: readonly string[];
  /** Only the runs nested in one of these. */
  readonly parents?: readonly string[];
  /** Only runs that are nested in none that is listed. */
  readonly topLevel?: boolean;
  /** Only runs that carry all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Only runs whose id or name starts with this. */
  readonly startsWith?: string;
  /**
   * Only runs that were started then or before; milliseconds since 1970 UTC. There is no bound below: what was changed for a run is said by
   * the run before it, so lists read on beyond what they show.
   */
  readonly startedUntil?: number;
  readonly includeDeleted?: boolean;
}

export interface HistoryQuery extends Question {
  readonly runIds: readonly string[];
  /** Default: all of the runs' metrics. */
  readonly metrics?: readonly string[];
}

/** By the run's id, then by metric, every value by step, then time; without runs and metrics that have none. */
export type RunHistories = ReadonlyMap<string, Readonly<Record<string, readonly MetricPoint[]>>>;

/** Every answer may be CancelledError. */
export interface TrackingReader extends AsyncDisposable {
  /** Newest first, without measurements: what a list shows at once, however many metrics there are. */
  summaries(query?: RunQuery): Promise<Page<RunSummary>>;
  /** Newest first, with parameters, tags, inputs and the latest value of each metric. */
  runs(query?: RunQuery): Promise<Page<Run>>;
  run(id: string, question?: Question): Promise<Run | undefined>;
  histories(query: HistoryQuery): Promise<RunHistories>;
  /**
   * Whether a program died while it wrote to the store. What it left is never among the answers, and the next writer undoes it.
   * Only of stores that this can happen to.
   */
  isHalfDone?(question?: Question): Promise<boolean>;
  /**
   * A number that grows whenever somebody else has committed a change, or the store was replaced or removed.
   * Only of stores that can tell without reading what changed.
   */
  revision?(): Promise<number>;
}

export interface NewRun {
  /** The experiment's name. */
  readonly experiment: string;
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly user: string;
  readonly parentId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Metric extends MetricPoint {
  readonly key: string;
}

/** What can be logged to a run in one step. */
export interface RunEntries {
  readonly params?: Readonly<Record<string, string>>;
  readonly metrics?: readonly Metric[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly inputs?: readonly RunInput[];
}

/**
 * Each call is whole or nothing.
 * @throws AppError from every method: `tracking.runNotFound`, `tracking.runDeleted`, `tracking.busy`, `tracking.readOnly`,
 * `files.diskFull`, `files.notWritable`, `tracking.damaged`
 */
export interface TrackingWriter extends AsyncDisposable {
  /** Creates the experiment where it is missing. @throws AppError `tracking.experimentDeleted`, `tracking.badName` */
  createRun(run: NewRun): Promise<RunSummary>;
  /**
   * Adds to a run. A parameter is written once, the same value again is accepted; a metric value that is there already is
   * not repeated; a tag is replaced; a data set counts once per run.
   * @throws AppError `tracking.paramChanged`, `tracking.badName`, `tracking.badMetric`
   */
  log(runId: string, entries: RunEntries): Promise<void>;
  /**
   * Copies a file or folder to the run's artifacts, replacing what was there; readers see the old or the new.
   * @param name path below the run's artifact folder, with `/`
   * @returns where the copy lies, as a run's `artifactUri` says it
   * @throws AppError `files.outsideProject`, `tracking.remoteArtifacts`
   */
  logArtifact(runId: string, source: string, name: string): Promise<string>;
  /**
   * Copies a model folder (one with an `MLmodel` file) to the run's artifacts, and makes it one of the run's models.
   * @returns where the copy lies, as a run's `artifactUri` says it
   * @throws AppError `tracking.notAModel` and those of {@link TrackingWriter.logArtifact}
   */
  logModel(runId: string, folder: string, name: string): Promise<string>;
  /** Ends a run that is still going. @returns false when it had ended before (then nothing changes) */
  endRun(runId: string, status: Exclude<RunStatus, 'RUNNING' | 'SCHEDULED'>, endedAt: number): Promise<boolean>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
}
