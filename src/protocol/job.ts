/** Jobs: detached `millwright` commands that speak through files in `.millwright/jobs/<id>/`. */
import type { ErrorRecord } from '../base/errors.ts';
import type { Environment } from './audit.ts';

/** Where jobs run. */
export const jobPlaces = ['process'] as const;
export type JobPlace = (typeof jobPlaces)[number];

/** How a job can have ended. */
export const jobOutcomes = ['succeeded', 'failed', 'cancelled'] as const;
export type JobState = 'running' | (typeof jobOutcomes)[number];

/** `job.json`: written once, after the job's lock is held. */
export interface JobRecord {
  readonly version: 1;
  /** UUIDv7, so that names sort by time. */
  readonly id: string;
  /** The command as a user would type it: `['run', 'train', '--set', 'params.x=1']`. */
  readonly command: readonly string[];
  readonly title: string;
  /** Real path of the project folder. */
  readonly project: string;
  /** Where it runs; default, in records of earlier versions: a process of this machine. */
  readonly place?: JobPlace | undefined;
  readonly pid: number;
  readonly processStartTime: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  readonly user: string;
  /** Whose safeguards count for what ends the job when it dies. */
  readonly environment?: Environment;
  /** The mark of the user and machine that made the job: without it nobody ends anything in its name. */
  readonly mark?: string;
}

/** A line of `events.jsonl`. `at` is in milliseconds since 1970 UTC. */
export type JobEvent = { readonly at: number } & (
  | { readonly type: 'started' }
  | { readonly type: 'planned'; readonly stages: readonly string[] }
  | {
      readonly type: 'stage';
      readonly stage: string;
      readonly state: StageState;
      readonly reason?: string;
      readonly durationMs?: number;
      readonly runId?: string;
      readonly error?: ErrorRecord;
    }
  | {
      readonly type: 'progress';
      readonly stage: string;
      readonly message: string;
      readonly fraction?: number;
      readonly remainingMs?: number;
    }
  | { readonly type: 'log'; readonly stage?: string; readonly level: LogLevel; readonly message: string }
  /** A child process, recorded so that whoever reaps a dead job can end it. */
  | { readonly type: 'child'; readonly pid: number; readonly processStartTime: string | undefined; readonly mark?: string }
  /** A tracked run that is open; ended by whoever reaps a dead job. */
  | { readonly type: 'run'; readonly runId: string }
);

/** A {@link JobEvent} before it is stamped. */
export type JobEventBody = JobEvent extends infer E ? (E extends { at: number } ? Omit<E, 'at'> : never) : never;

export const logLevels = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `result.json`: written last, once, whole. */
export interface JobResult {
  readonly version: 1;
  readonly state: (typeof jobOutcomes)[number];
  readonly endedAt: number;
  readonly exitCode: number;
  readonly error?: ErrorRecord;
}

/** A job as every window and terminal shows it. */
export interface Job {
  readonly record: JobRecord;
  readonly state: JobState;
  readonly result: JobResult | undefined;
  /** The newest stage or progress event's words. */
  readonly activity: string | undefined;
}

/**
 * A stage of a pipeline, now or in its last run.
 * `unchanged`: its key matches and its outputs are there. `stale`: it would run. `blocked`: a stage it needs failed.
 */
export const stageStates = ['stale', 'unchanged', 'waiting', 'running', 'done', 'failed', 'cancelled', 'blocked'] as const;
export type StageState = (typeof stageStates)[number];
