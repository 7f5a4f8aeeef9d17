/** What a training reports while it goes on and returns beside the files it wrote: what the pipeline logs to runs. */
import type { Column } from '../../../protocol/dataset.ts';
import type { DataStatistics } from '../../../protocol/dataStatistics.ts';
import type { DatasetFingerprint } from '../../data/dataset/datasetReader.ts';
import type { ModelDescription } from '../../inference/scoring/model.ts';

/** One round of a trainer: a tree of boosting, a step of a linear trainer. Counts from 1. */
export interface TrainingRound {
  readonly step: number;
  /** By the name it is logged under: `training_log_loss`, `validation_log_loss`, … */
  readonly metrics: Readonly<Record<string, number>>;
  /** 0 to 1, of all fits of the training. */
  readonly fraction: number;
  /** For all fits of the training. */
  readonly remainingMs: number;
}

export interface MetricHistoryPoint {
  readonly step: number;
  readonly value: number;
}

/** Rows a training read, as they are logged to the run. */
export interface TrainingInput extends DataStatistics {
  readonly context: 'training' | 'validation';
  readonly fingerprint: DatasetFingerprint;
  /** SHA-256 of the rows read: of the data set where all of them are, else of the data set and the numbers of the rows. */
  readonly digest: string;
  /** The raw columns read. */
  readonly columns: readonly Column[];
}

/** What is logged of one fit, or of several together. */
export interface FitRecord {
  /** Every parameter that shaped the fit, defaults included, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly metrics: readonly FinalMetric[];
  readonly inputs: readonly TrainingInput[];
}

/** A metric of what was learned, not of a round. */
export interface FinalMetric {
  readonly name: string;
  readonly value: number;
  readonly step: number;
}

/** A run that a fit reports to. */
export interface FitRun {
  readonly onRound: (round: TrainingRound) => void;
  /** Adds to the run; also after it has ended. */
  readonly log: (record: Partial<FitRecord>) => Promise<void>;
  /** Does work that is a run nested in this one, and ends that run as the work ends. */
  readonly nested: <T>(name: string, work: (run: FitRun) => Promise<T>) => Promise<T>;
}

/** A run that is not recorded. */
export function unrecordedRun(onRound: FitRun['onRound']): FitRun {
  return {
    onRound,
    log: async () => Promise.resolve(),
    nested: async (_name, work) => work(unrecordedRun(onRound)),
  };
}

/** A model whose folder lies complete on disk and has passed the parity gate. */
export interface TrainedModel extends FitRecord {
  readonly folder: string;
  /** SHA-256 of `model.onnx`. */
  readonly digest: string;
  readonly description: ModelDescription;
  /** Metrics of what was learned; over folds or seeds the mean, and `<metric>_std`. */
  readonly figures: Readonly<Record<string, number>>;
  /** By metric, in the order of steps: the rounds of the model that was kept. */
  readonly histories: Readonly<Record<string, readonly MetricHistoryPoint[]>>;
  /** Largest difference between the trainer's predictions and those of the exported model. */
  readonly parityError: number;
  /** What the user should know: features that never varied, levels that were too rare. */
  readonly notes: readonly string[];
}
