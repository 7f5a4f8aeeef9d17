/** Starts a `millwright` command as a job that outlives this process. */
import { delay } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { makeFolder } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { ensureStateFolder } from '../../base/stateFolder.ts';
import type { Job } from '../../protocol/job.ts';
import { backendOf } from './backendOf.ts';
import type { StartedJob, StartOptions } from './backends/jobBackend.ts';
import { createJobId, jobPaths, readJobEvents } from './jobFolder.ts';
import { readJob } from './listJobs.ts';

const pollMs = 50;
const patienceMs = 60_000;

export interface DetachOptions extends StartOptions {
  readonly signal?: AbortSignal;
}

/**
 * Starts `millwright <command…>` in the project folder.
 * @returns the job, once it has loaded its code and reported `started`, or has already ended
 * @throws AppError `jobs.notStarted` when its process ended (or said nothing for a minute) before it became a job; CancelledError
 */
export async function startDetachedJob(root: string, command: readonly string[], options: DetachOptions = {}): Promise<Job> {
  await ensureStateFolder(root);
  const id = createJobId();
  await makeFolder(jobPaths(root, id).folder);
  const started = await backendOf(undefined).start(root, id, command, options);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const job = await readJob(root, id);
    if (job !== undefined && (job.state !== 'running' || (await hasStarted(root, id)))) return job;
    const gone = await started.isGone();
    if (gone && job === undefined && (await readJob(root, id)) === undefined) throw await notStarted(started, command);
    if (Date.now() > deadline) return job ?? Promise.reject(await notStarted(started, command));
    await delay(pollMs, options.signal);
  }
}

async function hasStarted(root: string, id: string): Promise<boolean> {
  return (await readJobEvents(root, id)).some(({ type }) => type === 'started');
}

async function notStarted(started: StartedJob, command: readonly string[]): Promise<AppError> {
  const printed = (await started.printed()).trim();
  const args = { command: command.join(' '), output: printed.split('\n').slice(-5).join('\n') };
  return new AppError('jobs.notStarted', t('"millwright {command}" ended before it began. {output}', args).trim(), {
    kind: 'environment',
    args,
    remedy: t('Run the command in a terminal to see everything it says.'),
  });
}
