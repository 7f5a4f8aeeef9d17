/** The pipeline graph of a project in a panel: live while a job runs, a way to every report, file and stage. */
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { AppError } from '../../base/errors.ts';
import type { Handlers } from '../../protocol/contracts/contract.ts';
import { graphMermaid } from '../../protocol/graph/graphMermaid.ts';
import { nodeStatuses } from '../../protocol/graph/graphStatus.ts';
import { graphSvg } from '../../protocol/graph/graphSvg.ts';
import type { JobEvent } from '../../protocol/job.ts';
import {
  graphPageEvents,
  graphPageRequests,
  type GraphPlace,
  type GraphView,
  type ReadyReports,
} from '../../protocol/pages/pageContract.ts';
import { placeReader, readGraphPlace, readGraphRun, readGraphSave } from '../../protocol/pages/pageParameters.ts';
import type { LaidOutGraph } from '../../protocol/graph/pipelineGraph.ts';
import type { StageProgress } from '../../protocol/run.ts';
import { runCommand } from '../host/contributed.ts';
import type { CommandArguments } from '../contributions.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { graphCommands } from './contributions.ts';
import { pages } from './panelTypes.ts';
import { pickRoot } from '../commands/pipelineCommands.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { ReportPanels, type LoadedReport, type ReportServices } from './reportPanels.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';
import { reportOf } from '../../protocol/tables/stageKinds.ts';

interface GraphReference {
  readonly root: string;
}

type GraphRequests = Pick<typeof graphPageRequests, 'open' | 'run' | 'save'>;
type Ready = ReadyReports['graph'];

/** Progress arrives more often than anybody reads. */
const updateMs = 250;

export class GraphPages implements vscode.Disposable {
  readonly panels: ReportPanels<GraphReference, 'graph', 'project', GraphRequests>;
  readonly commands: HandlersOf<typeof graphCommands>;
  readonly #services: ReportServices;
  readonly #subscriptions: { dispose: () => unknown }[];
  /** What the stages of a project do now, by its root. */
  readonly #progress = new Map<string, Readonly<Record<string, StageProgress>>>();
  #waiting: NodeJS.Timeout | undefined;

  constructor(services: ReportServices) {
    this.#services = services;
    const { store, engine } = services;
    this.panels = new ReportPanels(services, {
      page: 'graph',
      viewType: pages.graph,
      title: vscode.l10n.t('Pipeline'),
      requests: graphPageRequests,
      events: graphPageEvents,
      isReference,
      keyOf: ({ root }) => root,
      load: async (reference) => this.#load(reference),
      contentOf: (view) => ({ page: 'graph', view }),
      readPlace: placeReader(['project']),
      reveal: async ({ root }) => showProjectFile(root),
      own: (reference, view) => this.#answers(reference, view),
    });
    this.commands = {
      'millwright.graph.open': async (item) => {
        this.panels.open({ root: await rootOf(store, item) });
      },
    };
    this.#subscriptions = [
      this.panels,
      store.onDidChange(() => {
        this.panels.refresh(() => true);
      }),
      engine.onDidJobEvent(({ root, event }) => {
        this.#onEvent(root, event);
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #load({ root }: GraphReference): Promise<LoadedReport<'graph'>> {
    const { engine, store } = this.#services;
    const [laidOut] = await Promise.all([engine.calls.graph({ root }), store.states()]);
    const [error] = laidOut.errors;
    if (error !== undefined) throw AppError.fromRecord(error);
    const view = this.#viewOf(root, laidOut);
    return { title: vscode.l10n.t('{project}: pipeline', { project: view.project }), view };
  }

  #viewOf(root: string, { graph, layout }: Pick<LaidOutGraph, 'graph' | 'layout'>): Ready {
    const { store } = this.#services;
    const pipeline = store.pipelineOf(root);
    const stages = pipeline?.stages ?? [];
    const models = store.modelsOf(root) ?? [];
    const statuses = nodeStatuses(graph, { stages, models, progress: this.#progress.get(root) ?? {} });
    const { isTrusted } = vscode.workspace;
    return { project: pipeline?.name ?? root, graph, layout, statuses, stages, models, readAt: Date.now(), trusted: isTrusted };
  }

  #onEvent(root: string, event: JobEvent): void {
    if (event.type !== 'progress') return;
    const { stage, message, fraction, remainingMs } = event;
    this.#progress.set(root, { ...this.#progress.get(root), [stage]: { message, fraction, remainingMs } });
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.panels.update((reference, view) => this.#viewOf(reference.root, view));
    }, updateMs);
  }

  #answers({ root }: GraphReference, view: () => GraphView): Handlers<GraphRequests> {
    return {
      open: async (params) => {
        const { node, what } = readGraphPlace(params);
        await this.#open(root, nodeOf(view(), node), what);
        return null;
      },
      run: (params) => {
        const { node, downstream } = readGraphRun(params);
        const { stage } = nodeOf(view(), node).node;
        if (stage !== undefined) void runCommand(downstream ? 'millwright.stage.runFrom' : 'millwright.stage.run', { root, stage });
        return null;
      },
      save: async (params) => this.#save(root, readyOf(view()), readGraphSave(params)),
    };
  }

