/** A job from the inside: the process that runs a command as a job. */
import { existsSync, watch } from 'node:fs';
import { userInfo } from 'node:os';
import { CancelledError, isCancelled } from '../../base/abort.ts';
import { appendNow } from '../../base/appender.ts';
import { AppError, exitCodes, toErrorRecord } from '../../base/errors.ts';
import { makeFolder, writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { takeLock } from '../../base/lock.ts';
import { processStartTime } from '../../base/process.ts';
import { ensureStateFolder } from '../../base/stateFolder.ts';
import { userMark } from '../../base/userMark.ts';
import type { Environment } from '../../protocol/audit.ts';
import type { JobEventBody, JobRecord, JobResult, LogLevel } from '../../protocol/job.ts';
import { jobIdVariable } from './backends/processBackend.ts';
import { childMarkText, createJobId, jobMarkText, jobPaths } from './jobFolder.ts';
import { openOutputLog } from './outputLog.ts';

const pollMs = 250;
/** Beyond this much text, log lines go to the output log only: followers read events whole. */
const eventLogBudget = 1 << 20;
const progressIntervalMs = 200;
/** The output log says how far a stage is at most so often. */
const loggedProgressMs = 10_000;

export interface RunningJob {
  readonly record: JobRecord;
  /** Fires when somebody cancels the job, or the given signal does. */
  readonly signal: AbortSignal;
  /** Writes an event for whoever follows. Progress is thinned out; everything else is kept. */
  emit(event: JobEventBody): void;
  /** A line for the log, bounded in size. */
  log(level: LogLevel, message: string, stage?: string): void;
  /** Writes the result, last and once, and lets go of the job. Undefined: it succeeded. */
  finish(error?: unknown): Promise<JobResult>;
}

export interface BeginJobOptions {
  readonly command: readonly string[];
  readonly title: string;
  /** Whose safeguards count for the job. */
  readonly environment: Environment;
  /** Ends the job too: Ctrl-C in a terminal. */
  readonly signal?: AbortSignal;
}

/**
 * Makes this process a job: takes its lock, then writes its record.
 * A detached process becomes the job it was started as (MILLWRIGHT_JOB_ID, which its own children do not inherit).
 * @param root real path of the project folder
 * @throws AppError `jobs.notStarted`, `files.diskFull`, `files.notWritable`
 */
export async function beginJob(root: string, { command, title, environment, signal }: BeginJobOptions): Promise<RunningJob> {
  await ensureStateFolder(root);
  const id = process.env[jobIdVariable] ?? createJobId();
  Reflect.deleteProperty(process.env, jobIdVariable);
  const paths = jobPaths(root, id);
  await makeFolder(paths.folder);
  const lock = await takeLock(paths.lock);
  if (lock === undefined) {
    throw new AppError('jobs.notStarted', t('Job {id} is already running in another process.', { id }), { kind: 'busy', args: { id } });
  }
  const mark = await userMark();
  const record: JobRecord = {
    version: 1,
    id,
    command,
    title,
    project: root,
    place: 'process',
    pid: process.pid,
    processStartTime: await processStartTime(process.pid),
    startedAt: Date.now(),
    user: currentUser(),
    environment,
    mark: mark.of(jobMarkText({ project: root, id, environment })),
  };
  await writeAtomic(paths.record, JSON.stringify(record));
  const cancel = watchForCancel(paths.folder, paths.cancel, signal);
  const output = openOutputLog(paths.output);
  const write = eventWriter(paths.events);
  const emit = (event: JobEventBody): void => {
    write(event.type === 'child' ? { ...event, mark: mark.of(childMarkText(id, event)) } : event);
  };
  let logged = 0;
  const isDue = everySoOften(loggedProgressMs);
  return {
    record,
    signal: cancel.signal,
    emit(event) {
      emit(event);
      if (event.type === 'progress' && isDue(event.stage)) output.write(`${progressLine(event)}\n`);
    },
    log(level, message, stage) {
      output.write(`${stage === undefined ? '' : `[${stage}] `}${message}\n`);
      if (logged > eventLogBudget) return;
      logged += message.length;
      emit({ type: 'log', level, message, ...(stage === undefined ? {} : { stage }) });
    },
    async finish(error) {
      const result = jobResult(error);
      await writeAtomic(paths.result, JSON.stringify(result));
      cancel[Symbol.dispose]();
      output[Symbol.dispose]();
      lock.release();
      return result;
    },
  };
}

/** Whether it is long enough ago that the same was asked of a name. */
function everySoOften(ms: number): (name: string) => boolean {
  const last = new Map<string, number>();
  return (name) => {
    const now = Date.now();
    if (now - (last.get(name) ?? 0) < ms) return false;
    last.set(name, now);
    return true;
  };
}

function progressLine({ stage, message, fraction }: Extract<JobEventBody, { type: 'progress' }>): string {
  return `[${stage}] ${fraction === undefined ? '' : `${Math.floor(fraction * 100)} % `}${message}`;
}

/** The name of the person at this machine. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? process.env.USERNAME ?? 'unknown'; // a container without an entry for its user
  }
}

function jobResult(error: unknown): JobResult {
  const endedAt = Date.now();
  if (error === undefined) return { version: 1, state: 'succeeded', endedAt, exitCode: exitCodes.ok };
  if (isCancelled(error)) return { version: 1, state: 'cancelled', endedAt, exitCode: exitCodes.cancelled };
  const record = toErrorRecord(error);
  return { version: 1, state: 'failed', endedAt, exitCode: exitCodes[record.kind], error: record };
}

/** Each event is one appending write, so that a reader sees whole lines but for the last. */
function eventWriter(path: string): (event: JobEventBody) => void {
  const lastProgress = new Map<string, number>();
  return (event) => {
    const at = Date.now();
    if (event.type === 'progress') {
      if (at - (lastProgress.get(event.stage) ?? 0) < progressIntervalMs && event.fraction !== 1) return;
      lastProgress.set(event.stage, at);
    }
    try {
      appendNow(path, `${JSON.stringify({ at, ...event })}\n`);
    } catch {
      return; // a full disk: the work goes on or fails by its own writes, and the result says why
    }
  };
}

interface CancelWatch extends Disposable {
  readonly signal: AbortSignal;
}

function watchForCancel(folder: string, cancelFile: string, outer: AbortSignal | undefined): CancelWatch {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(new CancelledError());
  };
  /** Whoever ends the job for good, by a second Ctrl-C, leaves a job that was cancelled. */
  const cancelled = (): void => {
    try {
      appendNow(cancelFile, '');
    } catch {
      // a full disk: it is cancelled all the same, and its result says so
    }
    abort();
  };
  const look = (): void => {
    if (existsSync(cancelFile)) abort();
  };
  if (outer?.aborted === true) cancelled();
  outer?.addEventListener('abort', cancelled, { once: true });
  const watcher = watch(folder, look);
  watcher.on('error', () => {
    watcher.close(); // the timer goes on looking
  });
  watcher.unref();
  const timer = setInterval(look, pollMs).unref(); // file systems without notification: network, containers
  look();
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      watcher.close();
      clearInterval(timer);
      outer?.removeEventListener('abort', cancelled);
    },
  };
}
