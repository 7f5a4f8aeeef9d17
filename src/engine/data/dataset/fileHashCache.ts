/**
 * SHA-256 of files, remembered by size, times and inode, so that a file that did not change is not read again. Each is signed: what came
 * with the folder would say of any file that it is the one that was registered.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../../base/errors.ts';
import { makeFolder } from '../../../base/files.ts';
import { hashFile } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { isBusy } from '../../../base/lock.ts';
import { requirePlainDatabase } from '../../../base/plainPath.ts';
import { ensureStateFolder, statePath } from '../../../base/stateFolder.ts';
import { removeFileNow } from '../../../base/trees.ts';
import { userMark } from '../../../base/userMark.ts';

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

/** The hashes that this process gave before, by path and stamp. */
const given = new Map<string, string>();
const mostGiven = 10_000;

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
  const name = `${path}\n${before.stamp}`;
  const known = given.get(name) ?? (await recall(root, { path, stamp: before.stamp }));
  if (known !== undefined) {
    give(name, known);
    return { ...before, sha256: known };
  }
  const startedAt = Date.now();
  const sha256 = await hashFile(path, signal);
  const after = await fileState(path);
  if (after.stamp !== before.stamp) throw changedWhileRead(path);
  const { mtimeMs, ctimeMs } = await stat(path);
  if (startedAt - Math.max(mtimeMs, ctimeMs) > youngestTrustedMs) {
    await remember(root, { path, stamp: before.stamp, sha256 });
    give(name, sha256);
  }
  return { ...before, sha256 };
}

function give(name: string, sha256: string): void {
  if (given.size >= mostGiven) given.clear();
  given.set(name, sha256);
}

export function changedWhileRead(path: string, cause?: unknown): AppError {
  return new AppError('dataset.changed', t('{path} changed while it was being read.', { path }), {
    args: { path },
    cause,
    remedy: t('Wait until whatever writes the file has finished, and start again.'),
  });
}

const cachePath = (root: string): string => statePath(root, 'cache', 'hashes.db');

/** Runs `work` on the cache. A cache that cannot be opened or is torn costs time, never a result. */
function withCache<T>(root: string, { readOnly }: { readonly readOnly: boolean }, work: (cache: DatabaseSync) => T): T | undefined {
  const path = cachePath(root);
  let cache: DatabaseSync | undefined;
  try {
    requirePlainDatabase(path);
    cache = new DatabaseSync(path, { timeout: 2000, readOnly });
    cache.exec('PRAGMA trusted_schema = OFF');
    return work(cache);
  } catch (error) {
    if (isTorn(error)) removeFileNow(path);
    else if (!isBusy(error) && !isUnusable(error)) throw error;
    return undefined;
  } finally {
    cache?.close();
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB; SQLITE_ERROR where it has other tables than ours. */
function isTorn(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 1 || code === 11 || code === 26;
}

/** A read-only or full disk: hashing goes on without memory. SQLITE_READONLY, IOERR, FULL, CANTOPEN, and our own `files.…`. */
function isUnusable(error: unknown): boolean {
  if (error instanceof AppError) return error.kind === 'environment';
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 8 || code === 10 || code === 13 || code === 14;
}

interface KnownFile {
  readonly path: string;
  readonly stamp: string;
  readonly sha256: string;
}

function markText({ path, stamp, sha256 }: KnownFile): string {
  return ['file', path, stamp, sha256].join('\n');
}

async function recall(root: string, { path, stamp }: Pick<KnownFile, 'path' | 'stamp'>): Promise<string | undefined> {
  if (!existsSync(cachePath(root))) return undefined;
  const mark = await userMark();
  return withCache(root, { readOnly: true }, (cache) => {
    const row = cache.prepare('SELECT sha256, mark FROM marked_files WHERE path = ? AND stamp = ?').get(path, stamp);
    if (typeof row?.sha256 !== 'string' || typeof row.mark !== 'string') return undefined;
    return mark.isOn(markText({ path, stamp, sha256: row.sha256 }), row.mark) ? row.sha256 : undefined;
  });
}

async function remember(root: string, file: KnownFile): Promise<void> {
  const mark = await userMark();
  try {
    await ensureStateFolder(root);
    await makeFolder(dirname(cachePath(root)));
  } catch (error) {
    if (isUnusable(error)) return;
    throw error;
  }
  withCache(root, { readOnly: false }, (cache) => {
    cache.exec(
      'CREATE TABLE IF NOT EXISTS marked_files (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, sha256 TEXT NOT NULL, mark TEXT NOT NULL) WITHOUT ROWID',
    );
    cache
      .prepare('INSERT OR REPLACE INTO marked_files VALUES (?, ?, ?, ?)')
      .run(file.path, file.stamp, file.sha256, mark.of(markText(file)));
  });
}
