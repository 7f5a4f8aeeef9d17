/** Reading files of any origin: regular files only, judged by their size before a byte is read, and nothing that could make a reader wait. */
import { constants, readFileSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from './errors.ts';
import { isMissing } from './files.ts';
import { formatBytes } from './format.ts';
import { t } from './localize.ts';
import { notPlain, requirePlain } from './plainPath.ts';

/** More than any file of ours that is read whole; a larger one was made by something else. */
const mostBytes = 64 * 2 ** 20;

/**
 * The text of a file, or undefined where there is none.
 * @param most the largest size in bytes
 * @throws AppError `files.notPlain`, `files.tooLarge`; the file system's error
 */
export async function readIfPresent(path: string, { most = mostBytes }: { readonly most?: number } = {}): Promise<string | undefined> {
  return (await readBytesIfPresent(path, { most }))?.toString('utf8');
}

/** As {@link readIfPresent}, for bytes. */
export async function readBytesIfPresent(path: string, { most = mostBytes }: { readonly most?: number } = {}): Promise<Buffer | undefined> {
  return whileOpen(path, async (file, size) => {
    if (size > most) throw tooLarge(path, size, most);
    return readBetween(file, 0, size);
  });
}

/**
 * The last bytes of a file, or undefined where there is none.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function readTail(path: string, bytes: number): Promise<Buffer | undefined> {
  return whileOpen(path, async (file, size) => readBetween(file, Math.max(0, size - bytes), size));
}

/**
 * The first bytes of a file, fewer where it is shorter; undefined where there is none.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function readHead(path: string, bytes: number): Promise<Buffer | undefined> {
  return whileOpen(path, async (file, size) => readBetween(file, 0, Math.min(size, bytes)));
}

/**
 * What a growing file holds from `offset` on, at most `bytes`; undefined where there is no file.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function readFrom(path: string, offset: number, bytes: number): Promise<Buffer | undefined> {
  return whileOpen(path, async (file, size) => readBetween(file, Math.min(offset, size), Math.min(size, offset + bytes)));
}

/** Opens a regular file without waiting for anybody: a named pipe would hang the reader, a device would never end. */
async function whileOpen<T>(path: string, work: (file: FileHandle, size: number) => Promise<T>): Promise<T | undefined> {
  requirePlain(path);
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) throw notPlain(path, found);
    return await work(file, found.size);
  } finally {
    await file.close();
  }
}

async function readBetween(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const content = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < content.length) {
    const { bytesRead } = await file.read(content, filled, content.length - filled, start + filled);
    if (bytesRead === 0) break; // it became shorter meanwhile
    filled += bytesRead;
  }
  return content.subarray(0, filled);
}

function tooLarge(path: string, size: number, most: number): AppError {
  const args = { path, size: formatBytes(size), most: formatBytes(most) };
  return new AppError('files.tooLarge', t('{path} holds {size}; at most {most} of such a file are read.', args), {
    args,
    remedy: t('Look at what wrote it; move it away if it is not yours.'),
  });
}

/**
 * {@link readBytesIfPresent} for callers that cannot wait.
 * @throws AppError `files.notPlain`, `files.tooLarge`; the file system's error, also where there is no file
 */
export function readBytesNow(path: string, { most = mostBytes }: { readonly most?: number } = {}): Buffer {
  requirePlain(path);
  const found = statSync(path);
  if (!found.isFile()) throw notPlain(path, found);
  if (found.size > most) throw tooLarge(path, found.size, most);
  return readFileSync(path);
}
