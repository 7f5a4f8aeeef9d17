/** Says that a long step of the set-up goes on, so that nobody who waits takes it for hung. */
import { formatDuration } from '../src/base/clock.ts';

const everyMs = 10_000;

/** Prints a line every ten seconds until the work ends. */
export async function stillWorking<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    console.log(`  ${what}: still at it after ${formatDuration(Date.now() - startedAt)} …`);
  }, everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
