/** `millwright jobs`: what runs and what ran; `jobs follow` shows one as it goes on. */
import type { Command } from 'commander';
import { AppError, exitCodes } from '../../base/errors.ts';
import { jsonText } from '../../base/jsonText.ts';
import { t } from '../../base/localize.ts';
import type { Job } from '../../protocol/job.ts';
import { addProjectCommand, type CommandContext, type Perform, type ProjectOptions } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { parseCount } from '../arguments.ts';
import { renderJobs } from '../render/jobs.ts';

export function registerJobs(program: Command, perform: Perform): void {
  const jobs = addProjectCommand(program, 'jobs', t('list the jobs of this project, from any window or terminal'), [
    ['millwright jobs', t('the newest 20')],
    ['millwright jobs follow', t('watch the newest running job')],
    ['millwright cancel', t('stop it')],
  ])
    .option('--limit <count>', t('the most jobs to show, the newest'), parseCount, 20)
    .action(async (options) => {
      await perform(options, async ({ answer }) => {
        const { listJobs } = await import('../../engine/jobs/listJobs.ts');
        const root = await openProjectRoot(options);
        const list = await listJobs(root, { limit: options.limit });
        answer(list, (style, width) => renderJobs(list, { style, now: Date.now(), ...(width === undefined ? {} : { width }) }));
        return exitCodes.ok;
      });
    });
  addProjectCommand(jobs, 'follow [job]', t('show a job from its start on, until it ends'), [
    ['millwright jobs follow', t('the newest running job')],
    ['millwright jobs follow 0199', t('the job whose id starts so')],
  ]).action(async (id, _options, command) => {
    const options: ProjectOptions = command.optsWithGlobals();
    await perform(options, async (context) => follow(id, options, context));
  });
}

async function follow(id: string | undefined, options: ProjectOptions, context: CommandContext): Promise<number> {
  const [{ readJob }, { followJob }] = await Promise.all([
    import('../../engine/jobs/listJobs.ts'),
    import('../../engine/jobs/followJob.ts'),
  ]);
  const { signal, json, print, watched, noteFailure } = context;
  const root = await openProjectRoot(options);
  const job = await findJob(root, id);
  const events = followJob(root, job.record.id, { signal });
  if (json) {
    for await (const event of events) print(jsonText(event));
  } else {
    await watched(async (onEvent) => {
      for await (const event of events) onEvent(event);
    });
  }
  const result = (await readJob(root, job.record.id))?.result;
  if (json) print(jsonText({ type: 'result', ...result }));
  else if (result?.error !== undefined) await noteFailure(result.error);
  return result?.exitCode ?? exitCodes.internal;
}

/**
 * The job whose id starts with the text; without a text, the newest running one.
 * @throws AppError `jobs.unknown`, `jobs.ambiguous` (kind usage)
 */
export async function findJob(root: string, id: string | undefined): Promise<Job> {
  const { listJobs } = await import('../../engine/jobs/listJobs.ts');
  const jobs = await listJobs(root);
  const remedy = t('See the jobs with "millwright jobs".');
  if (id === undefined) {
    const running = jobs.find(({ state }) => state === 'running');
    if (running !== undefined) return running;
    throw new AppError('jobs.noneRunning', t('No job is running in {root}.', { root }), { kind: 'usage', args: { root }, remedy });
  }
  const matching = jobs.filter(({ record }) => record.id.startsWith(id));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (only === undefined)
    throw new AppError('jobs.unknown', t('There is no job {id} in {root}.', { id, root }), { kind: 'usage', args: { id, root }, remedy });
  throw new AppError('jobs.ambiguous', t('{count} jobs start with {id}.', { count: matching.length, id }), {
    kind: 'usage',
    args: { id },
    remedy: t('Write more of the id.'),
  });
}
