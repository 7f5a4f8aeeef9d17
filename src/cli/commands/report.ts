/** `millwright report`: what an evaluation or a data check found, in the terminal or as one HTML file. */
import type { Command } from 'commander';
import { relative, resolve } from 'node:path';
import { AppError, exitCodes } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import { repeatedMetrics } from '../../protocol/repeats.ts';
import { reportedRun } from '../../protocol/reportedRun.ts';
import type { Page } from '../../engine/tracking/store/pages.ts';
import type { Run } from '../../protocol/run.ts';
import { parsePagePath } from '../arguments.ts';
import { addProjectCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { openProjectRoot } from '../openProject.ts';
import { renderReport } from '../render/report.ts';
import { findCheckReport, showCheckReport } from './checkReport.ts';
import { findRun } from './runs.ts';

/** The newest evaluation is mostly one of the newest runs: so many are read at once. */
const lookedAtOnce = 20;

function declareReport(program: Command) {
  return addProjectCommand(program, 'report [what]', t('show what an evaluation or a data check found'), [
    ['millwright report', t('of the newest run that was evaluated')],
    ['millwright report evaluate', t('of the evaluation that the stage "evaluate" made last')],
    ['millwright report check', t('of the data check that the stage "check" made last, also one that failed')],
    ['millwright report 3f2a --html report.html', t('as one HTML file to send to somebody')],
  ]).option('--html <file>', t('write the report page as one HTML file'), parsePagePath);
}

type ReportOptions = OptionsOf<typeof declareReport>;

export function registerReport(program: Command, perform: Perform): void {
  declareReport(program).action(async (what, options) => {
    await perform(options, async (context) => report(what, options, context));
  });
}

/** @param what a validate or evaluate stage, or the beginning of a run's id or name */
async function report(what: string | undefined, options: ReportOptions, context: CommandContext): Promise<number> {
  const root = await openProjectRoot(options);
  const check = what === undefined ? undefined : await findCheckReport(root, what);
  if (check !== undefined) return showCheckReport(root, check, { html: options.html, context });
  const { answer, signal } = context;
  const { run, reports } = (await findStageReport(root, what, signal)) ?? (await findReports(root, what, signal));
  const [first] = reports;
  if (options.html !== undefined && first !== undefined) {
    const [{ renderPage }, { readRunSheet }] = await Promise.all([
      import('../../engine/pipeline/reports/renderPage.ts'),
      import('../../engine/pipeline/reports/readRunSheet.ts'),
    ]);
    const path = resolve(options.html);
    const repeats = repeatedMetrics(run.metrics);
    const view = {
      report: first,
      project: run.experimentName,
      evaluatedAt: run.endedAt,
      repeats,
      run: reportedRun(await readRunSheet(root, run.id, signal)),
    };
    await writeAtomic(path, await renderPage({ page: 'report', view }));
    answer({ runId: run.id, path }, (style) => [`${style('green', '✓')} ${t('Wrote {path}.', { path: relative(process.cwd(), path) })}`]);
    return exitCodes.ok;
  }
  answer({ runId: run.id, reports }, (style, width) =>
    reports.flatMap((each, index) => [...(index === 0 ? [] : ['']), ...renderReport(each, style, width)]),
  );
  return exitCodes.ok;
}

interface FoundReports {
  readonly run: Run;
  readonly reports: readonly EvaluationReport[];
}

/**
 * The newest report of an evaluate stage; undefined where the project has none of this name.
 * @throws AppError `runs.notEvaluated` (kind usage)
 */
async function findStageReport(root: string, stage: string | undefined, signal: AbortSignal): Promise<FoundReports | undefined> {
  const [{ loadProject }, { kindOf }] = await Promise.all([
    import('../../engine/project/loadProject.ts'),
    import('../../engine/project/definitions/stage.ts'),
  ]);
  const spec = stage === undefined ? undefined : (await loadProject(root)).project?.stages[stage];
  if (spec === undefined || kindOf(spec) !== 'evaluate') return undefined;
  const [{ openStore }, { itemsOf }, { readReports }] = await Promise.all([
    import('../../engine/stores/openStore.ts'),
    import('../../engine/tracking/store/pages.ts'),
    import('../../engine/tracking/runs/reports.ts'),
  ]);
  await using reader = openStore({ root }).tracking();
  for await (const run of itemsOf(async (page) => reader.runs({ limit: lookedAtOnce, page, signal }))) {
    const reports = (await readReports(root, run)).filter((made) => made.stage === stage);
    if (reports.length > 0) return { run, reports };
  }
  throw new AppError('runs.notEvaluated', t('The stage {stage} has not measured anything yet.', { stage: stage ?? '' }), {
    kind: 'usage',
    args: { stage: stage ?? '' },
    remedy: t('Run it: "millwright run {stage}".', { stage: stage ?? '' }),
  });
}

/** @throws AppError `runs.notEvaluated`, `runs.unknown`, `runs.ambiguous` (kind usage) */
async function findReports(root: string, id: string | undefined, signal: AbortSignal): Promise<FoundReports> {
  const [{ openStore }, { collectItems, itemsOf }, { readReports }] = await Promise.all([
    import('../../engine/stores/openStore.ts'),
    import('../../engine/tracking/store/pages.ts'),
    import('../../engine/tracking/runs/reports.ts'),
  ]);
  await using reader = openStore({ root }).tracking();
  const ask = async (page: string | undefined): Promise<Page<Run>> =>
    reader.runs({ ...(id === undefined ? { limit: lookedAtOnce } : { startsWith: id }), page, signal });
  const unknown = t('There is no run or stage whose id or name starts with {text}.', { text: id ?? '' });
  for await (const run of id === undefined ? itemsOf(ask) : [findRun(await collectItems(ask), id, unknown)]) {
    const reports = await readReports(root, run);
    if (reports.length > 0) return { run, reports };
  }
  throw new AppError(
    'runs.notEvaluated',
    id === undefined ? t('No run was evaluated yet.') : t('The run {id} was not evaluated.', { id }),
    {
      kind: 'usage',
      remedy: t('Run an evaluate stage: "millwright run".'),
    },
  );
}
