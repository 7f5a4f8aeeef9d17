/** A failure as the terminal shows it: place, message and code on the first line, the source with a caret, the remedy. */
import type { ErrorRecord, SourceRange } from '../../base/errors.ts';
import { isInside } from '../../base/files.ts';
import { printable } from '../../base/printable.ts';
import { relative } from 'node:path';
import type { Style } from './style.ts';
import { displayWidth } from './width.ts';

export interface FailureOptions {
  readonly style: Style;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** The text of the file that the failure points into, where it can be read. */
  readonly source?: string | undefined;
}

/**
 * Lines for one failure. The first is in the form that compilers use (`file:line:column: error: message [code]`),
 * so that terminals link it and problem matchers read it.
 */
export function renderFailure(error: ErrorRecord, options: FailureOptions): string[] {
  const { style } = options;
  const place = error.at === undefined ? '' : `${style('bold', placeOf(error.at, options.cwd))}: `;
  return [
    `${place}${style('red', 'error')}: ${multiline(error.message)} ${style('dim', `[${error.code}]`)}`,
    ...(error.at === undefined || options.source === undefined ? [] : excerpt(error.at, options.source, style)),
    ...[error.remedy, error.inTerminal]
      .flatMap((remedy) => remedy?.split('\n') ?? [])
      .map((line) => `  ${style('cyan', '→')} ${printable(line)}`),
  ];
}

function multiline(text: string): string {
  return text.split('\n').map(printable).join('\n  ');
}

/** `file:line:column`, relative where it lies below the folder. */
export function placeOf(at: SourceRange, cwd: string): string {
  const file = isInside(cwd, at.file) ? relative(cwd, at.file) : at.file;
  return `${printable(file)}:${at.line}:${at.column}`;
}

/** A longer line of source would push the remedy off the screen. */
const longestLine = 400;

/** Bytes that are no text would only fill the screen. */
function isBinary(line: string): boolean {
  return /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(line);
}

/** The line of source and, below it, a caret under what is meant. Columns count UTF-16 units from 1. */
function excerpt(at: SourceRange, source: string, style: Style): string[] {
  const line = source.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)[at.line - 1];
  if (line === undefined || line.length > longestLine || isBinary(line)) return [];
  const number = String(at.line);
  const before = printable(line.slice(0, at.column - 1));
  const meant = at.endLine === at.line ? line.slice(at.column - 1, at.endColumn - 1) : line.slice(at.column - 1);
  const marks = '^'.repeat(Math.max(1, displayWidth(printable(meant.trimEnd()))));
  const bar = style('dim', '|');
  return [
    `  ${style('dim', number)} ${bar} ${printable(line)}`,
    `  ${' '.repeat(number.length)} ${bar} ${' '.repeat(displayWidth(before))}${style('red', marks)}`,
  ];
}
