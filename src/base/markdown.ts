/** Texts of any origin inside Markdown: shown as they are, never as markup, links or pictures. */

import { printable, steadyLines } from './printable.ts';

/** A text within a sentence. Addresses are made links by themselves, and entities are read, so `:`, `@` and `&` are no signs either. */
export function escapeMarkdown(text: string): string {
  return printable(oneLine(text)).replace(/[\\`*_{}[\]()#+\-.!|<>~:@&$=]/g, '\\$&');
}

/** A text as code within a sentence, fenced by more backticks than it holds in a row. */
export function inlineCode(text: string): string {
  const shown = printable(oneLine(text));
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A text as a block of code, fenced by more backticks than it holds in a row. */
export function codeBlock(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${steadyLines(text.replaceAll('\r\n', '\n'))}\n${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
