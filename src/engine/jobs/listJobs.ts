/** Jobs as any window or terminal sees them. */
import { isLocked } from '../../base/lock.ts';
import type { Job, JobEvent, JobState } from '../../protocol/job.ts';
import { jobIds, jobPaths, readJobEvents, readJobRecord, readJobResult } from './jobFolder.ts';

/** Every job of the project, newest first. A job that died unseen counts as failed until it is reaped. */
export async function listJobs(root: string, options: { limit?: number } = {}): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const id of (await jobIds(root)).reverse()) {
    if (jobs.length >= (options.limit ?? Infinity)) break;
    const job = await readJob(root, id);
    if (job !== undefined) jobs.push(job);
  }
  return jobs;
}

/** One job; undefined where there is none of this id. */
export async function readJob(root: string, id: string): Promise<Job | undefined> {
  const record = await readJobRecord(root, id);
  if (record === undefined) return undefined;
  const alive = isLocked(jobPaths(root, id).lock);
  const result = await readJobResult(root, id); // after the lock: a job writes its result before it lets go
  const state: JobState = result?.state ?? (alive ? 'running' : 'failed');
  return { record, state, result, activity: activityOf(await readJobEvents(root, id)) };
}

function activityOf(events: readonly JobEvent[]): string | undefined {
  const event = events.findLast(({ type }) => type === 'progress' || type === 'stage');
  if (event?.type === 'progress') return `${event.stage}: ${event.message}`;
  return event?.type === 'stage' ? `${event.stage}: ${event.state}` : undefined;
}
