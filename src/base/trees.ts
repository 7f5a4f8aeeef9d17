/** Moving, copying and removing files and folders: the only place beside `base/files` that changes a file system. */
import { constants, createReadStream, createWriteStream, linkSync, rmSync } from 'node:fs';
import { copyFile as copyOne, cp, lstat, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { throwIfCancelled } from './abort.ts';
import { ensureFolder, isMissing, moveOver, writeFailure } from './files.ts';
import { notPlain, requirePlain } from './plainPath.ts';

/**
 * Removes a file or a folder with all that is in it; links in it go, what they lead to stays. What is not there is no error.
 * @throws AppError `files.notPlain` where a folder above is a link; the file system's error
 */
export async function removeTree(path: string): Promise<void> {
  requirePlain(dirname(path));
  await rm(path, { recursive: true, force: true });
}

/** {@link removeTree} for one file, for callers that cannot wait. */
export function removeFileNow(path: string): void {
  requirePlain(dirname(path));
  rmSync(path, { force: true });
}

/** A folder outside of every project that only this user can look into. @throws AppError `files.diskFull`, `files.notWritable`, … */
export async function makePrivateFolder(): Promise<string> {
  const prefix = join(tmpdir(), 'millwright-');
  return mkdtemp(prefix).catch((error: unknown) => {
    throw writeFailure(tmpdir(), error);
  });
}

/** {@link removeTree} of what {@link makePrivateFolder} made, for callers that cannot wait. */
export function removePrivateFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Gives a finished file its name, unless something has that name already. @throws AppError `files.notPlain`; `EEXIST` */
export function nameNow(file: string, name: string): void {
  requirePlain(name);
  linkSync(file, name);
}

/** Larger files are copied piece by piece, so that cancelling is heard before the disk is full. */
const atOnceBytes = 64 * 2 ** 20;

/**
 * Copies a file or folder, making the folders above. Links below the source are followed, but never in our own state, which
 * holds none.
 * @throws AppError `files.notPlain`; the file system's error; CancelledError
 */
export async function copyTree(from: string, to: string, signal?: AbortSignal): Promise<void> {
  requirePlain(from);
  await ensureFolder(dirname(to));
  requirePlain(to);
  await cp(from, to, {
    recursive: true,
    dereference: true,
    mode: constants.COPYFILE_FICLONE,
    preserveTimestamps: true,
    filter: async (source, target) => {
      throwIfCancelled(signal);
      requirePlain(source);
      const found = await lstat(source);
      if (found.isFIFO() || found.isSocket() || found.isCharacterDevice() || found.isBlockDevice()) throw notPlain(source, found);
      if (!found.isFile() || found.size <= atOnceBytes) return true;
      await copyLarge(source, target, signal);
      return false;
    },
  });
}

/** As a clone, where the file system has them. */
async function copyLarge(source: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  const { mode, atime, mtime } = await stat(source);
  await copyOne(source, target, constants.COPYFILE_FICLONE_FORCE).catch(async () => {
    const pieces = { highWaterMark: 2 ** 20 };
    await pipeline(
      createReadStream(source, pieces),
      createWriteStream(target, { ...pieces, mode }),
      ...(signal === undefined ? [] : [{ signal }]),
    );
  });
  throwIfCancelled(signal);
  await utimes(target, atime, mtime);
}

/**
 * Copies one file over another.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function copyFile(from: string, to: string): Promise<void> {
  requirePlain(from);
  await ensureFolder(dirname(to));
  requirePlain(to);
  await copyOne(from, to, constants.COPYFILE_FICLONE);
}

/**
 * Puts a finished folder in the place of another; readers see the one or the other, or for a moment none; when it fails, the other comes back.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function replaceTree(from: string, to: string, aside: string): Promise<void> {
  const stepsAside = await moveOver(to, aside).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  try {
    await moveOver(from, to);
  } catch (error) {
    if (stepsAside) await moveOver(aside, to);
    throw error;
  }
  await removeTree(aside);
}

/** The names in a folder; none where there is no folder. @throws AppError `files.notPlain`; the file system's error */
export async function namesIn(folder: string): Promise<string[]> {
  requirePlain(folder);
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Notes that a file was used now; a file system that refuses only knows it later. */
export async function touch(path: string): Promise<void> {
  requirePlain(path);
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