  async #open(root: string, { node, ready }: FoundNode, what: GraphPlace): Promise<void> {
    const stage = ready.stages.find(({ name }) => name === node.stage);
    switch (what) {
      case 'place':
        await showProjectFile(root, node.place?.line);
        return;
      case 'report':
        await openReport(root, node.id, ready);
        return;
      case 'file': {
        const [path] = node.paths;
        if (path === undefined) return;
        const file = isAbsolute(path) ? vscode.Uri.file(path) : vscode.Uri.joinPath(vscode.Uri.file(root), path);
        if (stage === undefined || node.kind === 'file') await vscode.commands.executeCommand('vscode.open', file);
        else await vscode.commands.executeCommand('revealInExplorer', file);
      }
    }
  }

  async #save(root: string, view: Ready, { format, palette }: ReturnType<typeof readGraphSave>): Promise<{ path: string } | null> {
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), format === 'svg' ? 'pipeline.svg' : 'pipeline.mmd'),
      filters: format === 'svg' ? { SVG: ['svg'] } : { Mermaid: ['mmd', 'mermaid', 'md'] },
      title: format === 'svg' ? vscode.l10n.t('Save the graph as a picture') : vscode.l10n.t('Save the graph as a Mermaid flowchart'),
    });
    if (target === undefined) return null;
    await vscode.workspace.fs.writeFile(target, Buffer.from(format === 'svg' ? graphSvg(view, palette) : graphMermaid(view)));
    this.#services.notify.info(vscode.l10n.t('Wrote {path}.', { path: target.fsPath }), {
      title: vscode.l10n.t('Open File'),
      run: () => vscode.commands.executeCommand('vscode.open', target),
    });
    return { path: target.fsPath };
  }
}

interface FoundNode {
  readonly node: Ready['graph']['nodes'][number];
  readonly ready: Ready;
}

function readyOf(view: GraphView): Ready {
  if (view.state !== 'ready') throw new AppError('report.notReady', vscode.l10n.t('The graph is not loaded yet.'));
  return view;
}

/** @throws AppError `graph.noSuchNode` where the project file changed since the page was drawn */
function nodeOf(view: GraphView, id: string): FoundNode {
  const ready = readyOf(view);
  const node = ready.graph.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new AppError('graph.noSuchNode', vscode.l10n.t('The project file no longer names this.'));
  return { node, ready };
}

/** The report of an evaluate or validate stage, of the check of a data set, or of the run that made a registered version. */
async function openReport(root: string, id: string, { graph, stages }: Ready): Promise<void> {
  const node = graph.nodes.find((candidate) => candidate.id === id);
  const readers = graph.edges
    .filter(({ from }) => from === id)
    .map(({ to }) => graph.nodes.find((candidate) => candidate.id === to)?.stage);
  const own = stages.find(({ name }) => name === node?.stage);
  const evaluation = [own, ...stages.filter(({ name }) => readers.includes(name))].find(
    (stage) => stage !== undefined && reportOf(stage) === 'evaluation',
  );
  const check = [own, ...stages.filter(({ name }) => readers.includes(name))].find(
    (stage) => stage !== undefined && reportOf(stage) === 'validation',
  );
  if (evaluation?.runId !== undefined) {
    await runCommand('millwright.report.open', { root, runId: evaluation.runId, stage: evaluation.name });
  } else if (check !== undefined) await runCommand('millwright.validation.open', { root, stage: check.name });
}

async function showProjectFile(root: string, line = 1): Promise<void> {
  const file = vscode.Uri.joinPath(vscode.Uri.file(root), projectFileName);
  const start = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(file, { selection: new vscode.Range(start, start) });
}

async function rootOf(store: ProjectStore, item: CommandArguments['millwright.graph.open'][0]): Promise<string> {
  if (item === undefined) return pickRoot(store);
  if ('type' in item) return item.root;
  await store.states();
  return store.rootOf(item.fsPath) ?? pickRoot(store);
}

function isReference(value: unknown): value is GraphReference {
  return typeof value === 'object' && value !== null && 'root' in value && typeof value.root === 'string';
}
