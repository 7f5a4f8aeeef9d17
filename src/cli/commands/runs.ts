/** `millwright runs`: the tracked runs, newest first, or one of them whole. */
import type { Command } from 'commander';
import { AppError, exitCodes } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Run, RunInput } from '../../protocol/run.ts';
import { addProjectCommand, runCommandBody, type CommandContext, type ProjectOptions } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { parseCount } from '../arguments.ts';
import { renderRun, renderRuns } from '../render/runs.ts';
import type { Terminal } from '../terminal.ts';

interface RunsOptions extends ProjectOptions {
  readonly limit: number;
  readonly metric?: readonly string[];
  readonly nested?: boolean;
}

export function registerRuns(program: Command, terminal: Terminal): void {
  addProjectCommand(program, 'runs [run]', t('list the tracked runs, or show one whole'), [
    ['millwright runs', t('the newest 20 with their metrics')],
    ['millwright runs 3f2a', t('parameters, metrics, inputs and tags of one')],
    ['millwright runs --nested', t('with the folds and seeds below their runs')],
    ['millwright runs --metric roc_auc log_loss', t('choose the columns')],
  ])
    .option('--limit <count>', t('the most runs to show, the newest'), parseCount, 20)
    .option('--metric <names...>', t('the metrics to show'))
    .option('--nested', t('also the runs nested in others: folds and seeds'))
    .action(async (id: string | undefined, options: RunsOptions) => {
      await runCommandBody(terminal, options, async (context) => (id === undefined ? list(options, context) : show(id, options, context)));
    });
}

async function list(options: RunsOptions, { answer }: CommandContext): Promise<number> {
  const [{ metricNames }, { openTrackingReader }, { listRuns }] = await Promise.all([
    import('../../engine/project/definitions/stage.ts'),
    import('../../engine/tracking/openTracking.ts'),
    import('../../engine/tracking/listRuns.ts'),
  ]);
  using reader = openTrackingReader(await openProjectRoot(options));
  const listed = reader === undefined ? [] : await listRuns(reader, { limit: options.limit, withNested: options.nested === true });
  answer(
    listed.map(({ run }) => run),
    (style, width) =>
      renderRuns(listed, {
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
  const [{ openTrackingReader }, { readProfile }, { describeFigures }] = await Promise.all([
    import('../../engine/tracking/openTracking.ts'),
    import('../../engine/tracking/datasetInput.ts'),
    import('../../engine/data/dataStatistics.ts'),
  ]);
  using reader = openTrackingReader(await openProjectRoot(options));
  const runs = (await reader?.runs()) ?? [];
  const run = findRun(runs, id);
  const children = runs.filter(({ parentId }) => parentId === run.id).toSorted((a, b) => a.startedAt - b.startedAt);
  const figuresOf = ({ profile }: RunInput): string | undefined => {
    const figures = readProfile(profile);
    return figures === undefined ? undefined : describeFigures(figures);
  };
  answer(run, (style) => renderRun(run, { style, now: Date.now(), children, figuresOf }));
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
