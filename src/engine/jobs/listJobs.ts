/** Jobs as any window or terminal sees them. */
import { existsSync } from 'node:fs';
import type { Job, JobEvent, JobState } from '../../protocol/job.ts';
import { jobIds, jobPaths, readJobEvents, readJobRecord, readJobResult } from './jobFolder.ts';
import { backendOf } from './backendOf.ts';
import { deathResult } from './reapJobs.ts';

/** The code of the error by which a run is refused while another has the project. */
export const busyCode = 'project.busy';

/**
 * Every job of the project, newest first. A job that died unseen is shown as one that did; nothing is written for it. One that
 * was refused because another had the project never began, and is none.
 */
export async function listJobs(root: string, options: { limit?: number } = {}): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const id of (await jobIds(root)).reverse()) {
    if (jobs.length >= (options.limit ?? Infinity)) break;
    const job = await readJob(root, id);
    if (job !== undefined && job.result?.error?.code !== busyCode) jobs.push(job);
  }
  return jobs;
}

/** One job; undefined where there is none of this id. */
export async function readJob(root: string, id: string): Promise<Job | undefined> {
  const record = await readJobRecord(root, id);
  if (record === undefined) return undefined;
  const alive = await backendOf(record).isAlive(root, id);
  const written = await readJobResult(root, id); // after that: a job writes its result before it ends
  const events = await readJobEvents(root, id);
  const result = written ?? (alive ? undefined : deathResult(existsSync(jobPaths(root, id).cancel), events.at(-1)?.at ?? record.startedAt));
  const state: JobState = result?.state ?? 'running';
  return { record, state, result, activity: activityOf(events) };
}

/** Whether the job still runs; that its files say nothing of its end does not mean that it does. */
export async function isJobAlive(root: string, id: string): Promise<boolean> {
  return backendOf(await readJobRecord(root, id)).isAlive(root, id);
}

function activityOf(events: readonly JobEvent[]): string | undefined {
  const event = events.findLast(({ type }) => type === 'progress' || type === 'stage');
  if (event?.type === 'progress') return `${event.stage}: ${event.message}`;
  return event?.type === 'stage' ? `${event.stage}: ${event.state}` : undefined;
}
