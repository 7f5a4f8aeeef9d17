/** "Train a Model from This File": a panel that proposes a project for a data file, writes it, runs it, and opens the report. */
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, isCancelled } from '../../base/abort.ts';
import { toErrorRecord, type ErrorRecord } from '../../base/errors.ts';
import type { ProjectProposal, ProposalChoices } from '../../protocol/dataset.ts';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import { offeredEndings } from '../../protocol/tables/fileFormats.ts';
import type { Job, JobEvent } from '../../protocol/job.ts';
import {
  trainFromFilePageEvents,
  trainFromFilePageRequests,
  type TrainFromFileView,
  type TrainingStep,
} from '../../protocol/pages/pageContract.ts';
import { readCopiedText, readProposalChoices } from '../../protocol/pages/pageParameters.ts';
import { repairOf, type Repair } from '../../protocol/repairs.ts';
import { verdictOf } from '../../protocol/verdict.ts';
import { runCommand } from '../host/contributed.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { trainCommands } from './contributions.ts';
import { pages } from './panelTypes.ts';
import type { ReportReference } from '../host/treeItems.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { askPermissions } from '../commands/changePermissions.ts';
import { isGeneralRepair } from '../host/generalRepairs.ts';
import type { JobFollower } from '../engine/jobFollower.ts';
import type { Notify } from '../host/notify.ts';
import { hostPage, pageIcon, pageOptions, PageState } from './pageHost.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { performRepair } from '../commands/repairActions.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';
import { reportOf } from '../../protocol/tables/stageKinds.ts';

export interface TrainServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly jobs: JobFollower;
  readonly notify: Notify;
  readonly reports: { readonly open: (reference: ReportReference) => void };
}

export function trainHandlers(services: TrainServices): HandlersOf<typeof trainCommands> {
  return {
    'millwright.project.train': async (file) => {
      openTrainPage(services, file ?? (await pickFile()));
    },
  };
}

/** A page of before a reload is closed: a proposal is quickly made again, and a training goes on as a job. */
export function closeOldTrainPages(): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(pages.train, {
    deserializeWebviewPanel: (panel) => {
      panel.dispose();
      return Promise.resolve();
    },
  });
}

/** The data file in front, or one the user chooses. */
async function pickFile(): Promise<vscode.Uri> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { [vscode.l10n.t('Data files')]: [...offeredEndings] },
    title: vscode.l10n.t('Train a model from which file?'),
    openLabel: vscode.l10n.t('Train'),
  });
  const [file] = chosen ?? [];
  if (file === undefined) throw new CancelledError();
  return file;
}

function openTrainPage(services: TrainServices, file: vscode.Uri): void {
  const title = vscode.l10n.t('Train from {file}', { file: basename(file.fsPath) });
  const panel = vscode.window.createWebviewPanel(pages.train, title, vscode.ViewColumn.Active, {
    ...pageOptions(services.extensionUri),
    retainContextWhenHidden: true, // choices made on it and not yet sent
  });
  panel.iconPath = pageIcon(services.extensionUri);
  new TrainPage(services, panel, file).start();
}

class TrainPage {
  readonly #services: TrainServices;
  readonly #file: string;
  readonly #state: PageState<TrainFromFileView>;
  readonly #closed = new AbortController();
  #asked: AbortController | undefined;
  #root: string | undefined;
  #proposal: ProjectProposal | undefined;
  /** What the proposal follows from. */
  #choices: ProposalChoices = {};
  #isWritten = false;
  #job: Job | undefined;
  #evaluation: ReportReference | undefined;

