/** What the extension contributes, as a table of contents. Heavy things start at first need. */
import { config as useTexts } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { StartRun } from '../protocol/contracts/engineContract.ts';
import { EngineClient } from './engine/engineClient.ts';
import { EvaluationReports } from './pages/evaluationPages.ts';
import { generalHandlers, MachineDocument } from './commands/generalCommands.ts';
import { GraphPages } from './pages/graphPages.ts';
import { JobFollower } from './engine/jobFollower.ts';
import { LanguageService } from './language/languageService.ts';
import { registerCommands } from './host/contributed.ts';
import { createNotify } from './host/notify.ts';
import { pipelineHandlers, repairingOf } from './commands/pipelineCommands.ts';
import { registerProjectLenses } from './projectFile/projectLenses.ts';
import { registerProjectProblems } from './projectFile/projectProblems.ts';
import { ProjectStore } from './engine/projectStore.ts';
import type { Repairing } from './commands/repairActions.ts';
import { registryHandlers } from './commands/registryCommands.ts';
import { findRuntime } from './host/runtime.ts';
import { exportHandlers, watchActiveReport } from './pages/reportPanels.ts';
import { RunPages } from './pages/runPages.ts';
import { provideRunTasks, trialHandlers } from './commands/runTasks.ts';
import { addToTerminalPath } from './host/terminalPath.ts';
import { closeOldTrainPages, trainHandlers } from './pages/trainPages.ts';
import { ValidationReports } from './pages/validationPages.ts';
import { showViews } from './views/showViews.ts';
import { registerWalkthrough } from './walkthrough/walkthrough.ts';

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

  track(showViews(store));
  const panels = [evaluations.panels, validations.panels, runPages.panels, graphs.panels];
  const machine = track(new MachineDocument());
  const handlers = {
    ...pipelineHandlers(services),
    ...trialHandlers(store, runtime),
    ...registryHandlers(services),
    ...generalHandlers({ ...services, machine, restartLanguageServer: () => language.restart() }),
    ...exportHandlers(panels),
    ...trainHandlers({ ...services, extensionUri, reports: evaluations.panels }),
    ...evaluations.commands,
    ...validations.commands,
    ...graphs.commands,
    ...runPages.commands,
  };
  track(registerCommands(handlers, notify.error));
  track(watchActiveReport(panels));
  track(closeOldTrainPages());
  track(registerProjectLenses(store));
  track(registerProjectProblems(store));
  track(provideRunTasks(store, runtime));
  track(vscode.workspace.onDidGrantWorkspaceTrust(() => void engine.grantTrust().then(() => store.reload())));
  track(registerWalkthrough(context, store));
  addToTerminalPath(context);

  log.info(`Activated in ${(performance.now() - startedAt).toFixed(1)} ms.`);
}
