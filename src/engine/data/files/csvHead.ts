/** The start of a CSV file: its delimiter and the names of its columns, found by rules and never by guessing at types. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { readDefaults, type ReadOptions } from '../../project/definitions/dataset.ts';

export interface CsvHead {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly layout: CsvLayout;
}

/** What stands in a file besides its rows. */
export interface CsvLayout {
  /** Lines before the header, of which none is a row: titles, and the line `sep=;` by which Excel names the delimiter. */
  readonly skip: number;
  /** What a line begins with that is a comment; undefined where there are none. */
  readonly comment: string | undefined;
  /** Whether blanks around values belong to the layout, not to the values. */
  readonly trim: boolean;
}

export interface CsvHeadOptions extends Pick<ReadOptions, 'delimiter' | 'header' | 'skip' | 'comment' | 'trim'> {
  readonly gzip: boolean;
  readonly encoding: CsvEncoding;
}

export type CsvEncoding = NonNullable<ReadOptions['encoding']>;

/** How much of a file is looked at: this many records, or this much text once the first record is whole. */
const sampleRecords = 100;
const sampleLength = 2 ** 20;
/** What is longer is no name of a column. */
export const longestName = 10_000;
/** Bytes of the longest record, header or row, that DuckDB is let read: it keeps sixteen times as much at once. */
export const longestRecord = 2 ** 24;
const delimiters = [',', ';', '\t', '|'];

/** @throws TypeError (from the decoder) for bytes that are not of the encoding */
export async function readCsvHead(path: string, options: CsvHeadOptions): Promise<CsvHead> {
  const { header = true, comment } = options;
  const lines = skipLines(await readStart(path, options), options.skip ?? readDefaults.skip);
  const named = excelDelimiter(lines);
  const { text, blank } = skipBlankLines(named === undefined ? lines : skipLines(lines, 1), comment);
  const delimiter = options.delimiter ?? named ?? findDelimiter(text, comment);
  const [first = []] = parseCsvRecords(text, delimiter, { limit: 1, comment, trim: options.trim !== false });
  const trim = options.trim ?? isSpacedOut(text, delimiter);
  const names = uniqueNames(header ? first : first.map(() => ''));
  return { delimiter, names, layout: { skip: (options.skip ?? readDefaults.skip) + (named === undefined ? 0 : 1) + blank, comment, trim } };
}

const lineEnd = /[\r\n]/;

function skipLines(text: string, lines: number): string {
  let rest = text;
  for (let skipped = 0; skipped < lines; skipped++) {
    const end = rest.search(lineEnd);
    if (end === -1) return '';
    rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1));
  }
  return rest;
}

/** Empty lines before the first row; where comments are told apart, they may lie among them. */
function skipBlankLines(text: string, comment: string | undefined): { text: string; blank: number } {
  let rest = text;
  let blank = 0;
  while (/^[\r\n]/.test(rest) || (comment !== undefined && rest.startsWith(comment))) {
    rest = skipLines(rest, 1);
    blank++;
  }
  return { text: rest, blank };
}

/** What Excel's line `sep=;` names. */
function excelDelimiter(text: string): string | undefined {
  return /^"?sep=([^\r\n"])"?[ \t]*(?=[\r\n])/i.exec(text)?.[1];
}

/** Whether the first line is written as `a, b, c`: then the others are, too. */
function isSpacedOut(text: string, delimiter: string): boolean {
  let position = parseField(text, 0, delimiter).end;
  let spaces = 0;
  while (text[position] === delimiter) {
    if (!isBlank(text[position + 1], delimiter)) return false;
    spaces++;
    position = parseField(text, position + 1, delimiter).end;
  }
  return spaces > 0;
}

/** Whether a character is a blank that may stand between a value and its delimiter. */
export function isBlank(character: string | undefined, delimiter: string): boolean {
  return (character === ' ' || character === '\t') && character !== delimiter;
}

/** For records whose fields do not matter. */
const noDelimiter = '';

async function readStart(path: string, { gzip, encoding }: { gzip: boolean; encoding: CsvEncoding }): Promise<string> {
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const bytes: Readable = gzip ? pipeline(file, createGunzip(), () => undefined) : file; // errors surface where the stream is read
  const decode = decoderOf(encoding);
  let text = '';
  let nextLook = 0;
  try {
    for await (const piece of bytes) {
      text += decode(piece as Buffer);
      if (text.length < nextLook) continue;
      const records = parseCsvRecords(text, noDelimiter, { limit: sampleRecords + 1 }).length;
      if (records > (text.length < sampleLength ? sampleRecords : 1)) break;
      if (records <= 1 && text.length > longestRecord) throw new Error(`a record of more than ${longestRecord} bytes`);
      nextLook = text.length * 1.5; // each look begins at the start
    }
  } finally {
    file.destroy();
  }
  return text;
}

