/** `millwright doctor`: what this machine has. */
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { addProjectCommand, type Perform } from '../command.ts';
import { renderProbes } from '../render/doctor.ts';

export function registerDoctor(program: Command, perform: Perform): void {
  addProjectCommand(program, 'doctor', t('say what this machine has, and why something is missing'), [
    ['millwright doctor', t('every probe, each with a deadline')],
    ['millwright doctor --json', t('the same for a bug report')],
  ]).action(async (options) => {
    await perform(options, async ({ signal, answer }) => {
      const [{ runDoctor }, { findProjectRoot }] = await Promise.all([
        import('../../engine/doctor/runDoctor.ts'),
        import('../../engine/project/loadProject.ts'),
      ]);
      const root = await findProjectRoot(options.project ?? process.cwd());
      const probes = await runDoctor({ root, signal });
      answer(probes, (style, width) => renderProbes(probes, style, width));
      return probes.some(({ state }) => state === 'failed') ? exitCodes.environment : exitCodes.ok;
    });
  });
}
