/** Refreshing, the output channel, the check of this machine, and a fresh start of our processes. */
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import type { HandlersOf } from '../host/contributionRows.ts';
import type { generalCommands } from './contributions.ts';
import { machineReport } from './machineReport.ts';
import type { ProjectStore } from '../engine/projectStore.ts';

export interface GeneralServices {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly log: vscode.LogOutputChannel;
  readonly machine: MachineDocument;
  readonly restartLanguageServer: () => Promise<void>;
}

export function generalHandlers(services: GeneralServices): HandlersOf<typeof generalCommands> {
  const { engine, store, log, restartLanguageServer } = services;
  return {
    'millwright.view.refresh': () => store.reload(),
    'millwright.output.show': () => {
      log.show();
    },
    'millwright.doctor.run': () => showProbes(services),
    'millwright.server.restart': async () => {
      await Promise.all([engine.restart(), restartLanguageServer()]);
      await store.reload();
    },
  };
}

/** What the check of this machine found: a document stays, scrolls and can be copied from; it is nobody's to save. */
export class MachineDocument implements vscode.TextDocumentContentProvider, vscode.Disposable {
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

async function showProbes({ engine, store, machine }: GeneralServices): Promise<void> {
  const title = vscode.l10n.t('Checking this machine');
  const root = store.current[0]?.root;
  const probes = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    engine.calls.doctor({ root }),
  );
  await machine.show(machineReport(probes, new Date()));
}
