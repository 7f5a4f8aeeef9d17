/** Digests of files and folders, by content and relative names. */
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../../../base/files.ts';
import { digestOf, sha256 } from '../../../base/hash.ts';
import { notPlain, requirePlain } from '../../../base/plainPath.ts';
import { hashKnownFile } from '../../data/dataset/fileHashCache.ts';

/** Folders that hold no input of anybody's. */
const ignored = new Set(['__pycache__', '.git', '.millwright', 'node_modules']);

export interface PathDigest {
  readonly kind: 'file' | 'folder';
  readonly digest: string;
}

/**
 * The digest of a file's bytes, or of a folder's files by their relative paths; links are followed to files, not to folders, and one
 * that leads nowhere counts as what it says.
 * @param root the project folder, which remembers the digests of files that did not change
 * @throws the file system's error where nothing lies there; AppError `dataset.changed`, `files.notPlain` for a named pipe, a socket
 * or a device; CancelledError
 */
export async function digestPath(root: string, path: string, signal?: AbortSignal): Promise<PathDigest> {
  requirePlain(path);
  const found = await stat(path);
  if (found.isFile()) return { kind: 'file', digest: (await hashKnownFile(root, path, signal)).sha256 };
  if (!found.isDirectory()) throw notPlain(path, found);
  const files: Record<string, string> = {};
  for (const name of await filesIn(path, '')) files[name] = await digestInFolder(root, join(path, name), signal);
  return { kind: 'folder', digest: digestOf(files) };
}

async function digestInFolder(root: string, path: string, signal: AbortSignal | undefined): Promise<string> {
  requirePlain(path);
  try {
    return (await hashKnownFile(root, path, signal)).sha256;
  } catch (error) {
    if (!isMissing(error) || !(await lstat(path)).isSymbolicLink()) throw error;
    return sha256(`link to ${await readlink(path)}`);
  }
}

/** Relative paths with `/`, sorted. */
async function filesIn(folder: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(join(folder, prefix))).sort()) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const info = await lstat(join(folder, path));
    if (info.isDirectory()) {
      if (!ignored.has(name)) found.push(...(await filesIn(folder, path)));
    } else if (!info.isSymbolicLink() || !(await leadsToFolder(join(folder, path)))) found.push(path);
  }
  return found;
}

async function leadsToFolder(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
