/** The events of a job, from its first to its last, as they are written. */
import { watch } from 'node:fs';
import { throwIfCancelled } from '../../base/abort.ts';
import { readFrom } from '../../base/boundedRead.ts';
import type { JobEvent } from '../../protocol/job.ts';
import { jobPaths, parseJobEvents, readJobResult } from './jobFolder.ts';
import { isHeld } from './reapJobs.ts';

const pollMs = 300;

/**
 * Yields what was written so far, then what comes; ends after the last event of a job that ended (or died).
 * Stopping to follow does nothing to the job.
 * @throws CancelledError when the signal fires
 */
export async function* followJob(root: string, id: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<JobEvent, void> {
  const { signal } = options;
  const paths = jobPaths(root, id);
  let offset = 0;
  for (;;) {
    throwIfCancelled(signal);
    const ended = (await readJobResult(root, id)) !== undefined || !isHeld(paths.lock);
    for (;;) {
      const part = await readWholeLines(paths.events, offset);
      if (part === undefined) break;
      offset += part.bytes;
      for (const event of parseJobEvents(part.text)) yield event;
    }
    if (ended) return;
    await changed(paths.folder, signal);
  }
}

/** The next whole lines from `offset`, or undefined when there is none yet. */
async function readWholeLines(path: string, offset: number): Promise<{ text: string; bytes: number } | undefined> {
  const part = await readFrom(path, offset, 4 << 20);
  const end = (part?.lastIndexOf(0x0a) ?? -1) + 1;
  return part === undefined || end === 0 ? undefined : { text: part.toString('utf8', 0, end), bytes: end };
}

/** Resolves at the next change in the folder, at the latest after {@link pollMs}. */
async function changed(folder: string, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      watcher?.close();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, pollMs);
    const watcher = tryWatch(folder, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

function tryWatch(folder: string, listener: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, listener);
    watcher.on('error', () => {
      watcher.close(); // the timer goes on looking
    });
    return watcher;
  } catch {
    return undefined; // no notification here (network file systems, too many watches): the timer looks
  }
}
