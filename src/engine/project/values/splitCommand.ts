/** Splitting the text of a `run` stage into arguments without a shell, alike on every system. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { resolveReferences, valueAsText, type ReferenceValues } from './references.ts';

/**
 * Arguments are parted by white space. Single quotes keep everything as it is; within double quotes `\"` and `\\`
 * stand for the character; outside of quotes a backslash is a letter like any other, so that Windows paths stay whole.
 * A reference `${…}` is never torn apart.
 * @throws AppError `project.unclosedQuote`
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:\\[\\"]|\\(?![\\"])|[^"\\])*)"|\$\{[^{}]*\}|./gsu;
  let word: string | undefined;
  for (const match of text.matchAll(piece)) {
    const [all, single, double] = match;
    if (single !== undefined) word = (word ?? '') + single;
    else if (double !== undefined) word = (word ?? '') + double.replace(/\\([\\"])/g, '$1');
    else if (all === "'" || all === '"') throw unclosedQuote(text, all);
    else if (all.trim() !== '' || !/^\s/u.test(all)) word = (word ?? '') + all;
    else {
      if (word !== undefined) words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function unclosedQuote(text: string, quote: string): AppError {
  return new AppError('project.unclosedQuote', t('A quote {quote} in the command is never closed: {command}', { quote, command: text }), {
    args: { quote, command: text },
    remedy: t('Close the quote, or put the quote itself between quotes of the other kind.'),
  });
}

/**
 * The arguments of a command with its references replaced: a value with spaces stays one argument.
 * @throws AppError as {@link splitCommand} and {@link resolveReferences}
 */
export function resolveCommand(text: string, values: ReferenceValues): string[] {
  return splitCommand(text).map((word) => valueAsText(resolveReferences(word, values)));
}
