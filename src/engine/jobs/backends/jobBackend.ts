/** The interface of every place where jobs run. What a job says and how it ended is in its folder, wherever it runs. */
import type { JobEvent, JobRecord } from '../../../protocol/job.ts';

export interface StartOptions {
  /** The Node to run it on; default: the one running now. */
  readonly runtime?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What was started, and is about to become a job. */
export interface StartedJob {
  /** Whether it ended before or after it became one. */
  isGone(): Promise<boolean>;
  /** What it printed outside of its log: why it never became one. */
  printed(): Promise<string>;
}

/** A job that died, in the hands of the one process that ends what it left behind. */
export interface DeadJob extends Disposable {
  /** Ends the processes that it started, and none of somebody else's. */
  endChildren(events: readonly JobEvent[]): Promise<void>;
}

export interface JobBackend {
  /** Starts `millwright <command…>` as the job of this id, which outlives this process. */
  start(root: string, id: string, command: readonly string[], options: StartOptions): Promise<StartedJob>;
  /** A job that is not alive and has written no result has died. */
  isAlive(root: string, id: string): Promise<boolean>;
  /** Asks a job to stop and, when it does not, ends it. Returns once it is gone, or after the graces. */
  cancel(root: string, record: JobRecord): Promise<void>;
  /**
   * Yields what was written so far, then what comes; ends after the last event of a job that ended (or died).
   * @throws CancelledError when the signal fires
   */
  follow(root: string, id: string, signal: AbortSignal | undefined): AsyncGenerator<JobEvent, void>;
  /** Takes hold of a job that died; undefined where it lives, or another process is ending it. */
  reap(root: string, record: JobRecord): Promise<DeadJob | undefined>;
}
