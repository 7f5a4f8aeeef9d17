/** The language server: documents in, features out. It knows no format; which ones it serves is said where it is started. */
import { CodeActionKind, TextDocuments, TextDocumentSyncKind, type Connection, type InitializeResult } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { columnsChanged } from '../protocol/contracts/languageContract.ts';
import type { Environment, Format, Host, OpenFormat, Reading } from './languageFormat.ts';
import { Judging } from './judging.ts';
import { DocumentReadings } from './documentReadings.ts';

const restMs = 200;

export interface ServerOptions {
  readonly env: Environment;
  readonly formats: readonly OpenFormat[];
  /** How long typing must rest before the text is judged again. */
  readonly delayMs?: number;
}

/** Serves one client; call `connection.listen()` afterwards. */
export function serveLanguage(connection: Connection, { env, formats: openFormats, delayMs = restMs }: ServerOptions): void {
  const host: Host = { env, ask: async (method, params) => connection.sendRequest(method, params) };
  const formats = openFormats.map((open) => open(host));
  const open = new TextDocuments(TextDocument);
  const documents = new DocumentReadings(open, formats);
  const onFault = (what: string, error: unknown): void => {
    connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  const judging = new Judging({ connection, documents, delayMs, onFault });

  open.onDidChangeContent(({ document: { uri } }) => {
    judging.schedule(uri);
  });
  open.onDidClose(({ document: { uri } }) => {
    documents.forget(uri);
    judging.withdraw(uri);
  });
  const judgeAll = (): void => {
    for (const uri of open.keys()) {
      documents.forget(uri); // another file that it rests on may have changed
      judging.schedule(uri);
    }
  };
  connection.onDidChangeWatchedFiles(judgeAll);
  connection.onNotification(columnsChanged, () => {
    for (const { forget } of formats) forget?.();
    judgeAll();
  });
  answerFeatures(connection, formats, documents, onFault);
  open.listen(connection);
}

function answerFeatures(
  connection: Connection,
  formats: readonly Format[],
  documents: DocumentReadings,
  onFault: (what: string, error: unknown) => void,
): void {
  let snippets = false;
  connection.onInitialize((params) => {
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return capabilitiesWith(formats);
  });
  /** A fault of ours in one feature is one empty answer and a line in the log. */
  const answer = async <T>(
    feature: string,
    uri: string,
    nothing: T,
    ask: (reading: Reading) => T | undefined | Promise<T | undefined>,
  ): Promise<T> => {
    try {
      const reading = documents.get(uri)?.reading;
      return (reading === undefined ? undefined : await ask(reading)) ?? nothing;
    } catch (error) {
      onFault(`${feature} of ${uri}`, error);
      return nothing;
    }
  };
  connection.onCompletion(({ textDocument: { uri }, position }) =>
    answer('completion', uri, [], (reading) => reading.complete?.(position, { snippets })),
  );
  connection.onHover(({ textDocument: { uri }, position }) => answer('hover', uri, null, (reading) => reading.hover?.(position)));
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    answer('definition', uri, null, (reading) => reading.define?.(position)),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }) => answer('outline', uri, [], (reading) => reading.symbols?.()));
  connection.onCodeAction(({ textDocument: { uri }, context }) =>
    answer('quick fixes', uri, [], (reading) => reading.fix?.(context.diagnostics)),
  );
}

function capabilitiesWith(formats: readonly Format[]): InitializeResult {
  const triggerCharacters = [...new Set(formats.flatMap((format) => format.triggerCharacters))];
  return {
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters },
      hoverProvider: true,
      definitionProvider: true,
      documentSymbolProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
    },
    serverInfo: { name: 'millwright' },
  };
}
