/** Stage processes that are started once, when the first stage needs them, and that nobody waits for once the job is cancelled. */
import { untilAborted } from '../../../base/abort.ts';
import type { StagePool } from './stagePool.ts';

/**
 * @param owner ends the processes with everything else of the run; a pool that is ready only after that is ended at once
 * @returns the one pool; rejects with CancelledError as soon as the signal fires
 */
export function lazyPool(owner: AsyncDisposableStack, signal: AbortSignal, start: () => Promise<StagePool>): () => Promise<StagePool> {
  let pool: Promise<StagePool> | undefined;
  const startOwned = async (): Promise<StagePool> => {
    const started = await start();
    if (owner.disposed) await started[Symbol.asyncDispose]();
    else owner.use(started);
    return started;
  };
  return async () => {
    pool ??= startOwned();
    return untilAborted(pool, signal);
  };
}
