/** A text that values were read from, and places in it. Knows lines and columns, nothing of YAML. */
import type { SourceRange } from '../../../base/errors.ts';

export interface TextSource {
  /** Absolute path of the file, or for an override the words of the command line. */
  readonly file: string;
  readonly text: string;
  /** `override`: the text was given on the command line and has no place in a file. */
  readonly kind: 'file' | 'override';
}

/** A stretch of a text, in UTF-16 code units; the end is exclusive. */
export interface Span {
  readonly source: TextSource;
  readonly start: number;
  readonly end: number;
}

const lineStarts = new WeakMap<TextSource, readonly number[]>();

/** Offsets at which lines start; `\n`, `\r\n` and a lone `\r` end a line, as in VS Code. */
function startsOf(source: TextSource): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [0, ...source.text.matchAll(/\r\n|\r|\n/g).map((end) => end.index + end[0].length)];
  lineStarts.set(source, starts);
  return starts;
}

/** Line and column of an offset, both from 1; offsets outside of the text are moved to its nearest end. */
export function positionAt(source: TextSource, offset: number): { line: number; column: number } {
  const inside = Math.max(0, Math.min(offset, source.text.length));
  const starts = startsOf(source);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= inside) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: inside - (starts[low] ?? 0) + 1 };
}

/** The span as lines and columns, for a diagnostic. */
export function rangeOfSpan(span: Span): SourceRange {
  const start = positionAt(span.source, span.start);
  const end = positionAt(span.source, Math.max(span.start, span.end));
  return { file: span.source.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
