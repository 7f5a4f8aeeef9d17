/** Stops a job, wherever it runs. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { StateReader } from '../safety/change.ts';
import { backendOf } from './backendOf.ts';
import { readJobRecord } from './jobFolder.ts';
import { reapJob } from './reapJobs.ts';

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
  const backend = backendOf(record);
  if (await backend.isAlive(root, id)) await backend.cancel(root, record);
  await reapJob(root, id, ['cancel', id], stateOf);
}
