/** What SQLite's failures mean to a person. */
import { AppError, errorCode } from '../../../base/errors.ts';
import { writeFailure } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';

/** SQLite's primary result codes that a healthy program can meet. */
const primary = { permission: 3, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;
/** A killed writer left a journal, and this connection may not write. */
const readOnlyRollback = 776;
const readOnlyRecovery = 264;

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined;
}

/** True when a dead writer's half-done change must be undone before anybody can read. */
export function isRollbackNeeded(error: unknown): boolean {
  const code = resultCode(error);
  return code === readOnlyRollback || code === readOnlyRecovery;
}

/** Any failure of the database as an AppError; what is none of SQLite's stays as it is. */
export function databaseFailure(path: string, error: unknown, access: 'read' | 'write'): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof AppError) return error;
  const code = resultCode(error);
  const refused = access === 'read' ? notReadable : writeFailure;
  if (code === undefined) return errorCode(error) === undefined ? error : refused(path, error);
  const args = { path };
  const reason = error.message;
  switch (code & 0xff) {
    case primary.full:
      return writeFailure(path, Object.assign(new Error(reason, { cause: error }), { code: 'ENOSPC' }));
    case primary.permission:
    case primary.readOnly:
    case primary.cannotOpen:
      return refused(path, Object.assign(new Error(reason, { cause: error }), { code: 'EACCES' }));
    case primary.notADatabase:
    case primary.corrupt:
      return new AppError('tracking.damaged', t('{path} is damaged, or is no SQLite database: {reason}.', { path, reason }), {
        args,
        cause: error,
        remedy: t('Restore it from a copy, or move it away: a new one is made with the next run.'),
      });
    case primary.ioError:
      return new AppError('tracking.diskFailed', t('The disk refused to read or write {path}: {reason}.', { path, reason }), {
        kind: 'environment',
        args,
        cause: error,
        remedy: t('Check the free space, the quota and the limit on file sizes; what was stored before is unharmed.'),
      });
    default:
      return new AppError('tracking.failed', t('{path} could not be used: {reason}.', { path, reason }), {
        kind: 'environment',
        args,
        cause: error,
      });
  }
}

function notReadable(path: string, cause: Error): AppError {
  return new AppError('files.notReadable', t('{path} cannot be read: {reason}.', { path, reason: cause.message }), {
    kind: 'environment',
    args: { path },
    cause,
    remedy: t('Check the permissions of the file and its folder.'),
  });
}

/** Another process held the database for longer than we wait. */
export function trackingBusy(path: string, cause: unknown): AppError {
  return new AppError('tracking.busy', t('{path} is held by another program and stayed locked.', { path }), {
    kind: 'busy',
    args: { path },
    cause,
    remedy: t('Wait for the other program (MLflow upgrading the file, for instance) and try again.'),
  });
}

/** A database, but not one that holds runs. */
export function notMlflow(path: string): AppError {
  return new AppError('tracking.notMlflow', t('{path} is a database, but not one of MLflow: it has no tables of runs.', { path }), {
    args: { path },
    remedy: t('Move it away or rename it: a new one is made with the next run.'),
  });
}
