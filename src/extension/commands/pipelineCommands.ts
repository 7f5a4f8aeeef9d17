/** Running, stopping and looking at pipelines. */
import * as vscode from 'vscode';
import { CancelledError } from '../../base/abort.ts';
import { AppError, type ErrorRecord } from '../../base/errors.ts';
import type { StartRun } from '../../protocol/contracts/engineContract.ts';
import type { Job } from '../../protocol/job.ts';
import type { StageSummary } from '../../protocol/pipeline.ts';
import { formatWords } from '../../protocol/tables/fileFormats.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import { askPermissions } from './changePermissions.ts';
import type { pipelineCommands } from './contributions.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { JobFollower } from '../engine/jobFollower.ts';
import type { Notify } from '../host/notify.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { repairActions, type Repairing } from './repairActions.ts';
import type { PipelineItem, StageReference } from '../host/treeItems.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

export interface PipelineServices {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly jobs: JobFollower;
  readonly notify: Notify;
  readonly log: vscode.LogOutputChannel;
}

export function pipelineHandlers(services: PipelineServices): HandlersOf<typeof pipelineCommands> {
  const { store, log, jobs } = services;
  return {
    'millwright.pipeline.run': async (item) => startAndShow(services, { root: item?.root ?? (await pickRoot(store)) }),
    'millwright.stage.run': async (item) => {
      const { root, stage } = await pickStage(store, item);
      await startAndShow(services, { root, stages: [stage] });
    },
    'millwright.stage.runFrom': async (item) => {
      const { root, stage } = await pickStage(store, item);
      await startAndShow(services, { root, stages: [stage], downstream: true, force: true });
    },
    'millwright.job.stop': async (item) => jobs.cancel(await pickJob(store, item)),
    'millwright.job.showLog': (item) => {
      log.show(true);
      if (item?.type === 'job') void jobs.follow(item.job);
    },
    'millwright.project.open': (item) => openProject(store, item),
  };
}

/** Saves what is unsaved, starts the run, and shows it until it ends. */
async function startAndShow(services: PipelineServices, request: StartRun): Promise<void> {
  const { engine, jobs } = services;
  await saveProjectFile(request.root);
  const permissions = await askPermissions(engine, request.root);
  const working = new Set<string>();
  const listener = engine.onDidJobEvent(({ jobId, event }) => {
    if (event.type === 'stage' && event.state !== 'unchanged') working.add(jobId);
  });
  try {
    const job = await engine.calls.startRun({ ...request, ...permissions });
    const result = await jobs.showProgress(job);
    if (result?.state === 'succeeded' && !working.has(job.record.id)) tellUpToDate(services, request);
    if (result?.state === 'failed') tellFailure(services, request, { job, failure: result.error });
  } finally {
    listener.dispose();
  }
}

/** After a repair the same run is started again. */
export function repairingOf(services: PipelineServices, request: StartRun): Repairing {
  const { engine, store } = services;
  const { root } = request;
  return {
    engine,
    root,
    runOf: (stage) => store.pipelineOf(root)?.stages.find(({ name }) => name === stage)?.runId,
    again: { title: vscode.l10n.t('Run Again'), run: async () => startAndShow(services, request) },
  };
}

function tellFailure(
  services: PipelineServices,
  request: StartRun,
  { job, failure }: { readonly job: Job; readonly failure: ErrorRecord | undefined },
): void {
  const { notify } = services;
  if (failure === undefined) {
    notify.error(new AppError('job.failed', vscode.l10n.t('{title} failed; the log says why.', { title: job.record.title })));
  } else notify.error(AppError.fromRecord(failure), ...repairActions(failure, repairingOf(services, request)));
}

/** Stays until it is read: nothing else on screen has changed. */
function tellUpToDate(services: PipelineServices, request: StartRun): void {
  services.notify.info(vscode.l10n.t('Everything is up to date: no stage had to run.'), {
    title: vscode.l10n.t('Run Anyway'),
    run: async () => startAndShow(services, { ...request, force: true }),
  });
}

/** A run reads the file from the disk. */
export async function saveProjectFile(root: string): Promise<void> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && document.uri.scheme === 'file' && document.uri.fsPath.startsWith(root),
  );
  await Promise.all(dirty.map((document) => document.save()));
}

/**
 * The only project, or the one the user picks.
 * @throws AppError `project.missing`; CancelledError
 */
export async function pickRoot(store: ProjectStore): Promise<string> {
  const states = await store.states();
  const [first] = states;
  if (first === undefined) throw noProject();
  if (states.length === 1) return first.root;
  const picked = await vscode.window.showQuickPick(
    states.map(({ root }) => ({ label: store.pipelineOf(root)?.name ?? root, description: root, root })),
    { placeHolder: vscode.l10n.t('Which project?') },
  );
  if (picked === undefined) throw new CancelledError();
  return picked.root;
}

function noProject(): AppError {
  return new AppError('project.missing', vscode.l10n.t('There is no millwright.yaml in this workspace.'), {
    remedy: vscode.l10n.t('Right-click a {formats} file in the explorer and choose "Train a Model from This File".', {
      formats: formatWords(vscode.l10n.t(' or ')),
    }),
  });
}

async function pickStage(store: ProjectStore, item: PipelineItem | StageReference | undefined): Promise<StageReference> {
  if (item !== undefined && !('type' in item)) return item;
  if (item?.type === 'stage') return { root: item.root, stage: item.stage.name };
  const root = item?.root ?? (await pickRoot(store));
  const stages = store.pipelineOf(root)?.stages ?? [];
  const picked = await vscode.window.showQuickPick(
    stages.map((stage) => ({ label: stage.name, description: stage.kind })),
    { placeHolder: vscode.l10n.t('Which stage?') },
  );
  if (picked === undefined) throw new CancelledError();
  return { root, stage: picked.label };
}

async function pickJob(store: ProjectStore, item: PipelineItem | undefined): Promise<Job> {
  if (item?.type === 'job') return item.job;
  await store.states();
  const running = store.current.flatMap(({ root, pipeline }) =>
    'value' in pipeline && (item === undefined || item.root === root) ? pipeline.value.jobs.filter(({ state }) => state === 'running') : [],
  );
  const [first] = running;
  if (first === undefined) throw new AppError('job.none', vscode.l10n.t('No job is running.'));
  if (running.length === 1) return first;
  const picked = await vscode.window.showQuickPick(
    running.map((job) => ({ label: job.record.title, ...(job.activity === undefined ? {} : { description: job.activity }), job })),
    { placeHolder: vscode.l10n.t('Stop which job?') },
  );
  if (picked === undefined) throw new CancelledError();
  return picked.job;
}

async function openProject(store: ProjectStore, item: PipelineItem | StageReference | undefined): Promise<void> {
  const root = item?.root ?? (await pickRoot(store));
  const stage = item === undefined ? undefined : stageOfItem(store, item);
  const file = vscode.Uri.joinPath(vscode.Uri.file(root), projectFileName);
  if (stage === undefined) {
    await vscode.window.showTextDocument(file);
    return;
  }
  const { line, column } = stage.at;
  const start = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(file, { selection: new vscode.Range(start, start) });
}

function stageOfItem(store: ProjectStore, item: PipelineItem | StageReference): StageSummary | undefined {
  if (!('type' in item)) return store.pipelineOf(item.root)?.stages.find(({ name }) => name === item.stage);
  return item.type === 'stage' ? item.stage : undefined;
}
