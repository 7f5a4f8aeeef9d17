/** A model that can be asked: the ONNX graph with its description. `openModel` makes one. */
import type { Task, ThresholdChoice } from '../../../protocol/evaluation.ts';
import type { ColumnType } from '../../../protocol/dataset.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import type { ValueOptions } from '../../data/dataset/typedColumns.ts';

export interface ModelInput {
  /** The raw column. */
  readonly name: string;
  readonly type: ColumnType;
  /** How the graph takes it: timestamps as int64 microseconds, texts as strings, all else as double (or int64). */
  readonly tensor: 'double' | 'int64' | 'string';
  readonly nullable: boolean;
  /** DuckDB's name of the type the training data had it in: what its text looks like, where it is a category. */
  readonly storedAs?: string | undefined;
  /** How the training data wrote a time that was a text, or a number: later data is read the same way; unknown in older models. */
  readonly format?: string | undefined;
  /** The smallest and largest value allowed: numbers, or moments in ISO 8601. */
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  /** The only values allowed. */
  readonly values?: readonly (string | number | boolean)[] | undefined;
  /** Of a category that a feature takes: the values it has a code of its own for; unknown in older models. */
  readonly levels?: readonly (string | number)[] | undefined;
}

export interface TrainedOn {
  /** Its name in the project, and the SHA-256 of its content and definition. */
  readonly dataset: string;
  readonly digest: string;
  /** The column of the event time with the earliest and the latest, in ISO 8601; undefined where there is none. */
  readonly time?: { readonly column: string; readonly first: string; readonly last: string } | undefined;
}

/** `millwright.json` beside `model.onnx`: what MLmodel has no place for. */
export interface ModelDescription {
  readonly version: 1;
  /** SHA-256 of `model.onnx`. */
  readonly digest: string;
  readonly task: Task;
  readonly target: string;
  /** The SQL expression of the target, where it is not a column. */
  readonly targetExpression: string | undefined;
  readonly classes: readonly string[];
  readonly threshold: number | undefined;
  /** How the threshold of two classes came about; unknown in older models. */
  readonly thresholdChoice?: ThresholdChoice | undefined;
  readonly inputs: readonly ModelInput[];
  /** What was said of all values of the text files it was made from: later files are read the same way where nobody says otherwise. */
  readonly values?: ValueOptions | undefined;
  readonly trainer: string;
  /** Share of the total gain, largest first. */
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  /** The model was measured in folds and then learned from all rows: no row of its data set was held out from it. */
  readonly refit?: { readonly folds: number; readonly rows: number } | undefined;
  /** Made by another tool, from nobody here knows which data. */
  readonly isForeign?: true | undefined;
  /** The data set it was made from: rows that must not be among those it is measured on. */
  readonly trainedOn?: TrainedOn | undefined;
}

/**
 * Predictions of some rows: `scores[row * width + k]`, the probability of class k, or the one number of a regression. As the graph
 * gives them: numbers in float64 (in float32 from older models), so that those far from 0 keep their digits.
 */
export interface Scores {
  readonly rows: number;
  readonly width: number;
  readonly scores: Float32Array | Float64Array;
}

export interface Model extends AsyncDisposable {
  readonly folder: string;
  readonly description: ModelDescription;
  /** SHA-256 of `model.onnx`. */
  readonly digest: string;
  score(chunk: Chunk): Promise<Scores>;
  close(): Promise<void>;
}
