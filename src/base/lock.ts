/**
 * The only lock: an open `BEGIN EXCLUSIVE` on a SQLite file. The system releases it when its holder dies, however it dies.
 * Never open a lock file by any other means: closing such a handle drops the lock on POSIX systems.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { delay } from './abort.ts';
import { writeFailure } from './files.ts';

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
    throw writeFailure(path, error);
  }
  const release = (): void => {
    if (database.isOpen) database.close();
  };
  return { path, release, [Symbol.dispose]: release };
}

/** Whether somebody holds the lock now. Reads only: it never takes the lock. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

/** True for SQLite's answer that another connection holds the file (`SQLITE_BUSY` and its extended codes). */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
}
