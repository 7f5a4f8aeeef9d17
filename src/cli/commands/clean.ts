/** `millwright clean`: drops old cache entries and jobs. */
import { Option, type Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { addProjectCommand, type Perform } from '../command.ts';
import { parseCount, parseSize } from '../arguments.ts';
import { openProjectRoot } from '../openProject.ts';
import { formatBytes } from '../../base/format.ts';

export function registerClean(program: Command, perform: Perform): void {
  addProjectCommand(program, 'clean', t('drop old cache entries and jobs; runs, models and the audit log stay'), [
    ['millwright clean', t('keep 50 jobs and 5 GB of cache')],
    ['millwright clean --keep-jobs 5 --cache-size 1GB', t('keep less')],
  ])
    .option('--keep-jobs <count>', t('how many ended jobs to keep'), parseCount, 50)
    .addOption(new Option('--cache-size <size>', t('how much of the cache to keep')).argParser(parseSize).default(5e9, '5GB'))
    .action(async (options) => {
      await perform(options, async ({ answer }) => {
        const { cleanProject } = await import('../../engine/pipeline/cleanProject.ts');
        const root = await openProjectRoot(options);
        const cleaned = await cleanProject(root, { keepJobs: options.keepJobs, cacheBytes: options.cacheSize });
        answer(cleaned, (style) => [
          `${style('green', '✓')} ${t('Dropped {jobs} jobs and {size} of the cache.', { jobs: cleaned.jobs, size: formatBytes(cleaned.bytes) })}`,
        ]);
        return exitCodes.ok;
      });
    });
}
