/** Reads predictions that are columns of a data set, whoever made them: what they predict follows from the columns. */
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { classNames } from '../../data/statistics/classNames.ts';
import type { Column } from '../../../protocol/dataset.ts';
import type { ColumnVector } from '../../data/rows/columns.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import { bytesPerRow, checkMemory, checkTruth, countRows, inOrder, readRows } from './collectPredictions.ts';
import {
  areTwoClasses,
  asClasses,
  predictedClasses,
  predictedNumbers,
  twoClassesNote,
  type ReadColumns,
  type Understood,
} from './understandColumns.ts';
import type { Predictions } from '../metrics/predictions.ts';
import { columnOf, requireColumns, RowColumns, type RowColumnNames } from './rowColumns.ts';
import type { SegmentColumn } from './segmentColumn.ts';
import type { Subject } from './subject.ts';

export type PredictionSpec = NonNullable<EvaluateStage['predictions']>;

export interface ReadOptions {
  readonly reader: DatasetReader;
  readonly spec: PredictionSpec;
  readonly columns: RowColumnNames;
  readonly onRows: (read: number, rows: number) => void;
}

export interface ReadPredictions {
  readonly subject: Subject;
  readonly predictions: Predictions;
  readonly segments: readonly SegmentColumn[];
  /** What the reader should know of how they were read. */
  readonly notes: readonly string[];
}

/** The columns that hold predictions, in the order of the classes where there are several. */
export function predictionColumns({ score, prediction, probabilities }: PredictionSpec): readonly string[] {
  return [score ?? [], prediction ?? [], Object.values(probabilities ?? {})].flat();
}

/**
 * @throws AppError `evaluation.predictionColumns`, `evaluation.columnMissing`, `evaluation.predictionType`,
 * `evaluation.targetHasMissing`, `evaluation.scoreMissing`, `evaluation.notTwoClasses`, `evaluation.unknownClass`,
 * `evaluation.tooManyClasses`, `evaluation.tooLarge`, and what {@link RowColumns} throws; CancelledError
 */
export async function readPredictions(options: ReadOptions, ctx: StageContext): Promise<ReadPredictions> {
  const { reader, spec, columns } = options;
  const names = predictionColumns(spec);
  const given = [spec.score, spec.prediction, spec.probabilities].filter((each) => each !== undefined);
  if (given.length !== 1 || names.length === 0) throw predictionColumnsNeeded();
  requireColumns(reader, [spec.target, ...names, ...RowColumns.names(columns)]);
  const rows = await countRows(reader);
  checkMemory({ rows, dataset: reader.name, needed: rows * bytesPerRow(names.length, 1, columns) }, ctx);
  const read = createColumns(spec, reader, rows);
  const extra = new RowColumns(columns, rows, reader.name);
  const request = { columns: inOrder(reader, [spec.target, ...names, ...RowColumns.names(columns)]), signal: ctx.signal };
  await readRows(options, request, (chunk, start) => {
    throwIfCancelled(ctx.signal);
    read.target.append(columnOf(chunk, spec.target, reader.name), start);
    names.forEach((name, index) => read.predicted[index]?.append(columnOf(chunk, name, reader.name), start));
    extra.append(chunk, start);
  });
  checkTruth(read.target.values, spec.target, reader.name);
  const { segments, ...own } = extra.finish();
  const found = understand(read, spec);
  return { ...found, predictions: { ...found.predictions, ...own }, segments };
}

function understand(read: ReadColumns, spec: PredictionSpec): Understood {
  if (read.task !== 'regression') return predictedClasses(read, spec);
  const { target, predicted } = read;
  if (spec.task !== undefined || !areTwoClasses([target, ...predicted])) return predictedNumbers(read, spec);
  const classes = { ...read, task: 'binary' as const, target: asClasses(target), predicted: predicted.map(asClasses) };
  const found = predictedClasses(classes, spec);
  return { ...found, notes: [twoClassesNote(), ...found.notes] };
}

interface ColumnsToRead extends ReadColumns {
  readonly target: ClassColumn | NumberColumn;
  readonly predicted: readonly (ClassColumn | NumberColumn)[];
}

