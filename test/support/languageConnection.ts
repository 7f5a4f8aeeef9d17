/** A language server in this process with any formats, and an editor at the other end of a real connection. */
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Diagnostic, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import type { OpenFormat } from '../../src/language/languageFormat.ts';
import { serveLanguage } from '../../src/language/server.ts';

export interface ConnectedEditor {
  readonly connection: MessageConnection;
  readonly initialized: InitializeResult;
  readonly published: readonly PublishDiagnosticsParams[];
  /** What the server wrote into its log. */
  readonly logged: readonly string[];
  readonly open: (uri: string, text: string, languageId?: string) => Promise<void>;
  readonly edit: (uri: string, version: number, text: string) => Promise<void>;
  /** The answer to a question about a place in a document. */
  readonly ask: (feature: string, uri: string, more?: object) => Promise<unknown>;
  /** Waits until the last that was published of a document satisfies the condition. */
  readonly told: (uri: string, condition: (diagnostics: readonly Diagnostic[]) => boolean) => Promise<readonly Diagnostic[]>;
  /** Waits until whatever rests has been judged. */
  readonly settled: () => Promise<void>;
}

const delayMs = 5;

export async function connectEditor(formats: readonly OpenFormat[]): Promise<ConnectedEditor> {
  const [toServer, toEditor] = [new PassThrough(), new PassThrough()];
  const server = createConnection(toServer, toEditor);
  serveLanguage(server, { env: {}, formats, delayMs });
  server.listen();
  const connection = createMessageConnection(new StreamMessageReader(toEditor), new StreamMessageWriter(toServer));
  const published: PublishDiagnosticsParams[] = [];
  const logged: string[] = [];
  const waiting: (() => void)[] = [];
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const wake of waiting.splice(0)) wake();
  });
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    logged.push(message);
  });
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  const position = { line: 0, character: 0 };
  const ask = (feature: string, uri: string, more: object = {}): Promise<unknown> =>
    connection.sendRequest(`textDocument/${feature}`, {
      textDocument: { uri },
      position,
      range: { start: position, end: position },
      context: { diagnostics: [] },
      ...more,
    });
  return {
    connection,
    initialized,
    published,
    logged,
    ask,
    open: (uri, text, languageId = 'plaintext') =>
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    edit: (uri, version, text) =>
      connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] }),
    told: async (uri, condition) => {
      for (;;) {
        const last = published.findLast((one) => one.uri === uri);
        if (last !== undefined && condition(last.diagnostics)) return last.diagnostics;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    settled: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10 * delayMs));
    },
  };
}