  constructor(services: TrainServices, panel: vscode.WebviewPanel, file: vscode.Uri) {
    this.#services = services;
    this.#file = file.fsPath;
    this.#state = new PageState<TrainFromFileView>({ ...this.#place(), state: 'profiling' }, undefined, (snapshot) => {
      events.snapshot(snapshot);
    });
    const events = hostPage(panel, {
      page: 'trainFromFile',
      extensionUri: services.extensionUri,
      requests: trainFromFilePageRequests,
      events: trainFromFilePageEvents,
      onFault: services.notify.error,
      handlers: {
        ready: () => this.#state.snapshot,
        choose: async (choices) => this.#choose(readProposalChoices(choices)),
        train: async () => this.#train(),
        repair: async () => this.#repair(),
        stop: async () => this.#stop(),
        openReport: () => this.#openReport(),
        openGraph: async () => this.#openGraph(),
        openProjectFile: async () => this.#openProjectFile(),
        copy: async (params) => {
          await vscode.env.clipboard.writeText(readCopiedText(params));
          return null;
        },
      },
    });
    panel.onDidDispose(() => {
      this.#closed.abort();
    });
  }

  start(): void {
    void this.#choose({});
  }

  /** What every state of the page shows. */
  #place(): { readonly file: string; readonly folder: string } {
    return {
      file: vscode.workspace.asRelativePath(this.#file),
      folder: this.#root === undefined ? '' : folderName(this.#root),
    };
  }

  async #choose(choices: ProposalChoices): Promise<null> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    if (this.#proposal === undefined) this.#state.replace({ ...this.#place(), state: 'profiling' });
    else this.#showChoices(this.#proposal, choices, { refreshing: true });
    try {
      this.#root ??= await projectFolder(this.#file);
      const signal = AbortSignal.any([asked.signal, this.#closed.signal]);
      this.#proposal = await this.#services.engine.calls.propose({ ...choices, path: this.#file, root: this.#root }, { signal });
      this.#choices = choices;
      this.#showChoices(this.#proposal, choices);
    } catch (error) {
      if (isCancelled(error)) return null;
      const problem = toErrorRecord(error);
      if (this.#proposal === undefined) this.#fail(problem, 'choose');
      else this.#showChoices(this.#proposal, this.#choices, { problem });
    }
    return null;
  }

  #showChoices(
    proposal: ProjectProposal,
    choices: ProposalChoices,
    { refreshing = false, problem }: { readonly refreshing?: boolean; readonly problem?: ErrorRecord } = {},
  ): void {
    this.#state.replace({ ...this.#place(), state: 'choosing', choices, proposal, refreshing, problem });
  }

  async #train(): Promise<null> {
    const root = this.#root;
    const proposal = this.#proposal;
    if (root === undefined || proposal === undefined || this.#state.view.state === 'training') return null;
    const before = this.#state.view;
    this.#showTraining([]);
    try {
      this.#job = await this.#startJob(root, proposal);
      void this.#followJob(root, this.#job);
    } catch (error) {
      if (isCancelled(error)) this.#state.replace(before);
      else this.#fail(toErrorRecord(error), 'train');
    }
    return null;
  }

  async #startJob(root: string, proposal: ProjectProposal): Promise<Job> {
    const { engine, store } = this.#services;
    if (!this.#isWritten) await engine.calls.createProject({ root, yaml: proposal.yaml });
    this.#isWritten = true;
    const permissions = await askPermissions(engine, root);
    await store.reload();
    return engine.calls.startRun({ root, ...permissions });
  }

  async #followJob(root: string, job: Job): Promise<void> {
    const { engine, jobs, store } = this.#services;
    const stages = store.pipelineOf(root)?.stages ?? [];
    this.#showTraining(stages.map(({ name }) => ({ stage: name, state: 'waiting', durationMs: undefined })));
    const listener = engine.onDidJobEvent(({ jobId, event }) => {
      if (jobId === job.record.id) this.#onEvent(event);
    });
    const result = await jobs.follow(job);
    listener.dispose();
    const steps = this.#steps();
    if (result?.state === 'succeeded') await this.#finish(root, steps);
    else if (result?.state === 'failed' && result.error !== undefined) {
      this.#fail(result.error, 'train');
    } else this.#state.replace({ ...this.#place(), state: 'stopped', steps });
  }

  #steps(): readonly TrainingStep[] {
    const { view } = this.#state;
    return view.state === 'training' ? view.steps : [];
  }

  #showTraining(steps: readonly TrainingStep[]): void {
    const nothing = { activity: undefined, fraction: undefined, remainingMs: undefined, stopping: false };
    this.#state.replace({ ...this.#place(), state: 'training', steps, ...nothing });
  }

  #onEvent(event: JobEvent): void {
    const { view } = this.#state;
    if (view.state !== 'training') return;
    if (event.type === 'progress') {
      const { message, fraction, remainingMs } = event;
      this.#state.replace({ ...view, activity: message, fraction, remainingMs });
    } else if (event.type === 'stage') {
      const step = { stage: event.stage, state: event.state, durationMs: event.durationMs };
      const isKnown = view.steps.some(({ stage }) => stage === event.stage);
      const steps = isKnown ? view.steps.map((other) => (other.stage === event.stage ? step : other)) : [...view.steps, step];
      this.#state.replace({ ...view, steps, activity: undefined, fraction: undefined, remainingMs: undefined });
    }
  }

  /** The report opens by itself, beside nothing else: it is what the user came for. */
  async #finish(root: string, steps: readonly TrainingStep[]): Promise<void> {
    await this.#services.store.reload();
    const evaluated = this.#services.store.pipelineOf(root)?.stages.findLast((stage) => reportOf(stage) === 'evaluation');
    if (evaluated?.runId !== undefined) this.#evaluation = { root, runId: evaluated.runId, stage: evaluated.name };
    const report = await this.#reportOf(root);
    const summary = report === undefined ? vscode.l10n.t('The model is trained.') : verdictOf(report).message;
    const figure = report?.metrics.find(({ metric }) => metric === report.headline.metric) ?? report?.metrics[0];
    this.#state.replace({ ...this.#place(), state: 'done', steps, summary, figure });
    if (!this.#closed.signal.aborted) this.#openReport();
    else {
      this.#services.notify.info(summary, {
        title: vscode.l10n.t('Open Report'),
        run: () => {
          this.#openReport();
        },
      });
    }
  }

  async #reportOf(root: string): Promise<EvaluationReport | undefined> {
    const evaluation = this.#evaluation;
    if (evaluation === undefined) return undefined;
    const reports = await this.#services.engine.calls.reports({ root, runId: evaluation.runId }).catch(() => []); // the page says less without
    return reports.find(({ stage }) => stage === evaluation.stage) ?? reports.at(-1);
  }

  #fail(error: ErrorRecord, retry: 'choose' | 'train'): void {
    const repair = this.#repairOf(error);
    this.#state.replace({ ...this.#place(), state: 'failed', error, retry, repair: repair?.title });
  }

  /** Before the project file is written there is nothing in it to change. */
  #repairOf(error: ErrorRecord): Repair | undefined {
    const repair = repairOf(error);
    return repair !== undefined && (this.#isWritten || isGeneralRepair(repair.action)) ? repair : undefined;
  }

  async #repair(): Promise<null> {
    const { view } = this.#state;
    const root = this.#root ?? dirname(this.#file);
    const repair = view.state === 'failed' ? this.#repairOf(view.error) : undefined;
    if (repair === undefined) return null;
    const { engine, store, notify } = this.#services;
    await performRepair(repair.action, {
      engine,
      root,
      runOf: (stage) => store.pipelineOf(root)?.stages.find(({ name }) => name === stage)?.runId,
      again: { title: repair.title, run: async () => this.#train() },
    }).catch(notify.error);
    return null;
  }

  async #stop(): Promise<null> {
    const { view } = this.#state;
    if (this.#job === undefined || view.state !== 'training') return null;
    this.#state.replace({ ...view, stopping: true });
    await this.#services.jobs.cancel(this.#job);
    return null;
  }

  #openReport(): null {
    if (this.#evaluation !== undefined) this.#services.reports.open(this.#evaluation);
    return null;
  }

  async #openGraph(): Promise<null> {
    if (this.#root !== undefined) await runCommand('millwright.graph.open', vscode.Uri.file(join(this.#root, projectFileName)));
    return null;
  }

  async #openProjectFile(): Promise<null> {
    if (this.#isWritten && this.#root !== undefined) {
      await vscode.window.showTextDocument(vscode.Uri.file(join(this.#root, projectFileName)), { viewColumn: vscode.ViewColumn.Beside });
    } else if (this.#proposal !== undefined) {
      const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: this.#proposal.yaml });
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    }
    return null;
  }
}

/** As the explorer calls it; VS Code has no relative path for a folder of the workspace itself. */
function folderName(path: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path));
  return folder?.uri.fsPath === path ? folder.name : vscode.workspace.asRelativePath(path);
}

/** Where the project file goes: the workspace folder, else the file's own folder, else a new folder named after the file. */
async function projectFolder(file: string): Promise<string> {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath;
  const beside = dirname(file);
  const name = basename(file).replace(/\.[^.]*(\.gz)?$/i, '');
  const candidates = [...(workspaceFolder === undefined ? [] : [workspaceFolder]), beside, join(beside, `${name}-model`)];
  for (const candidate of candidates) if (!(await holdsProject(candidate))) return candidate;
  return join(beside, `${name}-model-${Date.now().toString(36)}`);
}

async function holdsProject(folder: string): Promise<boolean> {
  return vscode.workspace.fs.stat(vscode.Uri.file(join(folder, projectFileName))).then(
    () => true,
    () => false, // nothing there
  );
}
