/**
 * Marks that tell what this user's Millwright wrote on this machine from what came with the folder, by a clone or an archive: a key
 * that lies outside of every project signs it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { delay } from './abort.ts';
import { readIfPresent } from './boundedRead.ts';
import { AppError } from './errors.ts';
import { writeNew } from './files.ts';
import { configFolder } from './userFolder.ts';

const patienceMs = 2000;

/** Signs texts and knows its own signatures. */
export interface UserMark {
  /** HMAC-SHA-256 of a text by this user's key and this machine's name, in hexadecimal. */
  readonly of: (text: string) => string;
  readonly isOn: (text: string, mark: string | undefined) => boolean;
}

let loaded: Promise<UserMark> | undefined;

/** This user's mark; its key is made at the first need. */
export async function userMark(): Promise<UserMark> {
  loaded ??= loadKey().then(markBy);
  return loaded;
}

function markBy(key: string): UserMark {
  const of = (text: string): string => createHmac('sha256', key).update(`${hostname()}\n${text}`).digest('hex');
  return {
    of,
    isOn(text, mark) {
      const own = Buffer.from(of(text));
      const given = Buffer.from(mark ?? '');
      return own.length === given.length && timingSafeEqual(own, given);
    },
  };
}

async function loadKey(): Promise<string> {
  const path = join(configFolder(), 'mark.key');
  const made = randomBytes(32).toString('hex');
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const known = await readIfPresent(path);
    if (known?.length === made.length) return known;
    try {
      await writeNew(path, made, { mode: 0o600 });
      return made;
    } catch (error) {
      // Another process may be just writing it. Where none can be kept, what this process marks is believed by itself alone.
      if (!AppError.is(error, 'files.exists') || Date.now() >= deadline) return made;
    }
    await delay(20);
  }
}
