/** `millwright runs`: the tracked runs, newest first, or one of them whole. */
import type { Command } from 'commander';
import { relative, resolve } from 'node:path';
import { AppError, exitCodes } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { nearestName } from '../../engine/project/text/nearestName.ts';
import type { TrackingReader } from '../../engine/tracking/store/trackingStore.ts';
import type { Run, RunInput, RunSheet, RunSummary } from '../../protocol/run.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { parseCount, parsePagePath } from '../arguments.ts';
import { renderRuns } from '../render/runs.ts';
import { renderRunSheet } from '../render/runSheet.ts';

function declareRuns(program: Command) {
  return addProjectCommand(program, 'runs [run]', t('list the tracked runs, or show one whole'), [
    ['millwright runs', t('the newest 20 with their metrics')],
    ['millwright runs 3f2a', t('state, what was changed since the run before, curves, metrics and parameters of one')],
    ['millwright runs --nested', t('with the folds and seeds below their runs')],
    ['millwright runs --metric roc_auc log_loss', t('choose the columns')],
  ])
    .option('--limit <count>', t('the most runs to show, the newest'), parseCount, 20)
    .option('--metric <names...>', t('the metrics to show'))
    .option('--nested', t('also the runs nested in others: folds and seeds'))
    .option('--html <file>', t('write the page of the one run as one HTML file'), parsePagePath);
}

type RunsOptions = OptionsOf<typeof declareRuns>;

export function registerRuns(program: Command, perform: Perform): void {
  declareRuns(program).action(async (id, options) => {
    await perform(options, async (context) => (id === undefined ? list(options, context) : show(id, options, context)));
  });
}

async function list(options: RunsOptions, { answer, note, json, signal }: CommandContext): Promise<number> {
  const [{ metricNames }, { openStore }, { listRunOverviews }, { hasFileStore }] = await Promise.all([
    import('../../protocol/tables/metrics.ts'),
    import('../../engine/stores/openStore.ts'),
    import('../../engine/pipeline/reports/runOverviews.ts'),
    import('../../engine/tracking/fileStore.ts'),
  ]);
  const root = await openProjectRoot(options);
  await using reader = openStore({ root }).tracking();
  const listed = await listRunOverviews(reader, { limit: options.limit, withNested: options.nested === true, signal });
  for (const name of options.metric ?? []) requireMetric(name, listed);
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
  if (!json && (await hasFileStore(root))) note((style) => [style('yellow', fileStoreHint())]);
  return exitCodes.ok;
}

/** @throws AppError `runs.noSuchMetric` (kind usage) for a name that none of the runs has */
function requireMetric(name: string, listed: readonly { readonly run: Pick<Run, 'metrics'> }[]): void {
  const known = [...new Set(listed.flatMap(({ run }) => Object.keys(run.metrics)))];
  if (known.length === 0 || known.includes(name)) return;
  const nearest = nearestName(name, known);
  throw new AppError('runs.noSuchMetric', t('None of the runs shown has a metric called {name}.', { name }), {
    kind: 'usage',
    args: { name },
    remedy:
      nearest === undefined ? t('They have: {names}.', { names: known.sort().join(', ') }) : t('Did you mean "{nearest}"?', { nearest }),
  });
}

async function show(id: string, options: RunsOptions, { answer, signal }: CommandContext): Promise<number> {
  const [{ openStore }, { readRunSheet }] = await Promise.all([
    import('../../engine/stores/openStore.ts'),
    import('../../engine/pipeline/reports/readRunSheet.ts'),
  ]);
  const root = await openProjectRoot(options);
  await using reader = openStore({ root }).tracking();
  const { id: runId } = await findShown(reader, id, signal);
  const sheet = await readRunSheet(root, runId, signal);
  if (options.html !== undefined) return await exportSheet(sheet, options.html, answer);
  const figuresOf = await figuresReader();
  const { run, ...more } = sheet;
  answer({ ...run, ...more }, (style) => renderRunSheet(sheet, { style, now: Date.now(), cwd: process.cwd(), figuresOf }));
  return exitCodes.ok;
}

function fileStoreHint(): string {
  return t(
    'mlruns holds runs of an older MLflow, which are not among these; MLflow itself then shows those alone: "millwright doctor" says what to do.',
  );
}

/** Deleted runs are found where no other one is meant: MLflow shows them by their id, too. */
async function findShown(reader: TrackingReader, text: string, signal: AbortSignal): Promise<RunSummary> {
  const { collectItems } = await import('../../engine/tracking/store/pages.ts');
  const named = async (includeDeleted: boolean): Promise<readonly RunSummary[]> =>
    collectItems(async (page) => reader.summaries({ startsWith: text, includeDeleted, page, signal }));
  const runs = await named(false);
  return findRun(runs.length > 0 ? runs : await named(true), text);
}

async function exportSheet(sheet: RunSheet, file: string, answer: CommandContext['answer']): Promise<number> {
  const { renderPage } = await import('../../engine/pipeline/reports/renderPage.ts');
  const path = resolve(file);
  const view = { sheet, project: sheet.project, readAt: Date.now(), repair: undefined };
  await writeAtomic(path, await renderPage({ page: 'run', view }));
  answer({ runId: sheet.run.id, path }, (style) => [
    `${style('green', '✓')} ${t('Wrote {path}.', { path: relative(process.cwd(), path) })}`,
  ]);
  return exitCodes.ok;
}

/** What was read of an input, in words. */
async function figuresReader(): Promise<(input: RunInput) => string | undefined> {
  const [{ readProfile }, { describeFigures }] = await Promise.all([
    import('../../engine/tracking/runs/datasetInput.ts'),
    import('../../engine/data/statistics/dataStatistics.ts'),
  ]);
  return ({ profile }) => {
    const figures = readProfile(profile);
    return figures === undefined ? undefined : describeFigures(figures);
  };
}

/**
 * The run whose id or name starts with the text.
 * @param unknown what is said where there is none
 * @throws AppError `runs.unknown`, `runs.ambiguous` (kind usage)
 */
export function findRun<R extends RunSummary>(runs: readonly R[], text: string, unknown?: string): R {
  const exact = runs.find(({ id, name }) => id === text || name === text);
  const matching = exact === undefined ? runs.filter(({ id, name }) => id.startsWith(text) || name.startsWith(text)) : [exact];
  const [only] = matching;
  if (only === undefined) {
    throw new AppError('runs.unknown', unknown ?? t('There is no run whose id or name starts with {text}.', { text }), {
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
