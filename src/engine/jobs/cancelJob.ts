/** Stops a job in three steps: ask by file, wait, end its processes. */
import { existsSync } from 'node:fs';
import { delay } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { isLocked } from '../../base/lock.ts';
import { endRecorded } from '../../base/process.ts';
import type { StateReader } from '../safety/change.ts';
import { graces } from './graces.ts';
import { isOwnJob, jobPaths, readJobRecord } from './jobFolder.ts';
import { reapJob } from './reapJobs.ts';

const pollMs = 50;

/**
 * Asks the job to stop and, when it does not, ends it. Returns once it is gone; a job that has ended is left as it is.
 * @param stateOf see `AbandonedChanges`
 * @throws AppError `jobs.unknown` (kind usage)
 */
export async function cancelJob(root: string, id: string, stateOf?: StateReader): Promise<void> {
  const record = await readJobRecord(root, id);
  if (record === undefined) {
    throw new AppError('jobs.unknown', t('There is no job {id} in {root}.', { id, root }), {
      kind: 'usage',
      args: { id, root },
      remedy: t('See the jobs with "millwright jobs".'),
    });
  }
  const paths = jobPaths(root, id);
  if (!isLocked(paths.lock)) {
    await reapJob(root, id, ['cancel', id], stateOf);
    return;
  }
  if (!existsSync(paths.cancel)) await writeAtomic(paths.cancel, '');
  if (!(await releasedWithin(paths.lock, graces.job))) {
    if (await isOwnJob(root, record)) await endRecorded(record.pid, record.processStartTime);
    await releasedWithin(paths.lock, graces.job);
  }
  await reapJob(root, id, ['cancel', id], stateOf);
}

async function releasedWithin(lock: string, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline;) {
    if (!isLocked(lock)) return true;
    await delay(pollMs);
  }
  return false;
}
