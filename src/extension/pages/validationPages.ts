/** Validation reports in panels: the latest check of each validate stage. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { validationPageEvents, validationPageRequests } from '../../protocol/pages/pageContract.ts';
import { placeReader } from '../../protocol/pages/pageParameters.ts';
import { checkWords } from '../../protocol/words/stageWords.ts';
import { runCommand } from '../host/contributed.ts';
import type { CommandArguments } from '../contributions.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { validationCommands } from './contributions.ts';
import { pages } from './panelTypes.ts';
import type { StageReference } from '../host/treeItems.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { ReportPanels, type LoadedReport, type ReportServices } from './reportPanels.ts';
import { findDatasetLine } from '../projectFile/stageLines.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

export class ValidationReports implements vscode.Disposable {
  readonly panels: ReportPanels<StageReference, 'validation', 'stage' | 'dataset'>;
  readonly commands: HandlersOf<typeof validationCommands>;
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(services: ReportServices) {
    const { store } = services;
    this.panels = new ReportPanels(services, {
      page: 'validation',
      viewType: pages.validation,
      title: vscode.l10n.t('Validation'),
      requests: validationPageRequests,
      events: validationPageEvents,
      isReference,
      keyOf: ({ root, stage }) => JSON.stringify([root, stage]),
      load: async (reference) => loadReport(services, reference),
      contentOf: (view) => ({ page: 'validation', view }),
      readPlace: placeReader(['stage', 'dataset']),
      reveal: async ({ root, stage }, { report }, place) =>
        place === 'stage' ? runCommand('millwright.project.open', { root, stage }) : showDataset(root, report.dataset),
    });
    this.commands = {
      'millwright.validation.open': async (item) => {
        this.panels.open(await toReference(store, item));
      },
    };
    this.#subscriptions = [
      this.panels,
      store.onDidChange(() => {
        this.#refresh(store);
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** A check that has run since is shown; nothing else of a project's changes concerns these pages. */
  #refresh(store: ProjectStore): void {
    this.panels.refresh(({ root, stage }, view) => {
      const latest = store.pipelineOf(root)?.stages.find(({ name }) => name === stage)?.check;
      return latest !== undefined && (view.state !== 'ready' || view.checkedAt !== latest.checkedAt);
    });
  }
}

async function loadReport({ engine, store }: ReportServices, { root, stage }: StageReference): Promise<LoadedReport<'validation'>> {
  const [found] = await Promise.all([engine.calls.validation({ root, stage }), store.states()]);
  if (found === null) throw notChecked(stage);
  const { report, checkedAt } = found;
  return {
    title: vscode.l10n.t('{stage}: {dataset}', { stage, dataset: report.dataset }),
    view: { report, stage, checkedAt, project: store.pipelineOf(root)?.name ?? root },
  };
}

/** The check that a tree item, a lens or another command means; asks where several could be. */
async function toReference(store: ProjectStore, item: CommandArguments['millwright.validation.open'][0]): Promise<StageReference> {
  if (item !== undefined && !('type' in item)) return item;
  if (item?.type === 'stage') return { root: item.root, stage: item.stage.name };
  const states = await store.states();
  const checks = states
    .filter(({ root }) => item === undefined || item.root === root)
    .flatMap(({ root }) =>
      (store.pipelineOf(root)?.stages ?? []).flatMap(({ name, check }) =>
        check === undefined ? [] : [{ label: name, description: checkWords(check), detail: root, stage: { root, stage: name } }],
      ),
    );
  const [only] = checks;
  if (only === undefined) {
    throw new AppError('report.none', vscode.l10n.t('No data set was checked yet.'), {
      remedy: vscode.l10n.t('Add a validate stage to millwright.yaml and run it.'),
    });
  }
  if (checks.length === 1) return only.stage;
  const picked = await vscode.window.showQuickPick(checks, { placeHolder: vscode.l10n.t('Which check?') });
  if (picked === undefined) throw new CancelledError();
  return picked.stage;
}

function notChecked(stage: string): AppError {
  return new AppError('report.notChecked', vscode.l10n.t('The stage {stage} has no report yet.', { stage }), {
    remedy: vscode.l10n.t('Run the stage: its report is kept, whether the data passes or not.'),
  });
}

/** Opens the project file at the data set. */
async function showDataset(root: string, dataset: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(vscode.Uri.file(root), projectFileName));
  const line = findDatasetLine(document.getText().split(/\r?\n/), dataset) ?? 0;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
}

function isReference(value: unknown): value is StageReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    'root' in value &&
    typeof value.root === 'string' &&
    'stage' in value &&
    typeof value.stage === 'string'
  );
}
