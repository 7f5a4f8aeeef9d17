/** Failures of SQL that the user wrote, in words for people. */
import { isCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { readDuckdbFailure, type DuckdbFailure } from './duckdbError.ts';

/** Why an expression, condition or query of the user's failed while it was bound or run. */
export function sqlFailure(error: unknown, { key, sql }: { key: string; sql: string }): Error {
  if (AppError.is(error) || isCancelled(error)) return error as Error;
  const failure = readDuckdbFailure(error);
  if (failure === undefined) return error instanceof Error ? error : new Error(String(error));
  const reason = failure.subtype === 'COLUMN_NOT_FOUND' && failure.name !== undefined ? missingColumn(failure.name) : failure.message;
  return new AppError('dataset.expression', t('{sql} in {key} fails: {reason}', { sql: quotedOnce(shorten(sql)), key, reason }), {
    args: { key, sql },
    cause: error,
    remedy: sqlRemedy(failure),
  });
}

/** DuckDB names the clause that it looked through, which the user has not written. */
function missingColumn(name: string): string {
  return t('there is no column {name}.', { name: quotedOnce(name) });
}

function quotedOnce(text: string): string {
  return text.includes('"') ? text : `"${text}"`;
}

function sqlRemedy(failure: DuckdbFailure): string {
  if (failure.candidates !== undefined) return t('Did you mean {candidates}?', { candidates: failure.candidates });
  return failure.type === 'Conversion' || failure.type === 'Out of Range'
    ? t('Use try_cast(… AS …) where a value may not fit; a value that does not fit is missing then.')
    : t('Write it in SQL as DuckDB understands it.');
}

/** One line of SQL for a message. */
export function shorten(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length <= 80 ? line : `${line.slice(0, 77)}…`;
}
