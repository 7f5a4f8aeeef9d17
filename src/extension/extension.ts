/** What the extension contributes, as a table of contents. Heavy things start at first need. */
import { config as useTexts } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { StartRun } from '../protocol/engineContract.ts';
import { views } from './contributions.ts';
import { EngineClient } from './engineClient.ts';
import { EvaluationReports } from './evaluationReports.ts';
import { ExperimentsTree } from './experimentsTree.ts';
import { registerGeneralCommands } from './generalCommands.ts';
import { GraphPages } from './graphPages.ts';
import { JobFollower } from './jobFollower.ts';
import { LanguageService } from './languageService.ts';
import { ModelsTree } from './modelsTree.ts';
import { createNotify } from './notify.ts';
import { registerPipelineCommands, repairingOf } from './pipelineCommands.ts';
import { PipelinesTree } from './pipelinesTree.ts';
import { registerProjectLenses } from './projectLenses.ts';
import { registerProjectProblems } from './projectProblems.ts';
import { ProjectStore } from './projectStore.ts';
import type { Repairing } from './repairs.ts';
import { registerRegistryCommands } from './registryCommands.ts';
import { findRuntime } from './runtime.ts';
import { registerReportExport } from './reportPanels.ts';
import { RunPages } from './runPages.ts';
import { registerRunTasks } from './runTasks.ts';
import { addToTerminalPath } from './terminalPath.ts';
import { registerTrainPages } from './trainPages.ts';
import { ValidationReports } from './validationReports.ts';
import { registerWalkthrough } from './walkthrough.ts';

export function activate(context: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  if (vscode.l10n.bundle !== undefined) useTexts({ contents: vscode.l10n.bundle }); // for what `base` and `protocol` say in here
  const track = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const runtime = (): ReturnType<typeof findRuntime> => findRuntime(context.extensionPath);

  const log = track(vscode.window.createOutputChannel('Millwright', { log: true }));
  const notify = createNotify(log);
  const engine = track(new EngineClient({ runtime, log }));
  const store = track(new ProjectStore(engine));
  const jobs = track(new JobFollower({ engine, store, log, notify }));
  const language = track(new LanguageService({ engine, runtime, log, notify }));
  const { extensionUri } = context;
  const evaluations = track(new EvaluationReports({ extensionUri, engine, store, notify }));
  const validations = track(new ValidationReports({ extensionUri, engine, store, notify }));
  const graphs = track(new GraphPages({ extensionUri, engine, store, notify }));
  const services = { engine, store, jobs, notify, log };
  const repairing = (request: StartRun): Repairing => repairingOf(services, request);
  const runPages = track(new RunPages({ extensionUri, engine, store, notify, repairing }));

  track(vscode.window.createTreeView(views.pipelines, { treeDataProvider: track(new PipelinesTree(store)), showCollapseAll: true }));
  track(vscode.window.createTreeView(views.experiments, { treeDataProvider: track(new ExperimentsTree(store)), showCollapseAll: true }));
  track(vscode.window.createTreeView(views.models, { treeDataProvider: track(new ModelsTree(store)), showCollapseAll: true }));
  track(registerPipelineCommands(services));
  track(registerRegistryCommands(services));
  track(registerGeneralCommands({ ...services, restartLanguageServer: () => language.restart() }));
  track(registerReportExport([evaluations.panels, validations.panels, runPages.panels, graphs.panels], notify));
  track(registerTrainPages({ ...services, extensionUri, reports: evaluations.panels }));
  track(registerProjectLenses(store));
  track(registerProjectProblems(store));
  track(registerRunTasks(store, runtime, notify));
  track(vscode.workspace.onDidGrantWorkspaceTrust(() => void engine.grantTrust().then(() => store.reload())));
  track(registerWalkthrough(context, store));
  addToTerminalPath(context);

  log.info(`Activated in ${(performance.now() - startedAt).toFixed(1)} ms.`);
}
