/** Finds what is wrong in a CSV file after DuckDB refused it: the first bytes or the first row that cannot be read. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { decoderOf, findDelimiter, isBlank, longestRecord, type CsvEncoding, type CsvLayout } from './csvHead.ts';

export interface FaultSearch {
  /** The file's name in messages. */
  readonly file: string;
  readonly gzip: boolean;
  readonly signal: AbortSignal | undefined;
  readonly key: string;
}

/** @returns undefined when every row has as many fields as the first, and all bytes are of the encoding */
export async function findCsvFault(
  path: string,
  search: FaultSearch & {
    readonly encoding: CsvEncoding;
    readonly delimiter: string | undefined;
    readonly layout: Pick<CsvLayout, 'skip' | 'comment'>;
  },
): Promise<AppError | undefined> {
  const decode = decoderOf(search.encoding);
  let scan: RowScan | undefined;
  try {
    for await (const bytes of readBytes(path, search.gzip)) {
      throwIfCancelled(search.signal);
      let text: string;
      try {
        text = decode(bytes);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return badEncoding(search, lineOfBadBytes(bytes, scan?.line ?? 1));
      }
      scan ??= new RowScan(search.delimiter ?? findDelimiter(text), search.layout);
      const fault = scan.push(text);
      if (fault !== undefined) return rowFault(search, fault);
    }
  } catch (error) {
    if (isZlibError(error)) return badGzip(search);
    throw error;
  }
  const fault = scan?.end();
  return fault === undefined ? undefined : rowFault(search, fault);
}

/** The bytes of a file, unpacked. */
export function readBytes(path: string, gzip: boolean): AsyncIterable<Buffer> {
  const file = createReadStream(path, { highWaterMark: 2 ** 20 });
  const bytes: Readable = gzip ? pipeline(file, createGunzip(), () => undefined) : file; // errors surface where the stream is read
  return bytes as AsyncIterable<Buffer>;
}

export function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

export function badGzip({ file, key }: FaultSearch): AppError {
  return new AppError('dataset.unreadable', t('{file} is not a whole gzip file.', { file }), {
    args: { file, key },
    remedy: t('The file is damaged or was not written to its end. Write it again from its source.'),
  });
}

type RowFault = WidthFault | { readonly kind: 'openQuote' | 'longRecord'; readonly line: number };

function rowFault(search: FaultSearch, fault: RowFault): AppError {
  if (fault.kind === 'width') return differingWidth(search, fault);
  return fault.kind === 'openQuote' ? openQuote(search, fault.line) : longRecord(search, fault.line);
}

interface WidthFault {
  readonly kind: 'width';
  readonly line: number;
  /** Whether only one row was read before it. */
  readonly isSecond: boolean;
  readonly fields: number;
  readonly expected: number;
}

/** Counts the fields of every row; quotes may hold delimiters and line breaks. */
class RowScan {
  line = 1;
  readonly #delimiter: string;
  readonly #layout: Pick<CsvLayout, 'skip' | 'comment'>;
  #expected: number | undefined;
  #rows = 0;
  #fields = 1;
  #empty = true;
  #quoted = false;
  #fieldStart = true;
  #rowLine = 1;
  #openedAt = 1;
  /** Bytes of the row in UTF-8. */
  #size = 0;
  #previous = '';
  /** What was read of the line, up to the length of a comment's sign. */
  #lineStart = '';

  constructor(delimiter: string, layout: Pick<CsvLayout, 'skip' | 'comment'>) {
    this.#delimiter = delimiter;
    this.#layout = layout;
  }

