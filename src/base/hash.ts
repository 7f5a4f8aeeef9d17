/** SHA-256 of texts, values and files. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson, type Json } from './canonicalJson.ts';
import { throwIfCancelled } from './abort.ts';

/** Lower-case hexadecimal SHA-256. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** SHA-256 of a value's canonical JSON: equal values have equal digests, whatever the order of their keys. */
export function digestOf(value: Json): string {
  return sha256(canonicalJson(value));
}

/**
 * SHA-256 of a file's bytes, read as a stream.
 * @throws the file system's error when the file cannot be read; CancelledError
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(signal);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
