/** The page of any run, from its first second on, and which run a tree item, a page or a command means. */
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.ts';
import type { StartRun } from '../../protocol/contracts/engineContract.ts';
import { runPageEvents, runPageRequests, runPlaces, type RunPlace } from '../../protocol/pages/pageContract.ts';
import { placeReader } from '../../protocol/pages/pageParameters.ts';
import { repairOf, type Repair } from '../../protocol/repairs.ts';
import type { RunSheet } from '../../protocol/run.ts';
import { runTitle } from '../../protocol/words/runTitle.ts';
import { runCommand } from '../host/contributed.ts';
import type { CommandArguments } from '../contributions.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { runPageCommands } from './contributions.ts';
import { pages } from './panelTypes.ts';
import type { RunReference } from '../host/treeItems.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { performRepair, type Repairing } from '../commands/repairActions.ts';
import { ReportPanels, type LoadedReport, type ReportServices } from './reportPanels.ts';
import { isRunReference, pickRun, runOf } from './chooseRun.ts';

const longestTab = 36;

export interface RunPageServices extends ReportServices {
  /** How the same is run again after a repair. */
  readonly repairing: (request: StartRun) => Repairing;
}

export class RunPages implements vscode.Disposable {
  readonly panels: ReportPanels<RunReference, 'run', RunPlace>;
  readonly commands: HandlersOf<typeof runPageCommands>;
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(services: RunPageServices) {
    const { store, engine } = services;
    this.panels = new ReportPanels(services, {
      page: 'run',
      viewType: pages.run,
      title: vscode.l10n.t('Run'),
      requests: runPageRequests,
      events: runPageEvents,
      isReference: isRunReference,
      keyOf: ({ root, runId }) => JSON.stringify([root, runId]),
      load: async (reference) => loadRun(services, reference),
      contentOf: (view) => ({ page: 'run', view }),
      readPlace: placeReader(runPlaces),
      reveal: async (reference, { sheet }, place) => reveal(services, { reference, sheet, place }),
    });
    this.commands = {
      'millwright.run.open': async (item) => {
        this.panels.open(await toReference(store, item));
      },
    };
    this.#subscriptions = [
      this.panels,
      engine.onDidChange(({ root, parts }) => {
        const concerns = parts.includes('tracking') || parts.includes('jobs');
        if (concerns) this.panels.refresh((reference, view) => reference.root === root && mayHaveChanged(view, parts.includes('tracking')));
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}

/** The events of jobs concern only runs that go on; the store may get an evaluation of any run. */
function mayHaveChanged(view: { readonly state: string; readonly sheet?: RunSheet }, tracking: boolean): boolean {
  return tracking || view.sheet?.run.status === 'RUNNING';
}

async function loadRun({ engine, store }: ReportServices, { root, runId }: RunReference): Promise<LoadedReport<'run'>> {
  const [sheet] = await Promise.all([engine.calls.run({ root, runId }), store.states()]);
  return {
    title: tabTitle(runTitle(sheet.run)),
    view: { sheet, project: store.pipelineOf(root)?.name ?? sheet.project, readAt: Date.now(), repair: failureOf(sheet)?.title },
  };
}

/** Beside other tabs there is room for a few words. */
function tabTitle(title: string): string {
  return title.length > longestTab ? `${title.slice(0, longestTab - 1).trimEnd()}…` : title;
}

interface Revealed {
  readonly reference: RunReference;
  readonly sheet: RunSheet;
  readonly place: RunPlace;
}

async function reveal(services: RunPageServices, { reference: { root, runId }, sheet, place }: Revealed): Promise<void> {
  const { run, model, before, parent } = sheet;
  switch (place) {
    case 'stage':
      if (run.stage !== undefined) await runCommand('millwright.project.open', { root, stage: run.stage });
      return;
    case 'report':
      await runCommand('millwright.report.open', { root, runId });
      return;
    case 'model':
      if (model !== undefined) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.joinPath(vscode.Uri.file(root), model));
      return;
    case 'log':
      await runCommand('millwright.job.showLog');
      return;
    case 'before':
      if (before !== undefined) await runCommand('millwright.run.open', { root, runId: before.id });
      return;
    case 'parent':
      if (parent !== undefined) await runCommand('millwright.run.open', { root, runId: parent.id });
      return;
    case 'repair':
      await repairRun(services, { root, runId }, sheet);
      return;
  }
}

/** What repairs the failure of a run; undefined where it did not fail, or no button can help. */
function failureOf({ run }: RunSheet): Repair | undefined {
  return run.failure === undefined ? undefined : repairOf(run.failure);
}

async function repairRun({ engine, repairing }: RunPageServices, { root, runId }: RunReference, sheet: RunSheet): Promise<void> {
  const repair = failureOf(sheet);
  const { stage } = sheet.run;
  if (repair === undefined) return;
  const runAgain = repairing({ root, ...(stage === undefined ? {} : { stages: [stage] }) });
  await performRepair(repair.action, { ...runAgain, engine, runOf: () => runId });
}

async function toReference(store: ProjectStore, item: CommandArguments['millwright.run.open'][0]): Promise<RunReference> {
  if (item !== undefined && !('type' in item)) return item;
  return (item === undefined ? undefined : runOf(item)) ?? pickRun(store, { placeHolder: vscode.l10n.t('Which run?'), none });
}

function none(): AppError {
  return new AppError('run.none', vscode.l10n.t('There are no runs yet.'), { remedy: vscode.l10n.t('Run the pipeline first.') });
}