/** A decoder that takes a file piece by piece, drops its byte order mark and refuses bytes that are not of the encoding. */
export function decoderOf(encoding: CsvEncoding): (bytes: Buffer) => string {
  if (encoding === 'latin-1') return (bytes) => bytes.toString('latin1');
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return (bytes) => {
    decoder ??= new TextDecoder(encoding === 'utf-8' ? 'utf-8' : bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le', { fatal: true });
    return decoder.decode(bytes, { stream: true });
  };
}

/**
 * Records of a text in RFC 4180's form: fields in double quotes may hold delimiters, line breaks and doubled quotes. Blanks
 * around such a field are no part of it.
 * @param limit stops after this many records
 * @param trim leaves out blanks around values without quotes, too
 */
export function parseCsvRecords(
  text: string,
  delimiter: string,
  { limit, comment, trim = false }: { limit: number; comment?: string | undefined; trim?: boolean },
): string[][] {
  const records: string[][] = [];
  let position = 0;
  while (position < text.length && records.length < limit) {
    if (comment !== undefined && text.startsWith(comment, position)) {
      position = afterLine(text, position);
      continue;
    }
    const record: string[] = [];
    for (;;) {
      const field = parseField(text, position, delimiter);
      record.push(trim && !field.quoted ? field.value.trim() : field.value);
      position = field.end;
      if (text[position] !== delimiter) break;
      position++;
    }
    position = afterLine(text, position);
    records.push(record);
  }
  return records;
}

function afterLine(text: string, position: number): number {
  const end = endOfField(text, position, undefined);
  return end + (text.startsWith('\r\n', end) ? 2 : 1);
}

function endOfField(text: string, start: number, delimiter: string | undefined): number {
  let end = start;
  for (; end < text.length; end++) {
    const character = text[end];
    if (character === delimiter || character === '\n' || character === '\r') break;
  }
  return end;
}

/** Where the quote stands that opens the field; undefined for a field without quotes. */
export function openingQuote(text: string, start: number, delimiter: string): number | undefined {
  let position = start;
  while (isBlank(text[position], delimiter)) position++;
  return text[position] === '"' ? position : undefined;
}

interface Field {
  readonly value: string;
  readonly end: number;
  readonly quoted: boolean;
}

function parseField(text: string, start: number, delimiter: string): Field {
  const opened = openingQuote(text, start, delimiter);
  if (opened === undefined) {
    const end = endOfField(text, start, delimiter);
    return { value: text.slice(start, end), end, quoted: false };
  }
  let value = '';
  for (let position = opened + 1; ;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) return { value: value + text.slice(position), end: text.length, quoted: true };
    value += text.slice(position, quote);
    if (text[quote + 1] !== '"') return { value, end: endOfField(text, quote + 1, delimiter), quoted: true };
    value += '"';
    position = quote + 2;
  }
}

/** The delimiter that tears the first records into equally many fields, the more the better; a comma where none does. */
export function findDelimiter(text: string, comment?: string): string {
  let best = { delimiter: ',', even: false, fields: 1 };
  for (const delimiter of delimiters) {
    const records = parseCsvRecords(text, delimiter, { limit: sampleRecords, comment });
    const fields = records[0]?.length ?? 1;
    const whole = records.length > 1 ? records.slice(0, -1) : records; // the sample may end in the middle of the last one
    const even = whole.every((record) => record.length === fields);
    if (fields > 1 && ((even && !best.even) || (even === best.even && fields > best.fields))) best = { delimiter, even, fields };
  }
  return best.delimiter;
}

/** Names for SQL, which does not tell upper from lower case: empty ones become `column0`, repeated ones get a number. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  const copies = new Map<string, number>();
  return names.map((name, index) => {
    const base = name === '' ? `column${index}` : name;
    const key = base.toLowerCase();
    let unique = base;
    let copy = copies.get(key) ?? 0;
    while (seen.has(unique.toLowerCase()) || (unique !== name && taken.has(unique.toLowerCase()))) unique = `${base}_${++copy}`;
    copies.set(key, copy);
    seen.add(unique.toLowerCase());
    return unique;
  });
}
