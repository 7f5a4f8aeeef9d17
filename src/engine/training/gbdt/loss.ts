/** The loss of a thread's rows with the gradients that lead on from it, block by block. */
import { exactStep, summandBits } from './exactSum.ts';
import type { Block } from './blocks.ts';
import type { KernelMemory } from './kernels/kernels.ts';
import { gradientBytes, type RowPlaces, type ShardPlaces } from './shardMemory.ts';
import type { SharedTraining } from './sharedTraining.ts';

/** What one unit of the integers stands for, which gradients and hessians are rounded to. */
export interface GradientSteps {
  readonly gradient: number;
  readonly hessian: number;
}

/** As many digits as sums over all rows allow. */
export function gradientSteps({ objective, rows }: SharedTraining): GradientSteps {
  const bits = objective.isWide ? summandBits.float : summandBits.integer;
  return { gradient: exactStep(objective.gradientBound, rows, bits), hessian: exactStep(objective.hessianBound, rows, bits) };
}

/** Tells the kernels how to round. */
export function writeRounding({ gradient, hessian }: GradientSteps, isWide: boolean, into: Float64Array): void {
  into.set([1 / gradient, gradient, 1 / hessian, hessian, isWide ? 1 : 0]);
}

export class LossUpdate {
  readonly #shared: SharedTraining;
  readonly #memory: KernelMemory;
  readonly #places: ShardPlaces;
  readonly #sums: Float64Array;

  constructor(shared: SharedTraining, memory: KernelMemory, places: ShardPlaces) {
    this.#shared = shared;
    this.#memory = memory;
    this.#places = places;
    this.#sums = new Float64Array(memory.buffer, places.sums, 2);
  }

  /** Recomputes the loss of every block and, of training rows, the gradients. @param losses one sum per block of all threads */
  run(rows: RowPlaces, blocks: readonly Block[], losses: Float64Array): void {
    for (const block of blocks) {
      this.#update(rows, block);
      losses[block.index] = (this.#sums[0] ?? 0) + Math.log(this.#sums[1] ?? 0);
    }
  }

  #update(rows: RowPlaces, { at, from, to }: Block): void {
    const { kernels } = this.#memory;
    const { task, outputs, gradientBound } = this.#shared.objective;
    const { rounding, sums, table, exponentials } = this.#places;
    const bytes = gradientBytes(this.#shared);
    const count = to - from;
    const scores = rows.scores + at * outputs * 8;
    const target = rows.target + at * 8;
    const weights = rows.weights === 0 ? 0 : rows.weights + at * 8;
    const gradients = rows.gradients === 0 ? 0 : rows.gradients + at * bytes;
    if (task === 'binary') kernels.binaryLoss(count, scores, target, weights, gradients, rounding, table, sums);
    else if (task === 'regression') kernels.squaredLoss(count, scores, target, weights, gradients, rounding, gradientBound, sums);
    else {
      const outputBytes = bytes * rows.count;
      kernels.softmaxLoss(count, outputs, scores, target, weights, gradients, outputBytes, rounding, table, exponentials, sums);
    }
  }
}
