/** Splits a feature expression into tokens. */
import { t } from '../../../base/localize.ts';
import { expressionError } from './expressionError.ts';
import type { Span } from './syntax.ts';

export type Token = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    /** A bare word, as written; keywords and functions are told apart by the parser. */
    | { readonly kind: 'word'; readonly value: string }
    /** A name in double quotes: always a column. */
    | { readonly kind: 'quotedName'; readonly value: string }
    | { readonly kind: 'symbol'; readonly value: string }
    | { readonly kind: 'end' }
  );

const space = /\s+/y;
const number = /(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const text = /'(?:[^']|'')*'/y;
const quotedName = /"(?:[^"]|"")+"/y;
const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const symbol = /<>|!=|<=|>=|==|[-+*/%()=<>,]/y;

/** @throws AppError `features.expression` for a character that begins no token */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let start = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = start;
    return pattern.exec(source)?.[0];
  };
  while (start < source.length) {
    const blank = take(space);
    if (blank !== undefined) {
      start += blank.length;
      continue;
    }
    const token = readToken(take, start) ?? fail(source, start);
    tokens.push(token);
    start = token.end;
  }
  return [...tokens, { kind: 'end', start, end: start }];
}

function readToken(take: (pattern: RegExp) => string | undefined, start: number): Token | undefined {
  const spanned = (found: string): Span => ({ start, end: start + found.length });
  const digits = take(number);
  if (digits !== undefined) return { kind: 'number', value: Number(digits.replaceAll('_', '')), ...spanned(digits) };
  const quoted = take(text);
  if (quoted !== undefined) return { kind: 'text', value: quoted.slice(1, -1).replaceAll("''", "'"), ...spanned(quoted) };
  const name = take(quotedName);
  if (name !== undefined) return { kind: 'quotedName', value: name.slice(1, -1).replaceAll('""', '"'), ...spanned(name) };
  const bare = take(word);
  if (bare !== undefined) return { kind: 'word', value: bare, ...spanned(bare) };
  const mark = take(symbol);
  return mark === undefined ? undefined : { kind: 'symbol', value: mark, ...spanned(mark) };
}

function fail(source: string, start: number): never {
  const found = String.fromCodePoint(source.codePointAt(start) ?? 0);
  const problem =
    found === "'" || found === '"'
      ? t('this quotation mark is never closed.')
      : t('"{found}" is not part of the language of feature expressions.', { found });
  throw expressionError(source, { start, end: start + found.length }, problem);
}
