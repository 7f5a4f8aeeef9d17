/** The threads of one training, as the one who starts them sees them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CancelledError } from '../../../base/abort.ts';
import { entryPoint } from '../../../base/entryPoint.ts';
import { columnsAtOnce, type BinnedShape, type FeatureBins } from './binning.ts';
import type { BoostingParams } from './boostingParams.ts';
import type { BoostingRound } from './boostingRound.ts';
import type { SharedTraining } from './sharedTraining.ts';
import type { TrainingThreadMessage, TrainingThreadTask } from './trainingThread.ts';

export class TrainingThreads implements AsyncDisposable {
  readonly #workers: Worker[] = [];
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  readonly #failure: Promise<never>;
  readonly #fail: (reason: unknown) => void;

  /** Starts as many; what they are asked waits until they are there. */
  constructor(count: number, signal: AbortSignal) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined); // whoever asks for something learns of it
    this.#failure = promise;
    this.#fail = reject;
    this.#signal = signal;
    this.#onAbort = () => {
      reject(new CancelledError());
    };
    if (signal.aborted) this.#onAbort();
    signal.addEventListener('abort', this.#onAbort);
    this.#start(count);
  }

  /** @throws CancelledError as soon as the signal fires, here and in `boost` */
  async findBins(
    matrix: SharedArrayBuffer,
    shape: BinnedShape,
    { maxBins, seed }: Pick<BoostingParams, 'maxBins' | 'seed'>,
  ): Promise<readonly FeatureBins[]> {
    const count = this.#workers.length;
    const neighbours = Math.min(columnsAtOnce, Math.ceil(shape.columns.length / count));
    const threadOf = (column: number): number => Math.floor(column / neighbours) % count;
    const found = this.#workers.map(async (worker, thread) => {
      const columns = [...shape.columns.keys()].filter((column) => threadOf(column) === thread);
      const answer = once(worker, 'message') as Promise<[TrainingThreadMessage & { type: 'bins' }]>;
      this.#ask(thread, { type: 'findBins', columns, matrix, shape, params: { maxBins, seed } });
      const [{ features }] = await answer;
      return features;
    });
    const parts = await Promise.race([Promise.all(found), this.#failure]);
    const next = parts.map((part) => part.values());
    return shape.columns.map((_, column) => {
      const bins = next[threadOf(column)]?.next().value;
      if (bins === undefined) throw new RangeError(`no bins of column ${column}`);
      return bins;
    });
  }

  /** Returns when the first thread is done. */
  async boost(shared: SharedTraining, onRound: (round: BoostingRound) => void): Promise<void> {
    this.#start(shared.threads - this.#workers.length);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#workers[0]?.on('message', (message: TrainingThreadMessage) => {
      if (message.type === 'done') resolve(undefined);
      else if (message.type === 'round' && !this.#signal.aborted) onRound(message.round); // the threads run ahead of whoever cancels
    });
    for (const thread of this.#workers.keys()) this.#ask(thread, { type: 'boost', shared, thread });
    await Promise.race([promise, this.#failure]);
  }

  /** Ends them all, whatever they are doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(count: number): void {
    for (let i = 0; i < count; i++) this.#workers.push(new Worker(entryPoint('trainer')).on('error', this.#fail));
  }

  #ask(thread: number, task: TrainingThreadTask): void {
    this.#workers[thread]?.postMessage(task);
  }
}
