/** What a training thread does: the first one boosts and reports, the others follow its commands. */
import type { MessagePort } from 'node:worker_threads';
import { boost, type BoostingResult, type RoundLoss } from './boost.ts';
import type { SharedTraining } from './sharedTraining.ts';
import { followCommands } from './threadTeam.ts';

/** What a thread is started with. */
export interface TrainingThreadStart {
  readonly shared: SharedTraining;
  readonly thread: number;
}

/** What the first thread says. */
export type TrainingThreadMessage =
  { readonly type: 'round'; readonly loss: RoundLoss } | { readonly type: 'done'; readonly result: BoostingResult };

/** Returns when training has ended. */
export function runTrainingThread(start: TrainingThreadStart, port: MessagePort): void {
  if (start.thread > 0) {
    followCommands(start.shared, start.thread);
    return;
  }
  const say = (message: TrainingThreadMessage): void => {
    port.postMessage(message);
  };
  const result = boost(start.shared, (loss) => {
    say({ type: 'round', loss });
  });
  say({ type: 'done', result });
}
