/** Project files in tests: the places of the expected diagnostics are marked in the text. */
import { expect } from 'vitest';
import type { SourceRange } from '../../../src/base/errors.ts';
import { parseProject, type ParsedProject, type ParseOptions } from '../../../src/engine/project/parseProject.ts';

export const projectFile = '/work space/prøject/millwright.yaml';

export function parse(text: string, options: Partial<ParseOptions> = {}): ParsedProject {
  return parseProject(text, { root: '/work space/prøject', file: projectFile, env: {}, readText: () => undefined, ...options });
}

/** A whole small project with the given text in place of one of its parts. */
export function aProject(parts: { top?: string; datasets?: string; features?: string; stages?: string } = {}): string {
  return [
    parts.top ?? 'name: small',
    'datasets:',
    parts.datasets ?? '  rows: {path: rows.csv, time: at}',
    'features:',
    parts.features ?? '  basic: {target: y, numeric: [a, b]}',
    'stages:',
    parts.stages ?? '  train: {uses: train, dataset: rows, features: basic}',
    '',
  ].join('\n');
}

/** The text without its marks `«` and `»`, and what stood between them. */
export function unmarked(marked: string): { text: string; ranges: { start: number; end: number }[] } {
  const ranges: { start: number; end: number }[] = [];
  let text = '';
  for (const character of marked) {
    if (character === '«') ranges.push({ start: text.length, end: text.length });
    else if (character === '»') ranges.at(-1)!.end = text.length;
    else text += character;
  }
  return { text, ranges };
}

export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/);
  return lines.slice(0, line - 1).join('').length + column - 1;
}

export function offsetsOf(text: string, at: SourceRange): { start: number; end: number } {
  return { start: offsetOf(text, at.line, at.column), end: offsetOf(text, at.endLine, at.endColumn) };
}

/** Each expected diagnostic, `code: words that the message or remedy contains`, at each marked place, and no others. */
export function checkDiagnostics(marked: string, expected: readonly string[], options: Partial<ParseOptions> = {}): void {
  const { text, ranges } = unmarked(marked);
  const { diagnostics, project } = parse(text, options);
  const shown = diagnostics.map(({ code, message, remedy }) => `${code}: ${message} ${remedy ?? ''}`);
  expect(shown).toHaveLength(expected.length);
  expected.forEach((line, index) => {
    const [code = '', words = ''] = line.split(/: (.*)/s);
    expect(shown[index]!.split(':')[0]).toBe(code);
    expect(shown[index]).toContain(words);
  });
  expect(diagnostics.map(({ at }) => (at === undefined ? undefined : offsetsOf(text, at)))).toEqual(ranges);
  expect(project).toBeUndefined();
}
