/** What a training returns beside the files it wrote: what the pipeline logs to the run. */
import type { DatasetFingerprint } from '../data/datasetReader.ts';
import type { ModelDescription } from '../inference/model.ts';

/** One round of a trainer: a tree of boosting, a step of a linear trainer. Counts from 1. */
export interface TrainingRound {
  readonly step: number;
  /** By the name it is logged under: `training_log_loss`, `validation_log_loss`, … */
  readonly metrics: Readonly<Record<string, number>>;
  /** 0 to 1. */
  readonly fraction: number;
  readonly remainingMs: number;
}

export interface MetricHistoryPoint {
  readonly step: number;
  readonly value: number;
}

/** Rows a training read, as they are logged to the run. */
export interface TrainingInput {
  readonly dataset: string;
  readonly context: 'training' | 'validation';
  readonly fingerprint: DatasetFingerprint;
  readonly rows: number;
  /** Share of each class among these rows, in the order of the model's classes; empty for regression. */
  readonly classShares: readonly number[];
  /** The target's mean, for regression. */
  readonly targetMean: number | undefined;
  /** Missing values by raw column. */
  readonly missing: Readonly<Record<string, number>>;
}

/** A model whose folder lies complete on disk and has passed the parity gate. */
export interface TrainedModel {
  readonly folder: string;
  /** SHA-256 of `model.onnx`. */
  readonly digest: string;
  readonly description: ModelDescription;
  /** By metric, in the order of steps. */
  readonly histories: Readonly<Record<string, readonly MetricHistoryPoint[]>>;
  /** Every parameter that shaped the model, defaults included, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly inputs: readonly TrainingInput[];
  /** Largest difference between the trainer's predictions and those of the exported model. */
  readonly parityError: number;
  /** What the user should know: features that never varied, levels that were too rare. */
  readonly notes: readonly string[];
}
