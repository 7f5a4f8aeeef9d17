/** Ctrl-C, hang-up and a polite kill as an abort signal; a second Ctrl-C insists. */
import { CancelledError } from '../base/abort.ts';
import { exitCodes } from '../base/errors.ts';

const polite = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Listens until it is disposed. The first request aborts the signal; a second Ctrl-C ends the process at once
 * (locks are released by the system, and the next command clears up after it).
 * @param onFirst told once, to tell the person
 */
export function listenForInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const onRequest = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      onFirst();
      controller.abort(new CancelledError());
    } else if (name === 'SIGINT') {
      process.exit(exitCodes.cancelled);
    }
  };
  for (const name of polite) process.on(name, onRequest);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of polite) process.off(name, onRequest);
    },
  };
}
