/** Gathering what is wrong with a project file: every finding has its place, and none stops the search for others. */
import { AppError, type ErrorDetails, type ErrorRecord } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { rangeOfSpan, type Span } from './textSource.ts';

/** Takes findings; findings of the same code at the same place are kept once (an anchor may be used many times). */
export class Diagnostics {
  private readonly found = new Map<string, ErrorRecord>();

  add(code: `project.${string}` | `files.${string}`, message: string, span: Span, details: Omit<ErrorDetails, 'at'> = {}): void {
    if (span.source.kind === 'override') {
      const text = t('In {override}: {message}', { override: span.source.file, message });
      this.keep(new AppError(code, text, { ...details, kind: 'usage' }));
    } else {
      this.keep(new AppError(code, message, { ...details, at: rangeOfSpan(span) }));
    }
  }

  /** Takes over a failure that was thrown about the text at `span`. */
  addError(error: AppError, span: Span): void {
    const { kind, args, remedy } = error;
    const code = error.code as `project.${string}`;
    this.add(code, error.message, span, { kind, args, ...(remedy === undefined ? {} : { remedy }) });
  }

  /** In the order of the text. */
  list(): readonly ErrorRecord[] {
    return [...this.found.values()].sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  }

  private keep(error: AppError): void {
    const record = error.toRecord();
    const { at } = record;
    const key = `${record.code} ${at === undefined ? record.message : `${at.file}:${at.line}:${at.column}:${JSON.stringify(record.args)}`}`;
    if (!this.found.has(key)) this.found.set(key, record);
  }
}
