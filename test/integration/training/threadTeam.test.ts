/** The threads of boosting carry out every command once, however late the notification of an earlier one comes. */
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { entryPoint } from '../../../src/base/entryPoint.ts';
import { findBins } from '../../../src/engine/training/gbdt/binning.ts';
import { shareTraining, word } from '../../../src/engine/training/gbdt/sharedTraining.ts';
import { ThreadTeam } from '../../../src/engine/training/gbdt/threadTeam.ts';
import type { TrainingThreadTask } from '../../../src/engine/training/gbdt/trainingThread.ts';
import { columnsOf, plainParams, tablesOf } from '../../support/boostingData.ts';

it('a notification that comes when its command is done long since repeats nothing', async () => {
  const numbers = Array.from({ length: 4000 }, (_, row) => row % 97);
  const tables = tablesOf(
    numbers.map((value) => [value]),
    numbers.map((value) => Number(value > 50)),
  );
  const features = findBins(new Float64Array(tables.matrix), { rows: tables.rows, columns: columnsOf([undefined]) }, plainParams);
  const shared = shareTraining(tables, features, {
    params: plainParams,
    objective: { task: 'binary', outputs: 1, baseScores: [0], gradientBound: 1, hessianBound: 1, isWide: false },
    threads: 2,
    kernels: undefined,
    earlier: [],
    histogramBytes: 2 ** 20,
  });
  const follower = new Worker(entryPoint('trainer'));
  follower.postMessage({ type: 'boost', shared, thread: 1 } satisfies TrainingThreadTask);
  try {
    const control = new Int32Array(shared.control);
    while (Atomics.load(control, word.done) === 0) await pause(5); // the follower reports that it is ready
    const team = new ThreadTeam(shared);
    for (let command = 0; command < 20; command++) {
      team.order('endRound');
      let woken = 0;
      while (woken === 0) {
        await pause(1); // until it waits for the next command
        woken = Atomics.notify(control, word.generation);
      }
      await pause(20);
      expect(Atomics.load(control, word.done)).toBe(1);
    }
    team.order('stop');
  } finally {
    await follower.terminate();
  }
});
