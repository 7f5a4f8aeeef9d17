/** Finds what is wrong in a JSON Lines file after DuckDB refused it: the first line that is not an object. */
import { isUtf8 } from 'node:buffer';
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { badGzip, isZlibError, readBytes, type FaultSearch } from './csvFault.ts';

const lineBreak = 0x0a;
const longestLine = 64 * 2 ** 20;

/** @returns undefined when every line is a JSON object, and for files that hold one array instead of lines */
export async function findJsonFault(path: string, search: FaultSearch): Promise<AppError | undefined> {
  let rest = Buffer.alloc(0);
  let line = 0;
  try {
    for await (const bytes of readBytes(path, search.gzip)) {
      throwIfCancelled(search.signal);
      const text = Buffer.concat([rest, bytes]);
      if (line === 0 && text.toString('utf8', 0, 64).trimStart().startsWith('[')) return undefined;
      let start = 0;
      for (let end = text.indexOf(lineBreak); end !== -1; end = text.indexOf(lineBreak, start)) {
        line++;
        const fault = checkLine(text.subarray(start, end), line, search);
        if (fault !== undefined) return fault;
        start = end + 1;
      }
      rest = text.subarray(start);
      if (rest.length > longestLine) return badLine(search, line + 1, t('the line is longer than 64 MB'));
    }
  } catch (error) {
    if (isZlibError(error)) return badGzip(search);
    throw error;
  }
  return checkLine(rest, line + 1, search);
}

function checkLine(bytes: Buffer, line: number, search: FaultSearch): AppError | undefined {
  if (!isUtf8(bytes)) return badLine(search, line, t('its bytes are not UTF-8'));
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return badLine(search, line, t('it is not an object'));
  } catch (error) {
    return badLine(search, line, error instanceof Error ? error.message : String(error));
  }
}

function badLine({ file, key }: FaultSearch, line: number, reason: string): AppError {
  const args = { file, line, reason };
  return new AppError('dataset.badRow', t('Line {line} of {file} is not a JSON object: {reason}.', args), {
    args: { ...args, key },
    at: { file, line, column: 1, endLine: line + 1, endColumn: 1 },
    remedy: t('Every line must hold one JSON object, such as {example}.', { example: '{"a": 1}' }),
  });
}
