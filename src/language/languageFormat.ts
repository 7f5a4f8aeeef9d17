/** All that the language server knows of a format of documents. */
import type { CodeAction, CompletionItem, CompletionList, Diagnostic, DocumentSymbol, Hover, Location } from 'vscode-languageserver';
import type { Position, TextDocument } from 'vscode-languageserver-textdocument';
import type { LanguageQuestions } from '../protocol/contracts/languageContract.ts';
import type { DocumentFormat } from '../protocol/tables/documentFormats.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the server gives to a format. */
export interface Host {
  readonly env: Environment;
  /** Asks the editor, which knows the data. */
  readonly ask: <Method extends keyof LanguageQuestions>(
    method: Method,
    params: LanguageQuestions[Method]['params'],
  ) => Promise<LanguageQuestions[Method]['result']>;
}

export interface Format {
  /** The documents that it reads; the first format that fits has a document to itself. */
  readonly documents: DocumentFormat;
  /** Characters that offer completions when they are typed. */
  readonly triggerCharacters: readonly string[];
  /** Reads a document: called once for each version of a text, which stays as it is. */
  readonly read: (document: TextDocument) => Reading;
  /** Data that was asked for has changed: what is known of it is old. */
  readonly forget?: () => void;
}

/** How a format begins to serve. */
export type OpenFormat = (host: Host) => Format;

/** One version of a document, as its format has understood it: each feature that the format has is a question to it. */
export interface Reading {
  /** What is wrong with it; every next answer stands in place of the one before, as more becomes known. */
  readonly diagnose?: () => Iterable<Diagnostic[]> | AsyncIterable<Diagnostic[]>;
  readonly complete?: (position: Position, editor: CompletionEditor) => Answer<CompletionItem[] | CompletionList>;
  readonly hover?: (position: Position) => Answer<Hover | undefined>;
  readonly define?: (position: Position) => Answer<Location | undefined>;
  readonly symbols?: () => Answer<DocumentSymbol[]>;
  /** Repairs of its own diagnostics. */
  readonly fix?: (diagnostics: readonly Diagnostic[]) => Answer<CodeAction[]>;
}

type Answer<T> = T | Promise<T>;

export interface CompletionEditor {
  /** Whether the editor can jump from placeholder to placeholder. */
  readonly snippets: boolean;
}
