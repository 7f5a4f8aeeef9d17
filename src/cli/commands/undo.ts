/** `millwright undo`: takes back a change by its line in the audit log. */
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { addProjectCommand, type Perform } from '../command.ts';
import { parseCount } from '../arguments.ts';
import { openProject } from '../openProject.ts';
import { addPermissionOptions, openAuditLog } from '../permissions.ts';

export function registerUndo(program: Command, perform: Perform): void {
  addPermissionOptions(
    addProjectCommand(program, 'undo', t('take back a change, by its line in "millwright audit"'), [
      ['millwright audit', t('lines that can be taken back carry ↺')],
      ['millwright undo 12', t('take back the change of line 12')],
    ])
      .argument('<line>', t('the number of the line'), parseCount)
      .option('--force', t('also where something else is there by now; that is kept, and undoing the undo brings it back')),
  ).action(async (line, options) => {
    await perform(options, async (context) => {
      const { answer } = context;
      const [{ undoChange }, { undoPerformers, undoStates }, { reapJobs }] = await Promise.all([
        import('../../engine/safety/undo.ts'),
        import('../../engine/pipeline/undo/undoPerformers.ts'),
        import('../../engine/jobs/reapJobs.ts'),
      ]);
      const project = await openProject(options);
      const log = await openAuditLog(project, options, context);
      await reapJobs(project.root, ['undo', String(line)], undoStates(project.root));
      const undone = await undoChange(log, line, undoPerformers(project.root), { force: options.force === true });
      answer({ line, ...undone }, (style) => [
        `${style('green', '✓')} ${t('Took back {operation} of line {line}.', { operation: undone.operation, line })}`,
        ...undone.resources.map((resource) => `  ${resource}`),
      ]);
      return exitCodes.ok;
    });
  });
}
