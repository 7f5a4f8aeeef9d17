/** Evaluation reports: one panel per evaluation, which comes back after the window is reloaded, and its export as one HTML file. */
import * as vscode from 'vscode';
import { CancelledError } from '../base/abort.ts';
import { AppError, toErrorRecord } from '../base/errors.ts';
import type { Run } from '../protocol/run.ts';
import { reportPageEvents, reportPageRequests, type ReportView } from '../protocol/pageContract.ts';
import { readCopiedText, readRevealed } from '../protocol/pageParameters.ts';
import { pages, registerCommand, setContext, type CommandArguments, type ReportReference } from './contributions.ts';
import type { EngineClient } from './engineClient.ts';
import { exportReport } from './exportReport.ts';
import { formatFigure } from '../base/format.ts';
import { keyMetric } from './keyMetric.ts';
import type { Notify } from './notify.ts';
import { hostPage, pageIcon, pageOptions, PageState } from './pageHost.ts';
import { revealStage } from './pipelineCommands.ts';
import type { ProjectStore } from './projectStore.ts';

export interface ReportServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly notify: Notify;
}

interface OpenReport {
  readonly panel: vscode.WebviewPanel;
  readonly reference: ReportReference;
  readonly state: PageState<ReportView>;
}

export class ReportPages implements vscode.Disposable {
  readonly #services: ReportServices;
  readonly #open = new Map<string, OpenReport>();
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(services: ReportServices) {
    this.#services = services;
    const { notify, engine } = services;
    this.#subscriptions = [
      registerCommand(
        'millwright.report.open',
        async (item) => {
          this.open(await this.#reference(item));
        },
        notify.error,
      ),
      registerCommand('millwright.report.export', async () => this.#exportActive(), notify.error),
      vscode.window.registerWebviewPanelSerializer(pages.report, {
        deserializeWebviewPanel: (panel, state: unknown) => {
          this.#restore(panel, state);
          return Promise.resolve();
        },
      }),
      engine.onDidChange(({ root, parts }) => {
        if (parts.includes('tracking')) this.#refresh(root);
      }),
    ];
  }

  /** Shows the report, in its panel where it has one already. */
  open(reference: ReportReference): void {
    const known = this.#open.get(keyOf(reference));
    if (known !== undefined) {
      known.panel.reveal();
      return;
    }
    const { extensionUri } = this.#services;
    const options = { ...pageOptions(extensionUri), enableFindWidget: true };
    this.#fill(vscode.window.createWebviewPanel(pages.report, vscode.l10n.t('Evaluation'), vscode.ViewColumn.Active, options), reference);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** VS Code hands back what the page stored; a page of an older version may have stored something else. */
  #restore(panel: vscode.WebviewPanel, state: unknown): void {
    if (isReference(state)) this.#fill(panel, state);
    else panel.dispose();
  }

  #fill(panel: vscode.WebviewPanel, reference: ReportReference): void {
    const { extensionUri, notify } = this.#services;
    const key = keyOf(reference);
    const state = new PageState<ReportView>({ state: 'loading' }, reference, (snapshot) => {
      events.snapshot(snapshot);
    });
    const open: OpenReport = { panel, reference, state };
    const events = hostPage(panel, {
      page: 'report',
      extensionUri,
      requests: reportPageRequests,
      events: reportPageEvents,
      onFault: notify.error,
      handlers: {
        ready: () => state.snapshot,
        exportHtml: async () => this.#export(open),
        copy: async (params) => {
          await vscode.env.clipboard.writeText(readCopiedText(params));
          return null;
        },
        reveal: async (params) => this.#reveal(open, readRevealed(params)),
      },
    });
    panel.iconPath = pageIcon(extensionUri);
    this.#open.set(key, open);
    setContext('millwright.report.active', panel.active);
    panel.onDidChangeViewState(() => {
      setContext(
        'millwright.report.active',
        [...this.#open.values()].some((other) => other.panel.active),
      );
    });
    panel.onDidDispose(() => {
      this.#open.delete(key);
      setContext(
        'millwright.report.active',
        [...this.#open.values()].some((other) => other.panel.active),
      );
    });
    void this.#load(open);
  }

  async #load({ panel, reference, state }: OpenReport): Promise<void> {
    const { engine, store } = this.#services;
    const { root, runId, stage } = reference;
    try {
      const [reports, { run }] = await Promise.all([
        engine.calls.reports({ root, runId }),
        engine.calls.run({ root, runId }),
        store.states(),
      ]);
      const report = reports.find((candidate) => candidate.stage === stage) ?? reports.at(-1);
      if (report === undefined) throw notEvaluated(run);
      panel.title = vscode.l10n.t('{stage}: {run}', { stage: report.stage, run: run.name });
      const project = store.pipelineOf(root)?.name ?? run.experimentName;
      state.replace({ state: 'ready', report, project, evaluatedAt: run.endedAt });
    } catch (error) {
      state.replace({ state: 'failed', error: toErrorRecord(error) });
    }
  }

  /** Another evaluation of the same run may have been written. */
  #refresh(root: string): void {
    for (const open of this.#open.values()) if (open.reference.root === root) void this.#load(open);
  }

  async #exportActive(): Promise<void> {
    const active = [...this.#open.values()].find(({ panel }) => panel.active);
    if (active === undefined) throw new AppError('report.none', vscode.l10n.t('Open an evaluation report first.'));
    await this.#export(active);
  }

  async #export({ state, reference }: OpenReport): Promise<{ path: string } | null> {
    const { view } = state;
    if (view.state !== 'ready') throw new AppError('report.notReady', vscode.l10n.t('The report is not loaded yet.'));
    const name = `${view.project}-${view.report.stage}-${reference.runId.slice(0, 8)}.html`.replaceAll(/[^\w.-]+/g, '-');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(reference.root), name),
      filters: { HTML: ['html'] },
      title: vscode.l10n.t('Export the report as one HTML file'),
    });
    if (target === undefined) return null;
    await exportReport(this.#services.extensionUri, { page: 'report', view }, target);
    this.#services.notify.info(vscode.l10n.t('Exported {path}.', { path: target.fsPath }), {
      title: vscode.l10n.t('Open in Browser'),
      run: () => vscode.env.openExternal(target),
    });
    return { path: target.fsPath };
  }

  async #reveal({ reference, state }: OpenReport, what: 'stage' | 'model'): Promise<null> {
    if (state.view.state !== 'ready') return null;
    const { report } = state.view;
    if (what === 'stage') await revealStage(this.#services.store, reference.root, report.stage);
    else await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.joinPath(vscode.Uri.file(reference.root), report.model.path));
    return null;
  }

  /** The evaluation that a tree item, a lens or another command means; asks where none is named. */
  async #reference(item: CommandArguments['millwright.report.open'][0]): Promise<ReportReference> {
    if (item === undefined) return this.#pickReference();
    if (!('type' in item)) return item;
    switch (item.type) {
      case 'stage':
        if (item.stage.runId !== undefined) return { root: item.root, runId: item.stage.runId, stage: item.stage.name };
        break;
      case 'run':
        return { root: item.root, runId: item.run.id };
      case 'version':
        if (item.version.runId !== undefined) return { root: item.root, runId: item.version.runId };
        break;
      default:
    }
    throw new AppError('report.none', vscode.l10n.t('There is no evaluation report here yet.'), {
      remedy: vscode.l10n.t('Run an evaluate stage first.'),
    });
  }

  async #pickReference(): Promise<ReportReference> {
    const states = await this.#services.store.states();
    const runs = states.flatMap(({ root, runs: answer }) => ('value' in answer ? answer.value.map((run) => ({ root, run })) : []));
    if (runs.length === 0) {
      throw new AppError('report.none', vscode.l10n.t('There are no runs yet.'), { remedy: vscode.l10n.t('Run the pipeline first.') });
    }
    const picked = await vscode.window.showQuickPick(
      runs.map(({ root, run }) => ({ label: run.name, description: describeRun(run), reference: { root, runId: run.id } })),
      { placeHolder: vscode.l10n.t('Whose evaluation?') },
    );
    if (picked === undefined) throw new CancelledError();
    return picked.reference;
  }
}

function describeRun(run: Run): string {
  const metric = keyMetric(run.metrics);
  return metric === undefined ? run.experimentName : `${metric.name} ${formatFigure(metric.value)}`;
}

function notEvaluated(run: Run): AppError {
  return new AppError('report.notEvaluated', vscode.l10n.t('The run {run} was not evaluated.', { run: run.name }), {
    remedy: vscode.l10n.t('Add an evaluate stage for its model to millwright.yaml and run it.'),
  });
}

function keyOf({ root, runId, stage }: ReportReference): string {
  return JSON.stringify([root, runId, stage ?? null]);
}

function isReference(value: unknown): value is ReportReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    'root' in value &&
    typeof value.root === 'string' &&
    'runId' in value &&
    typeof value.runId === 'string' &&
    (!('stage' in value) || typeof value.stage === 'string')
  );
}
