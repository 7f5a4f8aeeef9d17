/** Panels that show one report each: opened once, filled by the engine, back after a reload, exported as one HTML file. */
import * as vscode from 'vscode';
import { AppError, toErrorRecord } from '../../base/errors.ts';
import { subjectOf, type PageContent } from '../../protocol/pages/exportedPage.ts';
import type { Contract, Handlers } from '../../protocol/contracts/contract.ts';
import type { ReadyReports, ReportEvents, ReportPageName, ReportPageView, ReportRequests } from '../../protocol/pages/pageContract.ts';
import { readCopiedText } from '../../protocol/pages/pageParameters.ts';
import { setContext } from '../host/contributed.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { exportCommands } from './contributions.ts';
import { exportReport } from './exportReport.ts';
import type { Notify } from '../host/notify.ts';
import { hostPage, pageIcon, pageOptions, PageState } from './pageHost.ts';
import type { ProjectStore } from '../engine/projectStore.ts';

export interface ReportServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly notify: Notify;
}

/** A report as a panel shows it. */
export interface LoadedReport<Name extends ReportPageName> {
  /** Of the panel. */
  readonly title: string;
  readonly view: ReadyReports[Name];
}

type View<Name extends ReportPageName> = ReportPageView<ReadyReports[Name]>;

/** What tells one kind of report from another. `Reference`: what names a report, and survives a reload. */
export interface ReportKind<
  Reference extends { readonly root: string },
  Name extends ReportPageName,
  Place extends string,
  Own extends Contract = Contract,
> {
  readonly page: Name;
  /** VS Code's name for panels of this kind. */
  readonly viewType: string;
  /** Of a panel that still loads. */
  readonly title: string;
  readonly requests: ReportRequests<View<Name>, Place> & Own;
  readonly events: ReportEvents<View<Name>>;
  /** VS Code hands back what the page stored; a page of an older version may have stored something else. */
  readonly isReference: (value: unknown) => value is Reference;
  readonly keyOf: (reference: Reference) => string;
  readonly load: (reference: Reference) => Promise<LoadedReport<Name>>;
  readonly contentOf: (view: ReadyReports[Name]) => PageContent;
  readonly readPlace: (params: unknown) => Place;
  readonly reveal: (reference: Reference, view: ReadyReports[Name], place: Place) => Promise<void>;
  /** Answers to what only this kind of page asks; the view is what the page shows then. */
  readonly own?: (reference: Reference, view: () => View<Name>) => Handlers<Own>;
}

interface OpenReport<Reference, Name extends ReportPageName> {
  readonly panel: vscode.WebviewPanel;
  readonly reference: Reference;
  readonly state: PageState<View<Name>>;
  /** How often it was read. */
  readings: number;
}

export class ReportPanels<
  Reference extends { readonly root: string },
  Name extends ReportPageName,
  Place extends string,
  Own extends Contract = Contract,
