/** The settings of boosting, every one resolved, and what it learns from. */
import type { Task } from '../../../protocol/evaluation.ts';

export interface BoostingParams {
  readonly learningRate: number;
  readonly maxIter: number;
  readonly maxLeafNodes: number;
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  readonly l2Regularization: number;
  readonly maxBins: number;
  readonly subsample: number;
  readonly maxFeatures: number;
  /** Rounds without a smaller held-out loss before training stops; undefined: never. */
  readonly patience: number | undefined;
  readonly minDelta: number;
  /** Per column: 1, the prediction may only rise with it; −1, only fall; 0, anything. Undefined: no column is constrained. */
  readonly monotonic: readonly (-1 | 0 | 1)[] | undefined;
  readonly seed: number;
}

/** How the loss is made: one tree per round, or one per class. */
export interface Objective {
  readonly task: Task;
  /** Trees per round: the number of classes in multiclass, else 1. */
  readonly outputs: number;
  /** The score every row starts with, one per output. */
  readonly baseScores: readonly number[];
  /** No gradient is larger in size; larger ones are clipped. */
  readonly gradientBound: number;
  readonly hessianBound: number;
  /** Gradients differ too much in size for integers of 32 bits to tell the small ones apart. */
  readonly isWide: boolean;
}
