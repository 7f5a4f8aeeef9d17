/** Jobs as processes of this machine: alive as long as they hold the lock in their folder, asked to stop by a file, ended by their id. */
import { existsSync, watch } from 'node:fs';
import { delay, throwIfCancelled } from '../../../base/abort.ts';
import { readFrom, readIfPresent } from '../../../base/boundedRead.ts';
import { entryPoint } from '../../../base/entryPoint.ts';
import { AppError } from '../../../base/errors.ts';
import { writeAtomic } from '../../../base/files.ts';
import { isLocked, takeLock } from '../../../base/lock.ts';
import { endRecorded, processStartTime, startDetached } from '../../../base/process.ts';
import { userMark } from '../../../base/userMark.ts';
import type { JobEvent, JobRecord } from '../../../protocol/job.ts';
import { graces } from '../graces.ts';
import { childMarkText, isOwnJob, jobPaths, parseJobEvents, readJobResult } from '../jobFolder.ts';
import type { DeadJob, JobBackend, StartedJob, StartOptions } from './jobBackend.ts';

/** Tells a detached process which job it is. */
export const jobIdVariable = 'MILLWRIGHT_JOB_ID';

const cancelPollMs = 50;
const followPollMs = 300;

export const processBackend: JobBackend = { start, isAlive, cancel, follow, reap };

async function start(root: string, id: string, command: readonly string[], options: StartOptions): Promise<StartedJob> {
  const logPath = jobPaths(root, id).console;
  const { pid } = await startDetached(options.runtime ?? process.execPath, ['--no-warnings', entryPoint('cli'), ...command], {
    cwd: root,
    env: { ...options.env, [jobIdVariable]: id },
    logPath,
  });
  return {
    isGone: async () => (await processStartTime(pid)) === undefined,
    printed: async () => (await readIfPresent(logPath)) ?? '',
  };
}

async function isAlive(root: string, id: string): Promise<boolean> {
  return Promise.resolve(isHeld(jobPaths(root, id).lock));
}

/** A lock file that is none belongs to no living job. */
function isHeld(lock: string): boolean {
  try {
    return isLocked(lock);
  } catch (error) {
    if (AppError.is(error, 'lock.damaged')) return false;
    throw error;
  }
}

/** In three steps: ask by file, wait, end the process. */
async function cancel(root: string, record: JobRecord): Promise<void> {
  const paths = jobPaths(root, record.id);
  if (!existsSync(paths.cancel)) await writeAtomic(paths.cancel, '');
  if (await releasedWithin(paths.lock, graces.job)) return;
  if (await isOwnJob(root, record)) await endRecorded(record.pid, record.processStartTime);
  await releasedWithin(paths.lock, graces.job);
}

async function releasedWithin(lock: string, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline;) {
    if (!isLocked(lock)) return true;
    await delay(cancelPollMs);
  }
  return false;
}

async function reap(root: string, record: JobRecord): Promise<DeadJob | undefined> {
  const { lock: path } = jobPaths(root, record.id);
  const lock = isHeld(path) ? undefined : await takeLock(path, { patienceMs: 0 });
  if (lock === undefined) return undefined;
  return {
    endChildren: async (events) => endChildren(record.id, events),
    [Symbol.dispose]: () => {
      lock.release();
    },
  };
}

/** A process is ended where this user's own mark says that it is a child of the job, never by what a file claims alone. */
async function endChildren(id: string, events: readonly JobEvent[]): Promise<void> {
  const mark = await userMark();
  for (const event of events) {
    if (event.type === 'child' && mark.isOn(childMarkText(id, event), event.mark)) await endRecorded(event.pid, event.processStartTime);
  }
}

async function* follow(root: string, id: string, signal: AbortSignal | undefined): AsyncGenerator<JobEvent, void> {
  const paths = jobPaths(root, id);
  let offset = 0;
  for (;;) {
    throwIfCancelled(signal);
    const ended = (await readJobResult(root, id)) !== undefined || !isHeld(paths.lock);
    for (;;) {
      const part = await readWholeLines(paths.events, offset);
      if (part === undefined) break;
      offset += part.bytes;
      for (const event of parseJobEvents(part.text)) yield event;
    }
    if (ended) return;
    await changed(paths.folder, signal);
  }
}

/** The next whole lines from `offset`, or undefined when there is none yet. */
async function readWholeLines(path: string, offset: number): Promise<{ text: string; bytes: number } | undefined> {
  const part = await readFrom(path, offset, 4 << 20);
  const end = (part?.lastIndexOf(0x0a) ?? -1) + 1;
  return part === undefined || end === 0 ? undefined : { text: part.toString('utf8', 0, end), bytes: end };
}

/** Resolves at the next change in the folder, at the latest after {@link followPollMs}. */
async function changed(folder: string, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      watcher?.close();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, followPollMs);
    const watcher = tryWatch(folder, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

function tryWatch(folder: string, listener: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, listener);
    watcher.on('error', () => {
      watcher.close(); // the timer goes on looking
    });
    return watcher;
  } catch {
    return undefined; // no notification here (network file systems, too many watches): the timer looks
  }
}
