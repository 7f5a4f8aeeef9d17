/** The language server: documents in, features out. Holds no knowledge of the project file itself. */
import {
  CodeActionKind,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeAction,
  type CompletionItem,
  type CompletionList,
  type Connection,
  type InitializeResult,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver';
import { TextDocument, type Position } from 'vscode-languageserver-textdocument';
import { columnsChanged, columnsRequest, type ColumnsResult } from '../protocol/contracts/languageContract.ts';
import { findColumnMentions } from './formats/projectFile/columnReferences.ts';
import { ColumnSource } from './formats/projectFile/columnSource.ts';
import { complete, datasetNeededAt, mostProposals } from './formats/projectFile/completion.ts';
import { definition } from './formats/projectFile/definition.ts';
import { diagnose, notJudged } from './formats/projectFile/diagnostics.ts';
import { hover } from './formats/projectFile/hover.ts';
import { readProjectDocument, type Environment, type ProjectDocument } from './formats/projectFile/projectDocument.ts';
import { quickFixes } from './formats/projectFile/quickFixes.ts';
import { documentSymbols } from './formats/projectFile/symbols.ts';

/** How long typing must rest before the text is judged again. */
const validationDelayMs = 200;

export interface ServerOptions {
  readonly env: Environment;
  readonly delayMs?: number;
}

/** Serves one client; call `connection.listen()` afterwards. */
export function serveLanguage(connection: Connection, { env, delayMs = validationDelayMs }: ServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  const projects = new ProjectDocuments(documents, env);
  const columns = new ColumnSource((params) => connection.sendRequest<ColumnsResult>(columnsRequest, params));
  let snippets = false;

  connection.onInitialize((params) => {
    snippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return capabilities;
  });

  const publish = (params: PublishDiagnosticsParams): void => {
    connection.sendDiagnostics(params).catch(() => undefined); // the client is gone, and with it this process
  };
  const judge = (project: ProjectDocument): void => {
    const { uri, version } = project.document;
    publish({ uri, version, diagnostics: diagnose(project, columns.known(project)) });
  };
  const validation = new Validation(
    async (uri) => {
      const project = projects.get(uri);
      if (project === undefined) return;
      judge(project);
      await columns.load(
        project,
        findColumnMentions(project).mentions.map(({ dataset }) => dataset),
      );
      const current = projects.get(uri);
      if (current?.document.version === project.document.version) judge(current);
    },
    {
      delayMs,
      onFault: (uri, error) => {
        logFault(connection, uri, error);
        publish({ uri, diagnostics: [notJudged(error instanceof Error ? error.message : String(error))] });
      },
    },
  );

  documents.onDidChangeContent(({ document }) => {
    validation.schedule(document.uri);
  });
  documents.onDidClose(({ document }) => {
    validation.cancel(document.uri);
    projects.delete(document.uri);
    publish({ uri: document.uri, diagnostics: [] });
  });
  const validateAll = (): void => {
    for (const uri of documents.keys()) {
      projects.delete(uri); // the file of parameters may have changed
      validation.schedule(uri);
    }
  };
  connection.onDidChangeWatchedFiles(validateAll);
  connection.onNotification(columnsChanged, () => {
    columns.forget();
    validateAll();
  });

  /** A fault of ours in one feature is one empty answer and a line in the log. */
  const answer = async <T>(feature: string, uri: string, nothing: T, work: (project: ProjectDocument) => T | Promise<T>): Promise<T> => {
    try {
      const project = projects.get(uri);
      return project === undefined ? nothing : await work(project);
    } catch (error) {
      logFault(connection, `${feature} of ${uri}`, error);
      return nothing;
    }
  };
  connection.onCompletion(async ({ textDocument: { uri }, position }) =>
    answer<CompletionItem[] | CompletionList>('completion', uri, [], async (project) => {
      await loadColumnsFor(project, position, columns);
      const items = complete(project, position, { columns: columns.known(project), snippets });
      return items.length < mostProposals ? items : { isIncomplete: true, items };
    }),
  );
  connection.onHover(async ({ textDocument: { uri }, position }) =>
    answer('hover', uri, null, (project) => hover(project, position, columns.known(project)) ?? null),
  );
  connection.onDefinition(async ({ textDocument: { uri }, position }) =>
    answer('definition', uri, null, (project) => definition(project, position) ?? null),
  );
  connection.onDocumentSymbol(async ({ textDocument: { uri } }) => answer('outline', uri, [], documentSymbols));
  connection.onCodeAction(async ({ textDocument: { uri }, context }) =>
    answer<CodeAction[]>('quick fixes', uri, [], ({ document }) => quickFixes(document, context.diagnostics)),
  );
  documents.listen(connection);
}

function logFault(connection: Connection, what: string, error: unknown): void {
  connection.console.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

async function loadColumnsFor(project: ProjectDocument, position: Position, columns: ColumnSource): Promise<void> {
  const dataset = datasetNeededAt(project, position);
  if (dataset !== undefined) await columns.load(project, [dataset]);
}

const capabilities: InitializeResult = {
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: { triggerCharacters: ['{', '.', ':', ' ', '[', ',', '@'] },
    hoverProvider: true,
    definitionProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
  },
  serverInfo: { name: 'millwright' },
};

/** Parsed documents, one parse for each version of a text. */
class ProjectDocuments {
  private readonly documents: TextDocuments<TextDocument>;
  private readonly env: Environment;
  private readonly parsed = new Map<string, { readonly version: number; readonly project: ProjectDocument }>();

  constructor(documents: TextDocuments<TextDocument>, env: Environment) {
    this.documents = documents;
    this.env = env;
  }

  get(uri: string): ProjectDocument | undefined {
    const document = this.documents.get(uri);
    if (document === undefined) return undefined;
    const known = this.parsed.get(uri);
    if (known?.version === document.version && known.project.document === document) return known.project;
    const project = readProjectDocument(document, this.env);
    this.parsed.set(uri, { version: document.version, project });
    return project;
  }

  delete(uri: string): void {
    this.parsed.delete(uri);
  }
}

interface ValidationOptions {
  readonly delayMs: number;
  /** A fault of ours in judging one document: the others go on. */
  readonly onFault: (uri: string, error: unknown) => void;
}

/** Judges a document once its typing rests. */
class Validation {
  private readonly validate: (uri: string) => Promise<void>;
  private readonly options: ValidationOptions;
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(validate: (uri: string) => Promise<void>, options: ValidationOptions) {
    this.validate = validate;
    this.options = options;
  }

  schedule(uri: string): void {
    this.cancel(uri);
    const timer = setTimeout(() => {
      this.timers.delete(uri);
      this.validate(uri).catch((error: unknown) => {
        this.options.onFault(uri, error);
      });
    }, this.options.delayMs);
    this.timers.set(uri, timer);
  }

  cancel(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
  }
}
