/** Replaces values that must not reach a log. */
import type { ErrorRecord } from '../../base/errors.ts';

/** Shorter values are masked as whole words only: they would blot out ordinary ones. */
const shortestPart = 4;

/** Replaces secrets in texts; logs come line by line, so each line of a longer secret is one of its own. */
export interface Mask {
  (text: string): string;
  /** How much of the beginning of a text that goes on can be passed on, so that no secret is passed on in two halves. */
  readonly whole: (text: string) => number;
}

/**
 * A function that replaces every secret in a text by `***`: as it is, as JSON and Python write it within quotes, as addresses write it,
 * and in mixtures of these. Secrets that overlap go together, so that none is left in part.
 */
export function createMask(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap((secret) => [secret, ...linesOf(secret)]))].filter((value) => value.trim() !== '');
  const long = values.filter((value) => value.length >= shortestPart).map(toSecret);
  const short = values.filter((value) => value.length < shortestPart).map((value) => value.replace(/[^\w]/g, '\\$&'));
  const words = short.length === 0 ? undefined : new RegExp(`(?<![\\w.])(?:${short.join('|')})(?![\\w.])`, 'g');
  const spansIn = (text: string): Span[] => {
    const isPlain = !/[%\\]/.test(text);
    const spans = long.flatMap((secret) => (isPlain ? plainSpans(secret.value, text) : patternSpans(secret.written(), text)));
    return merged(words === undefined ? spans : [...spans, ...patternSpans(words, text)]);
  };
  const reach = Math.max(0, ...values.map(longestForm));
  return Object.assign((text: string): string => blot(text, spansIn(text)), {
    whole: (text: string): number => {
      const end = Math.max(0, text.length - reach);
      return spansIn(text).find(([from, to]) => from < end && to > end)?.[0] ?? end;
    },
  });
}

/** The lines of a secret that has several, as far as they say anything: a bracket alone is no secret. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/\r\n|\n|\r/);
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter((line) => line.length >= shortestPart || /\w/.test(line));
}

interface Secret {
  readonly value: string;
  /** Finds it in each of the forms that texts are written in. Made at the first need. */
  readonly written: () => RegExp;
}

function toSecret(value: string): Secret {
  let made: RegExp | undefined;
  return { value, written: () => (made ??= new RegExp(Array.from(value, (sign) => `(?:${formsOf(sign).join('|')})`).join(''), 'g')) };
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const either = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

const escapes: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

/** How a sign may stand in a text, as patterns; the longer forms first. */
function formsOf(sign: string): string[] {
  const bytes = [...Buffer.from(sign)].map((byte) => byte.toString(16).padStart(2, '0'));
  const units = Array.from({ length: sign.length }, (_, index) => sign.charCodeAt(index).toString(16).padStart(4, '0'));
  return [
    bytes.map((byte) => `%${either(byte)}`).join(''),
    units.map((unit) => `\\\\u${either(unit)}`).join(''),
    ...(bytes.length === 1 ? bytes.map((byte) => `\\\\x${either(byte)}`) : []),
    ...(escapes[sign] === undefined ? [] : [`\\\\${escapes[sign]}`]),
    ...(/["'\\/]/.test(sign) ? [`\\\\${literal(sign)}`] : []),
    literal(sign),
    ...(sign === ' ' ? ['\\+'] : []),
  ];
}

/** Six signs stand for one in JSON, three for each byte in an address. */
function longestForm(value: string): number {
  return Math.max(value.length * 6, Buffer.byteLength(value) * 3);
}

type Span = readonly [from: number, to: number];

function plainSpans(value: string, text: string): Span[] {
  const spans: Span[] = [];
  for (let from = text.indexOf(value); from !== -1; from = text.indexOf(value, from + 1)) spans.push([from, from + value.length]);
  return spans;
}

function patternSpans(pattern: RegExp, text: string): Span[] {
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    spans.push([found.index, found.index + found[0].length]);
    pattern.lastIndex = found.index + 1; // it may overlap itself
  }
  return spans;
}

/** In order; spans that touch one another are one. */
function merged(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1]) found[found.length - 1] = [last[0], Math.max(last[1], to)];
    else found.push([from, to]);
  }
  return found;
}

function blot(text: string, spans: readonly Span[]): string {
  let masked = '';
  let done = 0;
  for (const [from, to] of spans) {
    masked += `${text.slice(done, from)}***`;
    done = to;
  }
  return masked + text.slice(done);
}

/** The error with the mask put on everything in it that a person may read. */
export function maskErrorRecord(error: ErrorRecord, mask: (text: string) => string): ErrorRecord {
  const args = Object.entries(error.args ?? {}).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value] as const);
  return {
    ...error,
    message: mask(error.message),
    ...(error.remedy === undefined ? {} : { remedy: mask(error.remedy) }),
    ...(error.inTerminal === undefined ? {} : { inTerminal: mask(error.inTerminal) }),
    ...(error.args === undefined ? {} : { args: Object.fromEntries(args) }),
  };
}
