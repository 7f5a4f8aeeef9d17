/** Killing the processes of a job, as a power cut or the system's memory killer would. */
import { jobPaths, readJobEvents } from '../../src/engine/jobs/jobFolder.ts';
import { listJobs } from '../../src/engine/jobs/listJobs.ts';
import { isLocked } from '../../src/base/lock.ts';
import { isAlive, until } from './millwright.ts';

export const pause = async (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      continue; // it has ended already
    }
  }
}

/** The processes that the newest job has recorded. */
export async function childrenOfNewest(root: string): Promise<{ job: number | undefined; children: number[] }> {
  const [job] = await listJobs(root, { limit: 1 });
  if (job === undefined) return { job: undefined, children: [] };
  const events = await readJobEvents(root, job.record.id);
  return { job: job.record.pid, children: events.flatMap((event) => (event.type === 'child' ? [event.pid] : [])).filter(isAlive) };
}

/** Waits until no process holds a job. */
export async function jobsToEnd(root: string, context: string): Promise<void> {
  await until(
    async () => (await listJobs(root)).every(({ record }) => !isLocked(jobPaths(root, record.id).lock)),
    `${context}: jobs to end`,
  );
}
