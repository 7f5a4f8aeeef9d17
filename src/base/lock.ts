/**
 * The only lock: an open `BEGIN EXCLUSIVE` on a SQLite file. The system releases it when its holder dies, however it dies.
 * Never open a lock file by any other means: closing such a handle drops the lock on POSIX systems.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { delay } from './abort.ts';
import { AppError } from './errors.ts';
import { writeFailure } from './files.ts';
import { t } from './localize.ts';
import { requirePlainDatabase } from './plainPath.ts';

const takerPatienceMs = 2000;
const retryMs = 25;

export interface Lock extends Disposable {
  readonly path: string;
  release(): void;
}

/**
 * Takes the lock, waiting two seconds (or `patienceMs`) for the present holder, since probes hold it for moments.
 * @returns undefined when somebody else keeps it
 * @throws AppError when the lock file cannot be made; CancelledError
 */
export async function takeLock(path: string, options: { patienceMs?: number; signal?: AbortSignal } = {}): Promise<Lock | undefined> {
  const deadline = Date.now() + (options.patienceMs ?? takerPatienceMs);
  for (;;) {
    const lock = tryTakeLock(path);
    if (lock !== undefined) return lock;
    if (Date.now() >= deadline) return undefined;
    await delay(retryMs, options.signal);
  }
}

function tryTakeLock(path: string): Lock | undefined {
  requirePlainDatabase(path);
  let database: DatabaseSync;
  try {
    mkdirSync(dirname(path), { recursive: true });
    database = new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw writeFailure(path, error);
  }
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw isLockFile(error) ? writeFailure(path, error) : damaged(path, error);
  }
  const release = (): void => {
    if (database.isOpen) database.close();
  };
  return { path, release, [Symbol.dispose]: release };
}

/**
 * Whether somebody holds the lock now. Reads only: it never takes the lock.
 * @throws AppError `lock.damaged` for a file that is no lock, `lock.unreadable`, `files.notPlain`
 */
export function isLocked(path: string): boolean {
  requirePlainDatabase(path);
  if (!existsSync(path)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw isLockFile(error) ? unreadable(path, error) : damaged(path, error);
  } finally {
    database?.close();
  }
}

/**
 * Whether what failed was at least a lock of ours: SQLITE_CORRUPT and SQLITE_NOTADB say that it is no database, SQLITE_READONLY_ROLLBACK
 * and SQLITE_READONLY_RECOVERY that something was written to it, which we never do.
 */
function isLockFile(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  return ![11, 26].includes(code & 0xff) && ![776, 264].includes(code);
}

function damaged(path: string, cause: unknown): AppError {
  return new AppError('lock.damaged', t('{path} is no lock of Millwright: something else has written it.', { path }), {
    kind: 'environment',
    args: { path },
    cause,
    remedy: t('Delete it when no Millwright is at work here.'),
  });
}

function unreadable(path: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError('lock.unreadable', t('The lock {path} cannot be read: {reason}.', { path, reason }), {
    kind: 'environment',
    args: { path },
    cause,
    remedy: t('Check the permissions of the file and its folder.'),
  });
}

/** True for SQLite's answer that another connection holds the file (`SQLITE_BUSY` and its extended codes). */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
}
