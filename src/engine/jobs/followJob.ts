/** The events of a job, from its first to its last, as they are written. */
import type { JobEvent } from '../../protocol/job.ts';
import { backendOf } from './backendOf.ts';
import { readJobRecord } from './jobFolder.ts';

/**
 * Yields what was written so far, then what comes; ends after the last event of a job that ended (or died).
 * Stopping to follow does nothing to the job.
 * @throws CancelledError when the signal fires
 */
export async function* followJob(root: string, id: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<JobEvent, void> {
  yield* backendOf(await readJobRecord(root, id)).follow(root, id, options.signal);
}
