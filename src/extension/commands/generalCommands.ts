/** Refreshing, the output channel, the check of this machine, and a fresh start of our processes. */
import * as vscode from 'vscode';
import { registerCommand } from '../host/contributions.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { machineReport } from './machineReport.ts';
import type { Notify } from '../host/notify.ts';
import type { ProjectStore } from '../engine/projectStore.ts';

export interface GeneralServices {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly notify: Notify;
  readonly log: vscode.LogOutputChannel;
  readonly restartLanguageServer: () => Promise<void>;
}

export function registerGeneralCommands(services: GeneralServices): vscode.Disposable {
  const { engine, store, notify, log, restartLanguageServer } = services;
  const machine = new MachineDocument();
  return vscode.Disposable.from(
    machine,
    registerCommand('millwright.view.refresh', async () => store.reload(), notify.error),
    registerCommand(
      'millwright.output.show',
      () => {
        log.show();
      },
      notify.error,
    ),
    registerCommand('millwright.doctor.run', async () => showProbes(services, machine), notify.error),
    registerCommand(
      'millwright.server.restart',
      async () => {
        await Promise.all([engine.restart(), restartLanguageServer()]);
        await store.reload();
      },
      notify.error,
    ),
  );
}

/** A document stays, scrolls and can be copied from; it is nobody's to save. */
class MachineDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider('millwright-machine', this);
  readonly onDidChange = this.#changed.event;
  #text = '';

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: 'millwright-machine', path: vscode.l10n.t('This Machine') });
    this.#text = text;
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

async function showProbes({ engine, store }: GeneralServices, document: MachineDocument): Promise<void> {
  const title = vscode.l10n.t('Checking this machine');
  const root = store.current[0]?.root;
  const probes = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    engine.calls.doctor({ root }),
  );
  await document.show(machineReport(probes, new Date()));
}
