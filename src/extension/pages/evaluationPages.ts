/** Evaluation reports in panels, and whose evaluation a tree item, a lens or a command means. */
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.ts';
import { reportPageEvents, reportPageRequests, type ReadyReports } from '../../protocol/pages/pageContract.ts';
import { placeReader } from '../../protocol/pages/pageParameters.ts';
import type { Pipeline } from '../../protocol/pipeline.ts';
import { repeatedMetrics } from '../../protocol/repeats.ts';
import { reportedRun } from '../../protocol/reportedRun.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { runTitle } from '../../protocol/words/runTitle.ts';
import { runCommand, setContext } from '../host/contributed.ts';
import type { CommandArguments } from '../contributions.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { evaluationCommands } from './contributions.ts';
import { pages } from './panelTypes.ts';
import type { ReportReference } from '../host/treeItems.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { isRunReference, pickRun, runOf } from './chooseRun.ts';
import { ReportPanels, type LoadedReport, type ReportServices } from './reportPanels.ts';

export class EvaluationReports implements vscode.Disposable {
  readonly panels: ReportPanels<ReportReference, 'report', 'stage' | 'model'>;
  readonly commands: HandlersOf<typeof evaluationCommands>;
  readonly #subscriptions: { dispose: () => unknown }[];
  /** How the stage of each open report, and the jobs of its project, were last seen to stand. */
  readonly #standings = new Map<string, string>();

  constructor(services: ReportServices) {
    const { store, engine } = services;
    this.panels = new ReportPanels(services, {
      page: 'report',
      viewType: pages.report,
      title: vscode.l10n.t('Evaluation'),
      requests: reportPageRequests,
      events: reportPageEvents,
      isReference,
      keyOf,
      load: async (reference) => loadReport(services, reference),
      contentOf: (view) => ({ page: 'report', view }),
      readPlace: placeReader(['stage', 'model']),
      reveal: async (reference, view, place) => reveal({ reference, view, place }),
    });
    this.commands = {
      'millwright.report.open': async (item) => {
        this.panels.open(await toReference(store, item));
      },
    };
    this.#subscriptions = [
      this.panels,
      engine.onDidChange(({ root, parts }) => {
        // Another evaluation of the same run may have been written.
        if (parts.includes('tracking')) this.panels.refresh((reference) => reference.root === root);
      }),
      store.onDidChange(() => {
        this.panels.refresh((reference, view) => {
          const name = view.state === 'ready' ? view.report.stage : reference.stage;
          return this.#standsAnew(reference, name, store.pipelineOf(reference.root));
        });
      }),
    ];
  }

  /** A stage that comes back from the cache puts its report back, and logs nothing. */
  #standsAnew(reference: ReportReference, name: string | undefined, pipeline: Pipeline | undefined): boolean {
    const stage = pipeline?.stages.find((candidate) => candidate.name === name);
    if (pipeline === undefined || stage === undefined) return false;
    const key = keyOf(reference);
    const before = this.#standings.get(key);
    // The stage may look done from the moment that its key is known again; its report is put back as the job goes on.
    const now = JSON.stringify([stage.state, stage.finishedAt, pipeline.jobs.map(({ record, state }) => [record.id, state])]);
    this.#standings.set(key, now);
    return before !== undefined && before !== now;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

const keyOf = ({ root, runId, stage }: ReportReference): string => JSON.stringify([root, runId, stage ?? null]);

async function loadReport({ engine, store }: ReportServices, { root, runId, stage }: ReportReference): Promise<LoadedReport<'report'>> {
  const [reports, sheet] = await Promise.all([engine.calls.reports({ root, runId }), engine.calls.run({ root, runId }), store.states()]);
  const { run } = sheet;
  const report = reports.find((candidate) => candidate.stage === stage) ?? reports.at(-1);
  if (report === undefined) throw notEvaluated(run);
  setContext('millwright.report.read', true);
  const project = store.pipelineOf(root)?.name ?? run.experimentName;
  return {
    title: vscode.l10n.t('{stage}: {run}', { stage: report.stage, run: runTitle(run) }),
    view: { report, project, evaluatedAt: run.endedAt, repeats: repeatedMetrics(run.metrics), run: reportedRun(sheet) },
  };
}

interface Revealed {
  readonly reference: ReportReference;
  readonly view: ReadyReports['report'];
  readonly place: 'stage' | 'model';
}

async function reveal({ reference: { root }, view: { report }, place }: Revealed): Promise<void> {
  if (place === 'stage') await runCommand('millwright.project.open', { root, stage: report.stage });
  else if (report.model !== undefined) {
    await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.joinPath(vscode.Uri.file(root), report.model.path));
  }
}

/** The evaluation that a tree item, a lens or another command means; asks where none is named. */
async function toReference(store: ProjectStore, item: CommandArguments['millwright.report.open'][0]): Promise<ReportReference> {
  if (item === undefined) {
    return pickRun(store, { placeHolder: vscode.l10n.t('Whose evaluation?'), isOffered: ({ evaluated }) => evaluated, none });
  }
  if (!('type' in item)) return item;
  const run = runOf(item);
  if (run !== undefined) return item.type === 'stage' ? { ...run, stage: item.stage.name } : run;
  throw new AppError('report.none', vscode.l10n.t('There is no evaluation report here yet.'), {
    remedy: vscode.l10n.t('Run an evaluate stage first.'),
  });
}

function none(): AppError {
  return new AppError('report.none', vscode.l10n.t('No run was evaluated yet.'), {
    remedy: vscode.l10n.t('Run an evaluate stage first.'),
  });
}

/** What to do depends on how the run ended: a stage that exists need not be added. */
function notEvaluated(run: RunOverview): AppError {
  const args = { run: runTitle(run) };
  switch (run.status) {
    case 'RUNNING':
    case 'SCHEDULED':
      return new AppError('report.notEvaluated', vscode.l10n.t('The run {run} still goes on: its evaluation comes after it.', args));
    case 'FAILED':
    case 'KILLED':
      return new AppError('report.notEvaluated', vscode.l10n.t('The run {run} did not finish, so there is no model to evaluate.', args), {
        remedy: vscode.l10n.t('The page of the run says why.'),
      });
    case 'FINISHED':
      return new AppError('report.notEvaluated', vscode.l10n.t('The run {run} was not evaluated.', args), {
        remedy: vscode.l10n.t('Run an evaluate stage for its model.'),
      });
  }
}

function isReference(value: unknown): value is ReportReference {
  return isRunReference(value) && (!('stage' in value) || typeof value.stage === 'string');
}
