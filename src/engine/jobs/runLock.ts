/** One `run` per project at a time. */
import { delay } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { takeLock, type Lock } from '../../base/lock.ts';
import { ensureStateFolder, statePath } from '../../base/stateFolder.ts';
import { busyCode, readJob } from './listJobs.ts';

const patienceMs = 2000;
const retryMs = 250;

export interface RunLockOptions {
  /** Named to whoever finds the project busy. */
  readonly jobId: string;
  /** Wait for the present run to end. */
  readonly wait: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Takes the project's run lock.
 * @throws AppError `project.busy` (kind busy), naming the job that runs; CancelledError while waiting
 */
export async function takeRunLock(root: string, { jobId, wait, signal }: RunLockOptions): Promise<Lock> {
  await ensureStateFolder(root);
  for (;;) {
    const lock = await takeLock(statePath(root, 'run.lock'), {
      patienceMs: wait ? 0 : patienceMs,
      ...(signal === undefined ? {} : { signal }),
    });
    if (lock !== undefined) {
      await writeAtomic(statePath(root, 'run.holder'), jobId);
      return lock;
    }
    if (!wait) throw await busy(root);
    await delay(retryMs, signal);
  }
}

async function busy(root: string): Promise<AppError> {
  const id = (await readIfPresent(statePath(root, 'run.holder'))) ?? '';
  const job = id === '' ? undefined : await readJob(root, id);
  const args = { root, job: id, title: job?.record.title ?? t('another run') };
  return new AppError(busyCode, t('The project {root} is busy: {title} (job {job}) is running.', args), {
    kind: 'busy',
    args,
    remedy: t('Wait until it has ended, or stop it.'),
    inTerminal: t('"--wait" waits for it, "millwright cancel {job}" stops it.', args),
  });
}
