/**
 * DuckDB counts what its operators hold. A text or a list that one call of a function makes passes its limit unseen
 * (`repeat('x', 2000000000)`), so the process is watched while user SQL may run.
 */
import { AppError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import { endThisProcess } from '../../../base/process.ts';

const intervalMs = 100;
/** How long a call that is under way may take to hear that it was interrupted. */
const patienceMs = 2000;
/** By how much of the limit it may grow meanwhile. */
const mostShare = 1.5;
/** What comes and goes in any process says nothing of a query. */
const smallestLimit = 2 ** 30;

export interface MemoryWatch extends Disposable {
  readonly isExceeded: boolean;
}

/**
 * Interrupts when the process has grown by more than the limit; a call that goes on growing takes the process with it, before it takes
 * the machine.
 */
export function watchMemory(limitBytes: number, interrupt: () => void): MemoryWatch {
  const limit = Math.max(smallestLimit, limitBytes);
  const before = process.memoryUsage.rss();
  let exceededAt: number | undefined;
  const timer = setInterval(() => {
    const grown = process.memoryUsage.rss() - before;
    if (grown <= limit) return;
    if (exceededAt !== undefined && grown > limit * mostShare && Date.now() - exceededAt > patienceMs) {
      endThisProcess(
        t('SQL that makes single values of gigabytes took more than {limit} of memory and could not be stopped.', {
          limit: formatBytes(limit),
        }),
      );
    }
    exceededAt ??= Date.now();
    interrupt();
  }, intervalMs).unref();
  return {
    get isExceeded() {
      return exceededAt !== undefined;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}

/** The failure of work that took more memory than it may. */
export function outOfMemory(cause: unknown): AppError {
  return new AppError('dataset.outOfMemory', t('The data does not fit into the memory this work may use.'), {
    kind: 'environment',
    cause,
    remedy: t('Give it more memory, read fewer columns, or narrow the data set with "during:" or "where:".'),
  });
}
