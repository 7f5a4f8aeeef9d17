/** `millwright cancel`: stops a job, wherever it was started. */
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { addProjectCommand, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { findJob } from './jobs.ts';

export function registerCancel(program: Command, perform: Perform): void {
  addProjectCommand(program, 'cancel [job]', t('stop a job, wherever it was started'), [
    ['millwright cancel', t('the newest running job')],
    ['millwright cancel 0199', t('the job whose id starts so')],
  ]).action(async (id, options) => {
    await perform(options, async ({ answer }) => {
      const [{ cancelJob }, { readJob }, { undoStates }] = await Promise.all([
        import('../../engine/jobs/cancelJob.ts'),
        import('../../engine/jobs/listJobs.ts'),
        import('../../engine/pipeline/undo/undoPerformers.ts'),
      ]);
      const root = await openProjectRoot(options);
      const { record } = await findJob(root, id);
      await cancelJob(root, record.id, undoStates(root));
      const job = await readJob(root, record.id);
      answer(job ?? null, (style) =>
        job?.state === 'cancelled'
          ? [`${style('green', '✓')} ${t('{title} is stopped ({id}).', { title: record.title, id: record.id })}`]
          : [t('{title} had ended before ({id}).', { title: record.title, id: record.id })],
      );
      return exitCodes.ok;
    });
  });
}
