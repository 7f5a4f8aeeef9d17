/** The language server as a process of its own, and an editor that speaks to it. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { Diagnostic, InitializeResult, Position, PublishDiagnosticsParams } from 'vscode-languageserver';
import { columnsRequest, type ColumnsParams, type ColumnsResult } from '../../src/protocol/contracts/languageContract.ts';
import { entryPoint } from '../../src/base/entryPoint.ts';

/** An editor: a connection with the diagnostics it was told of. */
export class Editor {
  readonly connection: MessageConnection;
  readonly asked: ColumnsParams[] = [];
  columns: ColumnsResult = null;
  readonly child: ChildProcess;
  /** Rejects when the server's process ends. */
  private readonly ended: Promise<never>;
  private readonly published: PublishDiagnosticsParams[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(child: ChildProcess, connection: MessageConnection) {
    this.child = child;
    this.ended = new Promise((_, reject) => {
      child.once('exit', (code, signal) => {
        reject(new Error(`the language server ended with ${String(code ?? signal)}`));
      });
    });
    this.ended.catch(() => undefined); // only where somebody waits for an answer
    this.connection = connection;
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const wake of this.waiting.splice(0)) wake();
    });
    connection.onRequest(columnsRequest, (params: ColumnsParams) => {
      this.asked.push(params);
      return this.columns;
    });
    connection.listen();
  }

  async initialize(root: string): Promise<InitializeResult> {
    const result = await this.connection.sendRequest<InitializeResult>('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    });
    await this.connection.sendNotification('initialized', {});
    return result;
  }

  /** The first diagnostics of a document that satisfy the condition. */
  async diagnostics(condition: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.published.findLast(({ diagnostics }) => condition(diagnostics));
      if (found !== undefined) return found.diagnostics;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The diagnostics of one version of a document. */
  async diagnosticsOf(uri: string, version: number): Promise<readonly Diagnostic[]> {
    for (;;) {
      const found = this.published.findLast((one) => one.uri === uri && one.version === version);
      if (found !== undefined) return found.diagnostics;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** Answers of every feature for a place in a document, by feature; rejects when the server ends meanwhile. */
  async askEverything(uri: string, position: Position, diagnostics: readonly Diagnostic[] = []): Promise<ReadonlyMap<string, number>> {
    const textDocument = { uri };
    const range = { start: position, end: position };
    const requests = {
      hover: { textDocument, position },
      definition: { textDocument, position },
      completion: { textDocument, position },
      documentSymbol: { textDocument },
      codeAction: { textDocument, range, context: { diagnostics } },
    };
    const took = new Map<string, number>();
    for (const [feature, params] of Object.entries(requests)) {
      const start = performance.now();
      await Promise.race([this.connection.sendRequest(`textDocument/${feature}`, params), this.ended]);
      took.set(feature, performance.now() - start);
    }
    return took;
  }

  /** Ends the server as LSP asks for; resolves to its exit code. */
  async close(): Promise<number | null> {
    const exited = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    const code = await exited;
    this.connection.dispose();
    return code;
  }
}

export function startOverStdio(): Editor {
  const child = spawn(process.execPath, ['--no-warnings', entryPoint('language'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Editor(child, createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)));
}

export function startOverIpc(): Editor {
  const child = fork(entryPoint('language'), ['--node-ipc'], { execArgv: ['--no-warnings'] });
  return new Editor(child, createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child)));
}
