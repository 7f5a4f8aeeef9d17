/** SHA-256 of files, remembered by size, times and inode, so that a file that did not change is not read again. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../base/errors.ts';
import { makeFolder } from '../../base/files.ts';
import { hashFile } from '../../base/hash.ts';
import { t } from '../../base/localize.ts';
import { isBusy } from '../../base/lock.ts';
import { requirePlainDatabase } from '../../base/plainPath.ts';
import { ensureStateFolder, statePath } from '../../base/stateFolder.ts';
import { removeFileNow } from '../../base/trees.ts';

export interface FileState {
  readonly sizeBytes: number;
  /** Size, times and inode as one text: equal texts mean the file was not written to in between. */
  readonly stamp: string;
}

export interface HashedFile extends FileState {
  readonly sha256: string;
}

/** A clock may tick less often than files are written: a file this young is read again the next time. */
const youngestTrustedMs = 2000;

/** What the file system says of a file now. */
export async function fileState(path: string): Promise<FileState> {
  const { size, mtimeNs, ctimeNs, ino, dev } = await stat(path, { bigint: true });
  return { sizeBytes: Number(size), stamp: [size, mtimeNs, ctimeNs, ino, dev].join(':') };
}

/**
 * @param root the project folder, whose `.millwright/cache` remembers the hashes
 * @throws AppError `dataset.changed` when the file is written to while it is read; CancelledError
 */
export async function hashKnownFile(root: string, path: string, signal?: AbortSignal): Promise<HashedFile> {
  const before = await fileState(path);
  const known = await withCache(root, (cache) => recall(cache, path, before.stamp));
  if (known !== undefined) return { ...before, sha256: known };
  const startedAt = Date.now();
  const sha256 = await hashFile(path, signal);
  const after = await fileState(path);
  if (after.stamp !== before.stamp) throw changedWhileRead(path);
  const { mtimeMs, ctimeMs } = await stat(path);
  if (startedAt - Math.max(mtimeMs, ctimeMs) > youngestTrustedMs) {
    await withCache(root, (cache) => {
      remember(cache, path, { ...before, sha256 });
    });
  }
  return { ...before, sha256 };
}

export function changedWhileRead(path: string, cause?: unknown): AppError {
  return new AppError('dataset.changed', t('{path} changed while it was being read.', { path }), {
    args: { path },
    cause,
    remedy: t('Wait until whatever writes the file has finished, and start again.'),
  });
}

/** Runs `work` on the cache. A cache that cannot be opened or is torn costs time, never a result. */
async function withCache<T>(root: string, work: (cache: DatabaseSync) => T): Promise<T | undefined> {
  const path = statePath(root, 'cache', 'hashes.db');
  let cache: DatabaseSync | undefined;
  try {
    await ensureStateFolder(root);
    await makeFolder(dirname(path));
    requirePlainDatabase(path);
    cache = new DatabaseSync(path, { timeout: 2000 });
    cache.exec('CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT NOT NULL) WITHOUT ROWID');
    return work(cache);
  } catch (error) {
    if (isTorn(error)) removeFileNow(path);
    else if (!isBusy(error) && !isUnusable(error)) throw error;
    return undefined;
  } finally {
    cache?.close();
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isTorn(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

/** A read-only or full disk: hashing goes on without memory. SQLITE_READONLY, IOERR, FULL, CANTOPEN, and our own `files.…`. */
function isUnusable(error: unknown): boolean {
  if (error instanceof AppError) return error.kind === 'environment';
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 8 || code === 10 || code === 13 || code === 14;
}

function recall(cache: DatabaseSync, path: string, stamp: string): string | undefined {
  const row = cache.prepare('SELECT sha256 FROM files WHERE path = ? AND stamp = ?').get(path, stamp);
  return typeof row?.sha256 === 'string' ? row.sha256 : undefined;
}

function remember(cache: DatabaseSync, path: string, file: HashedFile): void {
  cache.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?)').run(path, file.stamp, file.sha256);
}
