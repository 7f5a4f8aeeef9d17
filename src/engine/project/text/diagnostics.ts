/** Gathering what is wrong with a project file: every finding has its place, and none stops the search for others, up to a limit. */
import { AppError, type ErrorDetails, type ErrorRecord } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { nearestName } from './nearestName.ts';
import { rangeOfSpan, type Span } from './textSource.ts';

/** More than anybody mends before looking again. */
const mostFindings = 200;
/** Steps along chains of data sets, edges between stages and the like: some hundred milliseconds. */
const mostSteps = 1_000_000;
/** Names that misspelt ones are compared with: some hundred milliseconds. */
const mostComparisons = 200_000;

/**
 * Takes findings; findings of the same code at the same place are kept once (an anchor may be used many times).
 * It is also the budget of the search: counted, not timed, so that a file is judged alike on every machine.
 */
export class Diagnostics {
  private readonly found = new Map<string, ErrorRecord>();
  private steps = 0;
  private comparisons = 0;
  private overflown = false;

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

  /** Whether the search is to stop. */
  get isSpent(): boolean {
    return this.overflown || this.steps > mostSteps;
  }

  /** What a name most likely means; undefined, too, once that was asked so often of so many that it is left out. */
  nearest(name: string, candidates: readonly string[]): string | undefined {
    this.comparisons += candidates.length;
    return this.comparisons > mostComparisons ? undefined : nearestName(name, candidates);
  }

  /** Counts work, for loops to call. @throws what {@link inParts} waits for, once the search is to stop */
  spend(steps = 1): void {
    this.steps += steps;
    if (this.isSpent) throw new SearchStopped();
  }

  /**
   * Does the parts of the search in turn. Where it stops, a finding at `span` says why and which parts were not done to their end.
   * @param parts by what they check, as words for people
   */
  inParts(parts: readonly (readonly [words: string, work: () => void])[], span: Span): void {
    for (const [index, [, work]] of parts.entries()) {
      try {
        this.spend(0);
        work();
      } catch (error) {
        if (!(error instanceof SearchStopped)) throw error;
        const unchecked = parts.slice(index).map(([words]) => words);
        this.found.set('', this.stopped(unchecked, span));
        return;
      }
    }
  }

  /** In the order of the text; what says that not all was checked comes first. */
  list(): readonly ErrorRecord[] {
    return [...this.found.values()].sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  }

  private stopped(unchecked: readonly string[], span: Span): ErrorRecord {
    const args = { most: formatCount(mostFindings), parts: unchecked.join(', ') };
    const message = this.overflown
      ? t('There are more than {most} problems, so the file was not checked to its end: {parts}.', args)
      : t('The file takes too much work to be checked to its end: {parts}.', args);
    const remedy = this.overflown
      ? t('Mend those that are shown; then the others are.')
      : t('Let fewer data sets, stages and references depend on one another, or divide the project.');
    return new AppError('project.notChecked', message, { at: rangeOfSpan(span), args, remedy }).toRecord();
  }

  private keep(error: AppError): void {
    const record = error.toRecord();
    const { at } = record;
    const key = `${record.code} ${at === undefined ? record.message : `${at.file}:${at.line}:${at.column}:${JSON.stringify(record.args)}`}`;
    if (this.found.has(key)) return;
    if (this.found.size >= mostFindings) this.overflown = true;
    else this.found.set(key, record);
  }
}

/** Leaves the loops of a check, for {@link Diagnostics.inParts} alone. */
class SearchStopped extends Error {}
