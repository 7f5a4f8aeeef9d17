/** SHA-256 of texts, values and files. */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { throwIfCancelled } from './abort.ts';
import { canonicalJson, type Json } from './canonicalJson.ts';
import { notPlain, requirePlain } from './plainPath.ts';

/** Lower-case hexadecimal SHA-256. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a value's canonical JSON: equal values have equal digests, whatever the order of their keys. */
export function digestOf(value: Json): string {
  return sha256(canonicalJson(value));
}

/**
 * SHA-256 of a file's bytes, read as a stream; nothing that could make a reader wait is read.
 * @throws AppError `files.notPlain`; the file system's error when the file cannot be read; CancelledError
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  requirePlain(path);
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw notPlain(path, found);
    const hash: Hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
      throwIfCancelled(signal);
      hash.update(chunk as Buffer);
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
