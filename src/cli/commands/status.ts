/** `millwright status`: the stages, whether they would run and why, and what is running. */
import type { Command } from 'commander';
import { exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { addProjectCommand, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { renderPipeline } from '../render/pipeline.ts';

export function registerStatus(program: Command, perform: Perform): void {
  addProjectCommand(program, 'status', t('show the stages, and why they would run'), [
    ['millwright status', t('state, duration and last metric of every stage')],
    ['millwright status --json', t('the same for a script')],
  ]).action(async (options) => {
    await perform(options, async ({ signal, answer, noteFailure }) => {
      const { readPipeline } = await import('../../engine/pipeline/views/readPipeline.ts');
      const pipeline = await readPipeline(await openProjectRoot(options), { signal });
      answer(pipeline, (style, width) => renderPipeline(pipeline, { style, width, now: Date.now() }));
      for (const error of pipeline.errors) await noteFailure(error);
      return exitCodes[pipeline.errors[0]?.kind ?? 'ok'];
    });
  });
}
