/** What a training thread does: it finds bins, then the first thread boosts and reports, and the others follow its commands. */
import type { MessagePort } from 'node:worker_threads';
import { findBinsOf, type BinnedShape, type FeatureBins } from './binning.ts';
import { boost } from './boost.ts';
import type { BoostingParams } from './boostingParams.ts';
import type { BoostingRound } from './boostingRound.ts';
import type { SharedTraining } from './sharedTraining.ts';
import { followCommands } from './threadTeam.ts';

/** What a thread is asked. */
export type TrainingThreadTask =
  | {
      readonly type: 'findBins';
      readonly columns: readonly number[];
      readonly matrix: SharedArrayBuffer;
      readonly shape: BinnedShape;
      readonly params: Pick<BoostingParams, 'maxBins' | 'seed'>;
    }
  | { readonly type: 'boost'; readonly shared: SharedTraining; readonly thread: number };

/** What it says: the bins it found; of boosting, the first thread only, each round and that it is done. */
export type TrainingThreadMessage =
  | { readonly type: 'bins'; readonly features: readonly FeatureBins[] }
  | { readonly type: 'round'; readonly round: BoostingRound }
  | { readonly type: 'done' };

/** Does what is asked until the thread is ended. */
export function serveTraining(port: MessagePort): void {
  const say = (message: TrainingThreadMessage): void => {
    port.postMessage(message);
  };
  port.on('message', (task: TrainingThreadTask) => {
    if (task.type === 'findBins') {
      say({ type: 'bins', features: findBinsOf(task.columns, new Float64Array(task.matrix), task.shape, task.params) });
    } else if (task.thread > 0) followCommands(task.shared, task.thread);
    else {
      boost(task.shared, (round) => {
        say({ type: 'round', round });
      });
      say({ type: 'done' });
    }
  });
}
