/**
 * The bytes of a SQLite file, read beside SQLite. Closing a handle drops every lock that this process holds on the file (POSIX), so
 * the one handle that is opened stays open until the process ends.
 */
import { constants, createWriteStream, fstatSync, openSync, readSync, read as readBytes, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { isMissing, writeFailure } from './files.ts';
import { notPlain, requirePlain } from './plainPath.ts';

const readAsync = promisify(readBytes);
const chunkBytes = 1 << 20;

/** By device and number of the file. */
const handles = new Map<string, number>();

/** The first bytes, fewer where it is shorter; undefined where there is no file. @throws AppError `files.notPlain` */
export function readDatabaseHead(path: string, bytes: number): Buffer | undefined {
  const handle = handleOf(path);
  if (handle === undefined) return undefined;
  const head = Buffer.alloc(bytes);
  return head.subarray(0, readSync(handle, head, 0, bytes, 0));
}

/**
 * Copies the file to where none lies.
 * @throws AppError `files.notPlain`, `files.diskFull`, `files.notWritable`, `files.writeFailed`; the file system's error
 */
export async function copyDatabaseFile(from: string, to: string): Promise<void> {
  const handle = handleOf(from);
  if (handle === undefined) return;
  await pipeline(chunksOf(handle), createWriteStream(to, { flags: 'wx' })).catch((error: unknown) => {
    throw writeFailure(to, error);
  });
}

async function* chunksOf(handle: number): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await readAsync(handle, Buffer.alloc(chunkBytes), 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function handleOf(path: string): number | undefined {
  requirePlain(path);
  try {
    const known = handles.get(identityOf(statSync(path, { bigint: true })));
    if (known !== undefined) return known;
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(handle, { bigint: true });
    handles.set(identityOf(found), handle);
    if (!found.isFile()) throw notPlain(path, statSync(path));
    return handle;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}
