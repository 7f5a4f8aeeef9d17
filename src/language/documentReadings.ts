/** The open documents, each read by its format once for each version of its text. */
import type { TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isOfFormat } from '../protocol/tables/documentFormats.ts';
import type { Format, Reading } from './languageFormat.ts';

export interface DocumentReading {
  readonly uri: string;
  readonly version: number;
  /** Undefined where no format knows the document. */
  readonly reading: Reading | undefined;
}

export class DocumentReadings {
  readonly #open: TextDocuments<TextDocument>;
  readonly #formats: readonly Format[];
  readonly #read = new Map<string, DocumentReading>();

  constructor(open: TextDocuments<TextDocument>, formats: readonly Format[]) {
    this.#open = open;
    this.#formats = formats;
  }

  /** @returns undefined for a document that is not open */
  get(uri: string): DocumentReading | undefined {
    const document = this.#open.get(uri);
    if (document === undefined) return undefined;
    const known = this.#read.get(uri);
    if (known?.version === document.version) return known;
    const read = { uri, version: document.version, reading: this.#readingOf(document) };
    this.#read.set(uri, read);
    return read;
  }

  /** Whether this is still what the document says. */
  isCurrent(read: DocumentReading): boolean {
    return this.#read.get(read.uri) === read && this.#open.get(read.uri)?.version === read.version;
  }

  /** Reads a document anew when it is asked for again: it was closed, or what it rests on may have changed. */
  forget(uri: string): void {
    this.#read.delete(uri);
  }

  /** The open document changes with every edit, what was read does not: the format gets a version of its own. */
  #readingOf(open: TextDocument): Reading | undefined {
    const { uri, languageId, version } = open;
    const document = TextDocument.create(uri, languageId, version, open.getText());
    const place = decoded(uri);
    return this.#formats
      .find(({ documents }) => isOfFormat(documents, { place, languageId, getText: () => document.getText() }))
      ?.read(document);
  }
}

/** A URI of another scheme may hold a lone percent sign. */
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