/** How each column is to be read: as classes or as numbers. */
function createColumns(spec: PredictionSpec, reader: DatasetReader, rows: number): ColumnsToRead {
  const task = taskOf(spec, reader);
  const asClass = (name: string): ClassColumn => new ClassColumn(columnNamed(reader, name), rows);
  const asNumber = (name: string): NumberColumn => new NumberColumn(name, rows);
  const names = predictionColumns(spec);
  return {
    task,
    dataset: reader.name,
    target: task === 'regression' ? asNumber(spec.target) : asClass(spec.target),
    predicted: names.map(task !== 'regression' && spec.prediction !== undefined ? asClass : asNumber),
  };
}

function columnNamed(reader: DatasetReader, name: string): Column {
  const column = reader.columns.find((known) => known.name === name);
  if (column === undefined) throw new RangeError(`no column ${name}`); // all were required before
  return column;
}

/** As said, or as the columns show: a score has two classes, and predicted numbers of a target that has numbers are values. */
function taskOf({ task, score, probabilities, target }: PredictionSpec, reader: DatasetReader): Task {
  if (task !== undefined) return task;
  if (score !== undefined) return 'binary';
  if (probabilities !== undefined) return Object.keys(probabilities).length > 2 ? 'multiclass' : 'binary';
  const type = reader.columns.find(({ name }) => name === target)?.type;
  return type === 'integer' || type === 'number' ? 'regression' : 'multiclass'; // two classes are seen when they are read
}

/** More classes than this are no classes. */
const mostClasses = 1000;

/** Numbers of a column; NaN where missing. */
class NumberColumn {
  readonly name: string;
  readonly values: Float64Array;
  readonly classes: readonly string[] = [];

  constructor(name: string, rows: number) {
    this.name = name;
    this.values = new Float64Array(rows);
  }

  append(vector: ColumnVector, start: number): void {
    if (vector.kind !== 'number') throw notNumbers(this.name);
    this.values.set(vector.values, start);
  }
}

/** Classes of a column as codes into `classes`, in the order of their coming; NaN where missing. */
class ClassColumn {
  readonly values: Float64Array;
  readonly #column: Column;
  readonly #codes = new Map<string, number>();

  constructor(column: Column, rows: number) {
    this.#column = column;
    this.values = new Float64Array(rows);
  }

  get name(): string {
    return this.#column.name;
  }

  get classes(): readonly string[] {
    return [...this.#codes.keys()];
  }

  append(vector: ColumnVector, start: number): void {
    if (vector.kind === 'time') throw notClasses(this.name);
    classNames(vector, this.#column).forEach((name, row) => {
      this.values[start + row] = name === undefined ? NaN : this.#codeOf(name);
    });
  }

  #codeOf(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    if (this.#codes.size === mostClasses) throw tooManyClasses(this.name);
    this.#codes.set(name, this.#codes.size);
    return this.#codes.size - 1;
  }
}

function predictionColumnsNeeded(): AppError {
  return new AppError('evaluation.predictionColumns', t('It does not follow which columns hold the predictions.'), {
    remedy: t(
      'Give exactly one: "score" (of the positive class), "prediction" (a number or class) or "probabilities" (a column for each class).',
    ),
  });
}

function notNumbers(column: string): AppError {
  return new AppError('evaluation.predictionType', t('{column} holds no numbers.', { column }), {
    args: { column },
    remedy: t('A score, a probability and the target of a regression are numbers. For predicted classes name the column as "prediction".'),
  });
}

function notClasses(column: string): AppError {
  return new AppError('evaluation.predictionType', t('{column} holds timestamps, which are no classes.', { column }), {
    args: { column },
    remedy: t('Name the column of the class.'),
  });
}

function tooManyClasses(column: string): AppError {
  const args = { column, limit: mostClasses };
  return new AppError('evaluation.tooManyClasses', t('{column} has more than {limit} different values, which are no classes.', args), {
    args,
    remedy: t('Are they numbers to be predicted? Then say "task: regression", with the predicted numbers as "prediction".'),
  });
}
