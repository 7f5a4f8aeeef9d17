/**
 * CSV files as DuckDB reads them: it refuses files with several kinds of line ends, and knows neither title lines nor blanks
 * around values. What departs from plain CSV is copied without its departures; most files are read where they lie.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { throwIfCancelled } from '../../../base/abort.ts';
import { writeStream } from '../../../base/files.ts';
import { readBytes } from './csvFault.ts';
import { decoderOf, isBlank, longestRecord, openingQuote, type CsvEncoding, type CsvLayout } from './csvHead.ts';

export interface PlainCsv {
  /** Where the rows of a file are read from. */
  readonly pathOf: (path: string) => string;
  readonly gzip: boolean;
  readonly encoding: CsvEncoding;
}

export interface CsvFile {
  readonly path: string;
  readonly layout: CsvLayout;
}

export interface PlainCsvRequest {
  /** The folder for copies. */
  readonly scratch: string;
  readonly gzip: boolean;
  readonly encoding: CsvEncoding;
  readonly delimiter: string;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError (from the decoder) for bytes that are not of the encoding; errors of zlib for a torn gzip file */
export async function plainCsv(files: readonly CsvFile[], request: PlainCsvRequest): Promise<PlainCsv> {
  const odd = new Set<CsvFile>();
  for (const file of files) {
    if (isOdd(file.layout) || (await hasSeveralLineEnds(file.path, request))) odd.add(file);
  }
  if (odd.size === 0) return { pathOf: (path) => path, gzip: request.gzip, encoding: request.encoding };
  const isPlainText = !request.gzip && request.encoding === 'utf-8'; // copies are, and all files are read in one way
  const places = new Map<string, string>();
  for (const file of files) {
    if (isPlainText && !odd.has(file)) continue;
    const copy = join(request.scratch, `${randomUUID()}.csv`);
    await writeStream(copy, plainText(file, request));
    places.set(file.path, copy);
  }
  return { pathOf: (path) => places.get(path) ?? path, gzip: false, encoding: 'utf-8' };
}

function isOdd({ skip, comment, trim }: CsvLayout): boolean {
  return skip > 0 || comment !== undefined || trim;
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * Line breaks inside of quotes count, too: then a plain file is copied for nothing, and stays as it is.
 * @throws Error for a line that is too long: DuckDB leaves out the last one of a file, without a word, where it is longer than a buffer
 */
async function hasSeveralLineEnds(path: string, { gzip, encoding, signal }: PlainCsvRequest): Promise<boolean> {
  const step = encoding === 'utf-16' ? 2 : 1; // the other byte of either character is 0, before or after it
  const kinds = new Set<number>();
  let previous = 0;
  let unbroken = 0;
  for await (const bytes of readBytes(path, gzip)) {
    throwIfCancelled(signal);
    const lastReturn = bytes.lastIndexOf(carriageReturn);
    const end = Math.max(lastReturn, bytes.lastIndexOf(lineFeed));
    unbroken = end === -1 ? unbroken + bytes.length : bytes.length - end - 1;
    if (unbroken > longestRecord * step) throw tooLong();
    if (previous !== carriageReturn && lastReturn === -1) {
      if (end !== -1) kinds.add(lineFeed);
      previous = 0;
    } else {
      previous = addLineEnds(step === 1 ? bytes : bytes.filter((byte) => byte !== 0), previous, kinds);
    }
    if (kinds.size > 1) return true;
  }
  if (previous === carriageReturn) kinds.add(carriageReturn);
  return kinds.size > 1;
}

function tooLong(): Error {
  return new Error(`a line of more than ${longestRecord} characters`);
}

/** Adds the line ends of some bytes: a carriage return, a line feed, or both for the pair. Returns the last byte. */
function addLineEnds(bytes: Uint8Array, before: number, kinds: Set<number>): number {
  let previous = before;
  for (const byte of bytes) {
    if (byte === lineFeed) kinds.add(previous === carriageReturn ? lineFeed + carriageReturn : lineFeed);
    else if (previous === carriageReturn) kinds.add(carriageReturn);
    previous = byte;
  }
  return previous;
}

async function* plainText({ path, layout }: CsvFile, request: PlainCsvRequest): AsyncGenerator<string> {
  const decode = decoderOf(request.encoding);
  const writer = new PlainWriter(layout, request.delimiter);
  for await (const bytes of readBytes(path, request.gzip)) {
    throwIfCancelled(request.signal);
    yield writer.push(decode(bytes));
  }
  yield writer.end();
}

/** Rewrites text that arrives in pieces, line by line; a line break inside of quotes is left as it is. */
class PlainWriter {
  readonly #layout: CsvLayout;
  readonly #delimiter: string;
  #rest = '';
  /** How much of the rest holds no line end. */
  #seen = 0;
  #skipped = 0;
  #quoted = false;

  constructor(layout: CsvLayout, delimiter: string) {
    this.#layout = layout;
    this.#delimiter = delimiter;
  }

  push(piece: string): string {
    const text = this.#rest + piece;
    const lines: string[] = [];
    let start = 0;
    for (const { from, to } of lineEnds(text, this.#seen)) {
      lines.push(this.#line(text.slice(start, from), text.slice(from, to)));
      start = to;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > longestRecord) throw tooLong();
    this.#seen = this.#rest.length - trailingReturns(this.#rest);
    return lines.join('');
  }

  end(): string {
    const lines = this.#rest.split('\r');
    return lines.map((line, index) => (index === lines.length - 1 && line === '' ? '' : this.#line(line, '\r'))).join('');
  }

  #line(line: string, end: string): string {
    const { skip, comment, trim } = this.#layout;
    if (!this.#quoted) {
      if (this.#skipped < skip) {
        this.#skipped++;
        return '';
      }
      if (comment !== undefined && line.startsWith(comment)) return '';
      if (!line.includes('"')) return `${trim ? this.#trimmed(line) : line}\n`;
    }
    const written = this.#fields(line);
    return written + (this.#quoted ? end : '\n');
  }

  #trimmed(line: string): string {
    return line
      .split(this.#delimiter)
      .map((value) => this.#withoutBlanks(value))
      .join(this.#delimiter);
  }

  #withoutBlanks(value: string): string {
    let start = 0;
    let end = value.length;
    while (start < end && isBlank(value[start], this.#delimiter)) start++;
    while (end > start && isBlank(value[end - 1], this.#delimiter)) end--;
    return value.slice(start, end);
  }

  /** The fields of a line that has quotes, or stands in some. */
  #fields(line: string): string {
    const { trim } = this.#layout;
    const outside = (text: string): string => (trim ? this.#withoutBlanks(text) : text);
    let written = '';
    for (let position = 0; ;) {
      const opened = this.#quoted ? undefined : openingQuote(line, position, this.#delimiter);
      if (opened !== undefined) written += `${outside(line.slice(position, opened))}"`;
      if (this.#quoted || opened !== undefined) {
        const inside = opened === undefined ? position : opened + 1;
        const closed = afterQuotes(line, inside);
        this.#quoted = closed === undefined;
        written += line.slice(inside, closed);
        if (closed === undefined) return written;
        position = closed;
      }
      const next = line.indexOf(this.#delimiter, position);
      if (next === -1) return written + outside(line.slice(position));
      written += outside(line.slice(position, next)) + this.#delimiter;
      position = next + 1;
    }
  }
}

/**
 * Line ends from an offset on: a line feed with all carriage returns before it, or one carriage return. Those at the end of the
 * text may be either, and are left.
 */
function* lineEnds(text: string, offset: number): Iterable<{ from: number; to: number }> {
  const run = /\r+\n?|\n/g;
  run.lastIndex = offset;
  for (let match = run.exec(text); match !== null; match = run.exec(text)) {
    const from = match.index;
    const to = run.lastIndex;
    if (match[0].endsWith('\n')) yield { from, to };
    else if (to < text.length) for (let each = from; each < to; each++) yield { from: each, to: each + 1 };
  }
}

function trailingReturns(text: string): number {
  let count = 0;
  while (text[text.length - 1 - count] === '\r') count++;
  return count;
}

/** Where a quoted text has ended that goes on from `start`; undefined where it goes on after the line. */
function afterQuotes(line: string, start: number): number | undefined {
  for (let position = start; ;) {
    const quote = line.indexOf('"', position);
    if (quote === -1) return undefined;
    if (line[quote + 1] !== '"') return quote + 1;
    position = quote + 2;
  }
}
