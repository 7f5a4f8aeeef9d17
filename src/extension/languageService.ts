/** Starts the language client when a project file is open, and keeps its bundle out of activation. */
import * as vscode from 'vscode';
import type { EngineClient } from './engineClient.ts';
import type { RunningLanguageClient } from './languageClient.ts';
import type { Notify } from './notify.ts';
import type { ProjectStore } from './projectStore.ts';
import type { Runtime } from './runtime.ts';

export interface LanguageServiceOptions {
  readonly engine: EngineClient;
  readonly store: ProjectStore;
  readonly runtime: () => Runtime;
  readonly log: vscode.LogOutputChannel;
  readonly notify: Notify;
}

export class LanguageService implements vscode.Disposable {
  readonly #options: LanguageServiceOptions;
  readonly #subscription: vscode.Disposable;
  #running: Promise<RunningLanguageClient> | undefined;

  constructor(options: LanguageServiceOptions) {
    this.#options = options;
    this.#subscription = vscode.workspace.onDidOpenTextDocument((document) => {
      this.#startFor(document);
    });
    for (const document of vscode.workspace.textDocuments) this.#startFor(document);
  }

  async restart(): Promise<void> {
    await (await this.#running)?.restart();
  }

  dispose(): void {
    this.#subscription.dispose();
    void this.#running?.then(
      (client) => client.stop(),
      () => undefined, // it never started
    );
  }

  #startFor(document: vscode.TextDocument): void {
    if (this.#running !== undefined || document.languageId !== 'yaml' || !/[\\/]millwright\.yaml$/.test(document.uri.fsPath)) return;
    const starting = this.#start();
    this.#running = starting;
    starting.catch((error: unknown) => {
      this.#options.notify.error(error);
    });
  }

  async #start(): Promise<RunningLanguageClient> {
    const { startLanguageClient } = await import('./languageClient.ts');
    return startLanguageClient({ runtime: this.#options.runtime(), log: this.#options.log });
  }
}
