/** Finds what is wrong in a CSV file after DuckDB refused it: the first bytes or the first row that cannot be read. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { throwIfCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { decoderOf, findDelimiter, type CsvEncoding } from './csvHead.ts';

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
  search: FaultSearch & { readonly encoding: CsvEncoding; readonly delimiter: string | undefined },
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
      scan ??= new RowScan(search.delimiter ?? findDelimiter(text));
      const fault = scan.push(text);
      if (fault !== undefined) return differingWidth(search, fault);
    }
  } catch (error) {
    if (isZlibError(error)) return badGzip(search);
    throw error;
  }
  const fault = scan?.end();
  if (fault === undefined) return undefined;
  return fault === 'openQuote' ? openQuote(search, scan?.openedAt ?? 1) : differingWidth(search, fault);
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

interface WidthFault {
  readonly line: number;
  readonly fields: number;
  readonly expected: number;
}

/** Counts the fields of every row; quotes may hold delimiters and line breaks. */
class RowScan {
  line = 1;
  openedAt = 1;
  readonly #delimiter: string;
  #expected: number | undefined;
  #fields = 1;
  #empty = true;
  #quoted = false;
  #fieldStart = true;
  #rowLine = 1;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): WidthFault | undefined {
    for (const character of text) {
      const fault = this.#take(character);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  end(): WidthFault | 'openQuote' | undefined {
    if (this.#quoted) return 'openQuote';
    return this.#empty ? undefined : this.#endRow();
  }

  #take(character: string): WidthFault | undefined {
    if (character === '\n') this.line++;
    if (character === '"' && (this.#quoted || this.#fieldStart)) {
      // A doubled quote closes and opens again, which leaves the count of fields as it is.
      this.#quoted = !this.#quoted;
      if (this.#quoted) this.openedAt = this.line;
      this.#fieldStart = !this.#quoted;
      this.#empty = false;
      return undefined;
    }
    if (this.#quoted) return undefined;
    if (character === '\n' && this.#empty) this.#rowLine = this.line;
    else if (character === '\n') return this.#endRow();
    if (character === '\r' || character === '\n') return undefined;
    this.#empty = false;
    this.#fieldStart = character === this.#delimiter;
    if (this.#fieldStart) this.#fields++;
    return undefined;
  }

  #endRow(): WidthFault | undefined {
    const found = { line: this.#rowLine, fields: this.#fields };
    this.#expected ??= found.fields;
    this.#fields = 1;
    this.#empty = true;
    this.#fieldStart = true;
    this.#rowLine = this.line;
    return found.fields === this.#expected ? undefined : { ...found, expected: this.#expected };
  }
}

function differingWidth({ file, key }: FaultSearch, { line, fields, expected }: WidthFault): AppError {
  const args = { file, line, fields, expected };
  return new AppError('dataset.badRow', t('Line {line} of {file} has {fields} values where the first line has {expected}.', args), {
    args: { ...args, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: t('Correct the line: a value that holds the delimiter or a line break belongs in double quotes.'),
  });
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