> {
  readonly #services: ReportServices;
  readonly #kind: ReportKind<Reference, Name, Place, Own>;
  readonly #open = new Map<string, OpenReport<Reference, Name>>();
  readonly #changedActive = new vscode.EventEmitter<void>();
  readonly #serializer: vscode.Disposable;
  readonly onDidChangeActive = this.#changedActive.event;

  constructor(services: ReportServices, kind: ReportKind<Reference, Name, Place, Own>) {
    this.#services = services;
    this.#kind = kind;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        if (kind.isReference(state)) this.#fill(panel, state);
        else panel.dispose();
        return Promise.resolve();
      },
    });
  }

  /** Shows the report, in its panel where it has one already. */
  open(reference: Reference): void {
    const known = this.#open.get(this.#kind.keyOf(reference));
    if (known !== undefined) {
      known.panel.reveal();
      return;
    }
    const options = { ...pageOptions(this.#services.extensionUri), enableFindWidget: true };
    this.#fill(vscode.window.createWebviewPanel(this.#kind.viewType, this.#kind.title, vscode.ViewColumn.Active, options), reference);
  }

  /** Reads the open reports for which this holds again. */
  refresh(isStale: (reference: Reference, view: View<Name>) => boolean): void {
    for (const open of this.#open.values()) if (isStale(open.reference, open.state.view)) void this.#load(open);
  }

  /** Replaces what open reports show without asking the engine; undefined leaves one as it is. */
  update(change: (reference: Reference, view: ReadyReports[Name]) => ReadyReports[Name] | undefined): void {
    for (const { reference, state } of this.#open.values()) {
      const changed = state.view.state === 'ready' ? change(reference, state.view) : undefined;
      if (changed !== undefined) state.replace({ state: 'ready', ...changed });
    }
  }

  /** Exports the report in front; undefined where it is none of these. */
  exportActive(): Promise<unknown> | undefined {
    const active = [...this.#open.values()].find(({ panel }) => panel.active);
    return active === undefined ? undefined : this.#export(active);
  }

  get hasActive(): boolean {
    return [...this.#open.values()].some(({ panel }) => panel.active);
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#changedActive.dispose();
  }

  #fill(panel: vscode.WebviewPanel, reference: Reference): void {
    const { extensionUri, notify } = this.#services;
    const { page, requests, events, keyOf } = this.#kind;
    const key = keyOf(reference);
    const state = new PageState<View<Name>>({ state: 'loading' }, reference, (snapshot) => {
      shown.snapshot(snapshot);
    });
    const open: OpenReport<Reference, Name> = { panel, reference, state, readings: 0 };
    const shown = hostPage(panel, { page, extensionUri, requests, events, onFault: notify.error, handlers: this.#handlers(open) });
    panel.iconPath = pageIcon(extensionUri);
    this.#open.set(key, open);
    this.#changedActive.fire();
    panel.onDidChangeViewState(() => {
      this.#changedActive.fire();
    });
    panel.onDidDispose(() => {
      this.#open.delete(key);
      this.#changedActive.fire();
    });
    void this.#load(open);
  }

  #handlers(open: OpenReport<Reference, Name>): Handlers<ReportRequests<View<Name>, Place> & Own> {
    const common: Handlers<ReportRequests<View<Name>, Place>> = {
      ready: () => open.state.snapshot,
      exportHtml: async () => this.#export(open),
      copy: async (params) => {
        await vscode.env.clipboard.writeText(readCopiedText(params));
        return null;
      },
      reveal: async (params) => {
        const { view } = open.state;
        if (view.state === 'ready') await this.#kind.reveal(open.reference, view, this.#kind.readPlace(params));
        return null;
      },
    };
    const own = this.#kind.own?.(open.reference, () => open.state.view);
    return { ...common, ...own } as unknown as Handlers<ReportRequests<View<Name>, Place> & Own>; // a kind without `own` has no requests of its own
  }

  /** The newest reading counts, whichever ends last. */
  async #load(open: OpenReport<Reference, Name>): Promise<void> {
    const { panel, reference, state } = open;
    const reading = (open.readings += 1);
    try {
      const { title, view } = await this.#kind.load(reference);
      if (reading !== open.readings) return;
      panel.title = title;
      state.replace({ state: 'ready', ...view });
    } catch (error) {
      if (reading === open.readings) state.replace({ state: 'failed', error: toErrorRecord(error) });
    }
  }

  async #export({ state, reference }: OpenReport<Reference, Name>): Promise<{ path: string } | null> {
    const { view } = state;
    if (view.state !== 'ready') throw new AppError('report.notReady', vscode.l10n.t('The report is not loaded yet.'));
    const content = this.#kind.contentOf(view);
    const name = `${content.view.project}-${subjectOf(content)}.html`.replaceAll(/[^\w.-]+/g, '-');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(reference.root), name),
      filters: { HTML: ['html'] },
      title: vscode.l10n.t('Export the report as one HTML file'),
    });
    if (target === undefined) return null;
    await exportReport(this.#services.extensionUri, content, target);
    this.#services.notify.info(vscode.l10n.t('Exported {path}.', { path: target.fsPath }), {
      title: vscode.l10n.t('Open in Browser'),
      run: () => vscode.env.openExternal(target),
    });
    return { path: target.fsPath };
  }
}

/** What exporting needs to know of panels of any kind. */
export interface ExportablePanels {
  readonly onDidChangeActive: vscode.Event<void>;
  readonly hasActive: boolean;
  readonly exportActive: () => Promise<unknown> | undefined;
}

/** Exports the report in front, whichever its kind. */
export function exportHandlers(kinds: readonly ExportablePanels[]): HandlersOf<typeof exportCommands> {
  return {
    'millwright.report.export': () => {
      for (const panels of kinds) {
        const exported = panels.exportActive();
        if (exported !== undefined) return exported;
      }
      throw new AppError('report.none', vscode.l10n.t('Open an evaluation or validation report first.'));
    },
  };
}

/** Tells the editor whether a report is in front. */
export function watchActiveReport(kinds: readonly ExportablePanels[]): vscode.Disposable {
  const showActive = (): void => {
    setContext(
      'millwright.report.active',
      kinds.some(({ hasActive }) => hasActive),
    );
  };
  return vscode.Disposable.from(...kinds.map(({ onDidChangeActive }) => onDidChangeActive(showActive)));
}
