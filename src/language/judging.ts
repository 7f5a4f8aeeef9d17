/** Judges a document once its typing rests, and tells the editor for as long as it is still what the document says. */
import { DiagnosticSeverity, type Connection, type Diagnostic, type PublishDiagnosticsParams } from 'vscode-languageserver';
import { t } from '../base/localize.ts';
import type { DocumentReadings } from './documentReadings.ts';

export interface JudgingOptions {
  readonly connection: Connection;
  readonly documents: DocumentReadings;
  /** How long typing must rest before the text is judged again. */
  readonly delayMs: number;
  readonly onFault: (uri: string, error: unknown) => void;
}

export class Judging {
  readonly #options: JudgingOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Documents of which the editor was told something. */
  readonly #judged = new Set<string>();

  constructor(options: JudgingOptions) {
    this.#options = options;
  }

  schedule(uri: string): void {
    this.#cancel(uri);
    const timer = setTimeout(() => {
      this.#timers.delete(uri);
      this.#judge(uri).catch((error: unknown) => {
        this.#options.onFault(uri, error);
        this.#publish({ uri, diagnostics: [notJudged(error instanceof Error ? error.message : String(error))] });
      });
    }, this.#options.delayMs);
    this.#timers.set(uri, timer);
  }

  /** Takes back what was said of a document that is closed, or that no format knows any more. */
  withdraw(uri: string): void {
    this.#cancel(uri);
    if (!this.#judged.has(uri)) return;
    this.#publish({ uri, diagnostics: [] });
    this.#judged.delete(uri);
  }

  async #judge(uri: string): Promise<void> {
    const read = this.#options.documents.get(uri);
    if (read?.reading?.diagnose === undefined) {
      this.withdraw(uri);
      return;
    }
    for await (const diagnostics of read.reading.diagnose()) {
      if (!this.#options.documents.isCurrent(read)) return; // the next judgement is on its way
      this.#publish({ uri, version: read.version, diagnostics });
    }
  }

  #cancel(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
  }

  #publish(params: PublishDiagnosticsParams): void {
    this.#judged.add(params.uri);
    this.#options.connection.sendDiagnostics(params).catch(() => undefined); // the client is gone, and with it this process
  }
}

/** What stands at the top of a file that could not be judged, because of a fault of ours. */
function notJudged(reason: string): Diagnostic {
  return {
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    severity: DiagnosticSeverity.Warning,
    source: 'millwright',
    code: 'language.notJudged',
    message: t('This file could not be checked: {reason}', { reason }),
  };
}
