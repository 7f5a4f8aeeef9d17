/** Starts the language client when a document that the server reads is open, and keeps its bundle out of activation. */
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort.ts';
import type { ColumnsParams, ColumnsResult } from '../../protocol/contracts/languageContract.ts';
import { documentFormats, isOfFormat } from '../../protocol/tables/documentFormats.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { RunningLanguageClient } from './languageClient.ts';
import type { Notify } from '../host/notify.ts';
import type { Runtime } from '../host/runtime.ts';

export interface LanguageServiceOptions {
  readonly engine: EngineClient;
  readonly runtime: () => Runtime;
  readonly log: vscode.LogOutputChannel;
  readonly notify: Notify;
}

export class LanguageService implements vscode.Disposable {
  readonly #options: LanguageServiceOptions;
  readonly #subscriptions: { dispose: () => unknown }[];
  #running: Promise<RunningLanguageClient> | undefined;

  constructor(options: LanguageServiceOptions) {
    this.#options = options;
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#startFor(document);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        this.#startFor(document); // its content may tell a format only now
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#columnsChanged(undefined);
      }),
      options.engine.onDidChange(({ root, parts }) => {
        if (parts.includes('project')) this.#columnsChanged(root);
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#startFor(document);
  }

  async restart(): Promise<void> {
    await (await this.#running)?.restart();
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    void this.#running?.then(
      (client) => client.stop(),
      () => undefined, // it never started
    );
  }

  #startFor(document: vscode.TextDocument): void {
    if (this.#running !== undefined || !isServed(document)) return;
    const starting = this.#start();
    this.#running = starting;
    starting.catch((error: unknown) => {
      this.#options.notify.error(error);
    });
  }

  async #start(): Promise<RunningLanguageClient> {
    const { startLanguageClient } = await import('./languageClient.ts');
    return startLanguageClient({
      runtime: this.#options.runtime(),
      log: this.#options.log,
      columns: async (params) => this.#columns(params),
    });
  }

  #columnsChanged(root: string | undefined): void {
    void this.#running?.then(
      (client) => {
        client.columnsChanged(root === undefined ? {} : { root });
      },
      () => undefined, // it never started
    );
  }

  /** Without data the server still knows the file; why there are none is for the log. */
  async #columns(params: ColumnsParams): Promise<ColumnsResult> {
    if (!vscode.workspace.isTrusted) return null;
    try {
      return await this.#options.engine.calls.columns(params);
    } catch (error) {
      if (!isCancelled(error))
        this.#options.log.debug(`No columns of ${params.dataset}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
}

function isServed(document: vscode.TextDocument): boolean {
  const { uri, languageId } = document;
  const opened = { place: uri.path, languageId, getText: () => document.getText() };
  return uri.scheme === 'file' && Object.values(documentFormats).some((format) => isOfFormat(format, opened));
}
