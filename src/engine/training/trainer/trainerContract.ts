/** What a trainer is given, and what it gives back: the rest of training, exporting and measuring knows no trainer by name. */
import type { Task } from '../../../protocol/evaluation.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { FeatureColumn } from '../../features/compileFeatures.ts';
import type { GraphBuilder, TensorName } from '../../features/onnx/graphBuilder.ts';
import type { OnnxFormat } from '../../features/onnx/onnxModel.ts';
import type { TrainStage } from '../../project/definitions/stages/trainStage.ts';
import type { FitCheckpoint } from './checkpoints.ts';

/** What is to be predicted. */
export interface TrainingTarget {
  readonly task: Task;
  /** In the order of their indices; empty for a regression. */
  readonly classes: readonly string[];
  readonly values: Float64Array;
}

/** Training rows; held-out rows follow them in every array. */
export interface TrainingTables {
  readonly rows: number;
  readonly heldOutRows: number;
  /** Row by row, one float64 per column. */
  readonly matrix: SharedArrayBuffer;
  /** One float64 per row: class index, or value. */
  readonly target: SharedArrayBuffer;
  /** One float64 per row; undefined where all rows count alike. */
  readonly weights: SharedArrayBuffer | undefined;
}

/** What a trainer learns from. */
export interface TrainerData {
  readonly columns: readonly FeatureColumn[];
  readonly target: TrainingTarget;
  readonly tables: TrainingTables;
  /** A view of `tables.matrix`. */
  readonly matrix: Float64Array;
}

/** The mean loss after a round: a tree of boosting, a step of a linear trainer. */
export interface RoundLoss {
  /** From 1. */
  readonly step: number;
  /** Without penalties. */
  readonly training: number;
  /** Undefined where no rows are held out. */
  readonly heldOut: number | undefined;
}

/** Who is told of rounds. */
export interface RoundListener {
  /** @param steps how many there will be at most */
  readonly add: (loss: RoundLoss, steps: number) => void;
  /** Rounds of an interrupted training, which are not made again. */
  readonly resume: (losses: readonly RoundLoss[], steps: number) => void;
}

export interface TrainerRequest {
  readonly stage: TrainStage;
  readonly seed: number;
  /** Exactly so many rounds, whatever the stage says; undefined: as the stage says. */
  readonly rounds?: number | undefined;
  readonly report: RoundListener;
  /** Where the rounds of this fit are kept, and those of an interrupted one are found. */
  readonly checkpoint?: FitCheckpoint | undefined;
}

/** What a trainer learned: how it scores rows itself, and how the graph that is shipped does. */
export interface Estimator {
  /**
   * Scores before the link function, row by row: one, or one for each of more than two classes. `export/exportModel.ts` links them by
   * the task alone, here and in the graph: a logistic of one score, a softmax of several, and nothing for a regression.
   * @param matrix row by row, `width` columns
   */
  score(matrix: Float64Array, width: number): Float64Array;
  /** Adds the same to a graph. @param features one column per feature, float64 */
  addTo(graph: GraphBuilder, features: TensorName): TensorName;
  /** What a runtime must know for such a graph. */
  readonly format: OnnxFormat;
  /** What the user can do where both differ by rounding; undefined where a difference can only be a fault of ours. */
  readonly roundingRemedy?: () => string;
}

export interface Learned {
  readonly estimator: Estimator;
  /** How much each column counts, in any unit. */
  readonly columnSizes: Float64Array;
  /** Hyperparameters by scikit-learn's names, defaults included. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The rounds that the estimator is made of: with early stopping, up to the best one. */
  readonly rounds: number;
}

/** @throws AppError `training.missingValues`, `training.monotonicClasses`; CancelledError */
export type TrainerFit = (data: TrainerData, request: TrainerRequest, ctx: StageContext) => Promise<Learned>;
