/** What a training thread does: the first one boosts and reports, the others follow its commands. */
import type { MessagePort } from 'node:worker_threads';
import { boost } from './boost.ts';
import type { BoostingRound } from './boostingRound.ts';
import type { SharedTraining } from './sharedTraining.ts';
import { followCommands } from './threadTeam.ts';

/** What a thread is started with. */
export interface TrainingThreadStart {
  readonly shared: SharedTraining;
  readonly thread: number;
}

/** What the first thread says. */
export type TrainingThreadMessage = { readonly type: 'round'; readonly round: BoostingRound } | { readonly type: 'done' };

/** Returns when training has ended. */
export function runTrainingThread(start: TrainingThreadStart, port: MessagePort): void {
  if (start.thread > 0) {
    followCommands(start.shared, start.thread);
    return;
  }
  const say = (message: TrainingThreadMessage): void => {
    port.postMessage(message);
  };
  boost(start.shared, (round) => {
    say({ type: 'round', round });
  });
  say({ type: 'done' });
}
