/** Starts a `millwright` command as a job that outlives this process. */
import { delay } from '../../base/abort.ts';
import { entryPoint } from '../../base/entryPoint.ts';
import { AppError } from '../../base/errors.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { makeFolder } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { processStartTime, startDetached } from '../../base/process.ts';
import { ensureStateFolder } from '../../base/stateFolder.ts';
import type { Job } from '../../protocol/job.ts';
import { jobIdVariable } from './beginJob.ts';
import { createJobId, jobPaths, readJobEvents } from './jobFolder.ts';
import { readJob } from './listJobs.ts';

const pollMs = 50;
const patienceMs = 60_000;

export interface DetachOptions {
  /** The Node to run it on; default: the one running now. */
  readonly runtime?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
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
  const paths = jobPaths(root, id);
  await makeFolder(paths.folder);
  const { pid } = await startDetached(options.runtime ?? process.execPath, ['--no-warnings', entryPoint('cli'), ...command], {
    cwd: root,
    env: { ...options.env, [jobIdVariable]: id },
    logPath: paths.console,
  });
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const job = await readJob(root, id);
    if (job !== undefined && (job.state !== 'running' || (await hasStarted(root, id)))) return job;
    const gone = (await processStartTime(pid)) === undefined;
    if (gone && job === undefined && (await readJob(root, id)) === undefined) throw await notStarted(paths.console, command);
    if (Date.now() > deadline) return job ?? Promise.reject(await notStarted(paths.console, command));
    await delay(pollMs, options.signal);
  }
}

async function hasStarted(root: string, id: string): Promise<boolean> {
  return (await readJobEvents(root, id)).some(({ type }) => type === 'started');
}

async function notStarted(consolePath: string, command: readonly string[]): Promise<AppError> {
  const printed = ((await readIfPresent(consolePath)) ?? '').trim();
  const args = { command: command.join(' '), output: printed.split('\n').slice(-5).join('\n') };
  return new AppError('jobs.notStarted', t('"millwright {command}" ended before it began. {output}', args).trim(), {
    kind: 'environment',
    args,
    remedy: t('Run the command in a terminal to see everything it says.'),
  });
}
