/** The start of a CSV file: its delimiter and the names of its columns, found by rules and never by guessing at types. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { ReadOptions } from '../project/definitions/dataset.ts';

export interface CsvHead {
  readonly delimiter: string;
  readonly names: readonly string[];
}

export type CsvEncoding = NonNullable<ReadOptions['encoding']>;

/** How much of a file is looked at: this many records, or this much text once the first record is whole. */
const sampleRecords = 100;
const sampleLength = 2 ** 20;
const delimiters = [',', ';', '\t', '|'];

/** @throws TypeError (from the decoder) for bytes that are not of the encoding */
export async function readCsvHead(
  path: string,
  options: { gzip: boolean; encoding: CsvEncoding; delimiter: string | undefined; header: boolean },
): Promise<CsvHead> {
  const text = await readStart(path, options);
  const delimiter = options.delimiter ?? findDelimiter(text);
  const [first = []] = parseCsvRecords(text, delimiter, 1);
  return { delimiter, names: uniqueNames(options.header ? first : first.map(() => '')) };
}

async function readStart(path: string, { gzip, encoding }: { gzip: boolean; encoding: CsvEncoding }): Promise<string> {
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const bytes: Readable = gzip ? pipeline(file, createGunzip(), () => undefined) : file; // errors surface where the stream is read
  const decode = decoderOf(encoding);
  let text = '';
  try {
    for await (const piece of bytes) {
      text += decode(piece as Buffer);
      if (parseCsvRecords(text, '\n', sampleRecords + 1).length > (text.length < sampleLength ? sampleRecords : 1)) break;
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
 * Records of a text in RFC 4180's form: fields in double quotes may hold delimiters, line breaks and doubled quotes.
 * @param limit stops after this many records
 */
export function parseCsvRecords(text: string, delimiter: string, limit: number): string[][] {
  const records: string[][] = [];
  let position = 0;
  while (position < text.length && records.length < limit) {
    const record: string[] = [];
    for (;;) {
      const field = parseField(text, position, delimiter);
      record.push(field.value);
      position = field.end;
      if (text[position] !== delimiter) break;
      position++;
    }
    if (text.startsWith('\r\n', position)) position += 2;
    else position++;
    records.push(record);
  }
  return records;
}

function parseField(text: string, start: number, delimiter: string): { value: string; end: number } {
  if (text[start] !== '"') {
    let end = start;
    for (; end < text.length; end++) {
      const character = text[end];
      if (character === delimiter || character === '\n' || character === '\r') break;
    }
    return { value: text.slice(start, end), end };
  }
  let value = '';
  for (let position = start + 1; ;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) return { value: value + text.slice(position), end: text.length };
    value += text.slice(position, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    position = quote + 2;
  }
}

/** The delimiter that tears the first records into equally many fields, the more the better; a comma where none does. */
export function findDelimiter(text: string): string {
  let best = { delimiter: ',', even: false, fields: 1 };
  for (const delimiter of delimiters) {
    const records = parseCsvRecords(text, delimiter, sampleRecords);
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
  return names.map((name, index) => {
    let unique = name === '' ? `column${index}` : name;
    for (let copy = 1; seen.has(unique.toLowerCase()) || (unique !== name && taken.has(unique.toLowerCase())); copy++) {
      unique = `${name === '' ? `column${index}` : name}_${copy}`;
    }
    seen.add(unique.toLowerCase());
    return unique;
  });
}
