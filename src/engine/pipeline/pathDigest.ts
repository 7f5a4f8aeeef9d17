/** Digests of files and folders, by content and relative names. */
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../base/hash.ts';
import { notPlain } from '../../base/plainPath.ts';
import { hashKnownFile } from '../data/fileHashCache.ts';

/** Folders that hold no input of anybody's. */
const ignored = new Set(['__pycache__', '.git', '.millwright', 'node_modules']);

export interface PathDigest {
  readonly kind: 'file' | 'folder';
  readonly digest: string;
}

/**
 * The digest of a file's bytes, or of a folder's files by their relative paths; links are followed to files, not to folders.
 * @param root the project folder, which remembers the digests of files that did not change
 * @throws the file system's error where nothing lies there; AppError `dataset.changed`, `files.notPlain` for a named pipe, a socket
 * or a device; CancelledError
 */
export async function digestPath(root: string, path: string, signal?: AbortSignal): Promise<PathDigest> {
  if ((await stat(path)).isFile()) return { kind: 'file', digest: (await hashKnownFile(root, path, signal)).sha256 };
  const files: Record<string, string> = {};
  for (const name of await filesIn(path, '')) files[name] = (await hashKnownFile(root, join(path, name), signal)).sha256;
  return { kind: 'folder', digest: digestOf(files) };
}

/** Relative paths with `/`, sorted. */
async function filesIn(folder: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(join(folder, prefix))).sort()) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const info = await lstat(join(folder, path));
    if (info.isDirectory()) {
      if (!ignored.has(name)) found.push(...(await filesIn(folder, path)));
    } else if (!info.isSymbolicLink() && !info.isFile()) throw notPlain(join(folder, path), info);
    else if (info.isFile() || (await stat(join(folder, path))).isFile()) found.push(path);
  }
  return found;
}