  push(text: string): RowFault | undefined {
    for (const character of text) {
      const fault = this.#take(character);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  end(): RowFault | undefined {
    if (this.#isIgnored()) return undefined;
    if (this.#quoted) return { kind: 'openQuote', line: this.#openedAt };
    return this.#empty ? undefined : this.#endRow();
  }

  #take(character: string): RowFault | undefined {
    const previous = this.#previous;
    this.#previous = character;
    if (character === '\n' && previous === '\r') return undefined; // its line ended before it
    if (character === '\r' || character === '\n') return this.#endLine();
    if (!this.#quoted && this.#lineStart.length < (this.#layout.comment?.length ?? 0)) this.#lineStart += character;
    if (this.#isIgnored()) return undefined;
    this.#takeValue(character);
    this.#size += bytesOf(character);
    // Inside of quotes it may be that they are never closed, which says more.
    return this.#size > longestRecord && !this.#quoted ? { kind: 'longRecord', line: this.#rowLine } : undefined;
  }

  #takeValue(character: string): void {
    this.#empty = false;
    if (character === '"' && (this.#quoted || this.#fieldStart)) {
      // A doubled quote closes and opens again, which leaves the count of fields as it is.
      this.#quoted = !this.#quoted;
      if (this.#quoted) this.#openedAt = this.line;
      this.#fieldStart = !this.#quoted;
    } else if (!this.#quoted) {
      if (character === this.#delimiter) this.#fields++;
      this.#fieldStart = character === this.#delimiter || (this.#fieldStart && isBlank(character, this.#delimiter));
    }
  }

  /** Whether the line is none of the rows. */
  #isIgnored(): boolean {
    return this.line <= this.#layout.skip || (this.#lineStart !== '' && this.#lineStart === this.#layout.comment);
  }

  #endLine(): WidthFault | undefined {
    const isRow = !this.#quoted && !this.#empty && !this.#isIgnored();
    this.line++;
    if (this.#quoted) return undefined;
    if (isRow) return this.#endRow();
    this.#startRow();
    return undefined;
  }

  #startRow(): void {
    this.#fields = 1;
    this.#empty = true;
    this.#fieldStart = true;
    this.#lineStart = '';
    this.#size = 0;
    this.#rowLine = this.line;
  }

  #endRow(): WidthFault | undefined {
    this.#rows++;
    const found = { kind: 'width', line: this.#rowLine, isSecond: this.#rows === 2, fields: this.#fields } as const;
    this.#expected ??= found.fields;
    this.#startRow();
    return found.fields === this.#expected ? undefined : { ...found, expected: this.#expected };
  }
}

/** In UTF-8, as DuckDB counts, whatever the encoding of the file. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

function longRecord({ file, key }: FaultSearch, line: number): AppError {
  const args = { file, line, most: formatBytes(longestRecord) };
  return new AppError('dataset.longRow', t('Line {line} of {file} is longer than {most}, the longest that is read.', args), {
    args: { ...args, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: t('Check that its lines end where they should; of very many columns or very long texts, make a Parquet file.'),
  });
}

function differingWidth({ file, key }: FaultSearch, fault: WidthFault): AppError {
  const { line, fields, expected } = fault;
  const args = { file, line, fields, expected };
  return new AppError('dataset.badRow', t('Line {line} of {file} has {fields} values where the first line has {expected}.', args), {
    args: { ...args, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: widthRemedy(fault),
  });
}

function widthRemedy({ isSecond, fields, expected }: WidthFault): string {
  if (isSecond && expected < fields) {
    return t('If the lines before the header are a title, say how many with "read: {skip: 1}"; notes: "read: {comment: \'#\'}".');
  }
  const correct = t('Correct the line: a value that holds the delimiter or a line break belongs in double quotes.');
  return fields === 1 ? `${correct} ${t('Lines that are notes are left out with "read: {comment: \'#\'}".')}` : correct;
}

function openQuote({ file, key }: FaultSearch, line: number): AppError {
  return new AppError('dataset.badRow', t('A double quote is opened on line {line} of {file} and never closed.', { line, file }), {
    args: { line, file, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: t('Close the quote; a quote inside of a quoted value is written twice.'),
  });
}

function badEncoding({ file, key, ...search }: FaultSearch & { readonly encoding: CsvEncoding }, line: number): AppError {
  const args = { file, line, encoding: search.encoding };
  return new AppError('dataset.encoding', t('Line {line} of {file} holds bytes that are not {encoding}.', args), {
    args: { ...args, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: t('Save the file as UTF-8, or name its encoding under "read:" (utf-8, utf-16, latin-1).'),
  });
}

/** The line, counting on from `line`, of the first line in `bytes` that is not UTF-8 by itself. */
function lineOfBadBytes(bytes: Buffer, line: number): number {
  let found = line;
  for (let start = 0; start < bytes.length; found++) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return found;
}
