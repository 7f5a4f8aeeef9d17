/** Files that one process appends to while it works, without waiting: what is written is in the system's hands at once. */
import { closeSync, constants, fstatSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { notPlain, requirePlain } from './plainPath.ts';

export interface Appender extends Disposable {
  /** Bytes in the file now. */
  readonly size: number;
  /** @throws the file system's error: a full disk, for one */
  write(bytes: Uint8Array): void;
  /** Makes what was written durable. */
  sync(): void;
}

/** Windows knows neither the last two flags nor what they refuse; there they are undefined and count as 0. */
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file to append to it, making it where there is none.
 * @throws AppError `files.notPlain`; the file system's error
 */
export function openAppender(path: string): Appender {
  requirePlain(path);
  const file = openSync(path, flags);
  const found = fstatSync(file);
  if (!found.isFile()) {
    closeSync(file);
    throw notPlain(path, found);
  }
  let { size } = found;
  return {
    get size() {
      return size;
    },
    write(bytes) {
      writeSync(file, bytes);
      size += bytes.length;
    },
    sync() {
      fsyncSync(file);
    },
    [Symbol.dispose]() {
      closeSync(file);
    },
  };
}

/** Appends a text and makes it durable. @throws as {@link openAppender} */
export function appendDurably(path: string, text: string | Uint8Array): void {
  using file = openAppender(path);
  file.write(Buffer.from(text));
  file.sync();
}

/** Appends one text. @throws as {@link openAppender} */
export function appendNow(path: string, text: string): void {
  using file = openAppender(path);
  file.write(Buffer.from(text));
}

/** Renames a file. @throws AppError `files.notPlain`; the file system's error */
export function moveNow(from: string, to: string): void {
  requirePlain(from);
  requirePlain(to);
  renameSync(from, to);
}
