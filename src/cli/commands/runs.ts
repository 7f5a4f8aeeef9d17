/** `millwright runs`: the tracked runs, newest first, or one of them whole. */
import type { Command } from 'commander';
import { AppError, exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Run } from '../../protocol/run.ts';
import { addProjectCommand, runCommandBody, type CommandContext, type ProjectOptions } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { parseCount } from '../arguments.ts';
import { renderRun, renderRuns } from '../render/runs.ts';
import type { Terminal } from '../terminal.ts';

interface RunsOptions extends ProjectOptions {
  readonly limit: number;
  readonly metric?: readonly string[];
}

export function registerRuns(program: Command, terminal: Terminal): void {
  addProjectCommand(program, 'runs [run]', t('list the tracked runs, or show one whole'), [
    ['millwright runs', t('the newest 20 with their metrics')],
    ['millwright runs 3f2a', t('parameters, metrics, inputs and tags of one')],
    ['millwright runs --metric roc_auc log_loss', t('choose the columns')],
  ])
    .option('--limit <count>', t('the most runs to show, the newest'), parseCount, 20)
    .option('--metric <names...>', t('the metrics to show'))
    .action(async (id: string | undefined, options: RunsOptions) => {
      await runCommandBody(terminal, options, async (context) => (id === undefined ? list(options, context) : show(id, options, context)));
    });
}

async function readRuns(root: string, limit?: number): Promise<readonly Run[]> {
  const { openTrackingReader } = await import('../../engine/tracking/openTracking.ts');
  using reader = openTrackingReader(root);
  return (await reader?.runs(limit === undefined ? {} : { limit })) ?? [];
}

async function list(options: RunsOptions, { answer }: CommandContext): Promise<number> {
  const { metricNames } = await import('../../engine/project/definitions/stage.ts');
  const runs = await readRuns(await openProjectRoot(options), options.limit);
  answer(runs, (style, width) =>
    renderRuns(runs, {
      style,
      now: Date.now(),
      metricOrder: metricNames,
      ...(width === undefined ? {} : { width }),
      ...(options.metric === undefined ? {} : { metrics: options.metric }),
    }),
  );
  return exitCodes.ok;
}

async function show(id: string, options: RunsOptions, { answer }: CommandContext): Promise<number> {
  const run = findRun(await readRuns(await openProjectRoot(options)), id);
  answer(run, (style) => renderRun(run, style, Date.now()));
  return exitCodes.ok;
}

/**
 * The run whose id or name starts with the text.
 * @throws AppError `runs.unknown`, `runs.ambiguous` (kind usage)
 */
export function findRun(runs: readonly Run[], text: string): Run {
  const exact = runs.find(({ id, name }) => id === text || name === text);
  const matching = exact === undefined ? runs.filter(({ id, name }) => id.startsWith(text) || name.startsWith(text)) : [exact];
  const [only] = matching;
  if (only === undefined) {
    throw new AppError('runs.unknown', t('There is no run whose id or name starts with {text}.', { text }), {
      kind: 'usage',
      args: { text },
      remedy: t('See the runs with "millwright runs".'),
    });
  }
  if (matching.length === 1) return only;
  throw new AppError('runs.ambiguous', t('{count} runs start with {text}.', { count: matching.length, text }), {
    kind: 'usage',
    args: { text },
    remedy: t('Write more of the id.'),
  });
}
