/** Streams a data set through one or several models and keeps per row only the truth, the scores and the segment codes. */
import { throwIfCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import type { Chunk } from '../data/columns.ts';
import type { DatasetReader } from '../data/datasetReader.ts';
import type { Model, ModelDescription, Scores } from '../inference/model.ts';
import { readTarget } from '../inference/target.ts';
import type { Predictions } from './predictions.ts';
import { SegmentColumn } from './segmentColumn.ts';

export interface CollectOptions {
  readonly reader: DatasetReader;
  /** The first is the one evaluated: its target and classes count; the others answer the same question. */
  readonly models: readonly [Model, ...Model[]];
  readonly segments: readonly string[];
  readonly onRows: (read: number, rows: number) => void;
}

export interface Collected {
  readonly rows: number;
  /** One per model, over the same rows and with the same truth. */
  readonly predictions: readonly [Predictions, ...Predictions[]];
  readonly segments: readonly SegmentColumn[];
}

/**
 * @throws AppError `evaluation.noRows`, `evaluation.targetMissing`, `evaluation.columnMissing`, `evaluation.otherQuestion`,
 * `evaluation.tooLarge`, `evaluation.rowsChanged`, `evaluation.targetHasMissing`, `evaluation.notANumber`,
 * `inference.unknownClass`, `inference.targetType`; CancelledError
 */
export async function collectPredictions(options: CollectOptions, ctx: StageContext): Promise<Collected> {
  const { reader, models } = options;
  const { description } = models[0];
  checkColumns(reader, options);
  for (const other of models.slice(1)) checkSameQuestion(description, other);
  const rows = await reader.rows();
  if (rows === 0) throw noRows(reader.name);
  checkMemory(rows, options, ctx.budget.memoryBytes, reader.name);

  const truth = new Float64Array(rows);
  const [evaluated, ...compared] = models;
  const store = new ScoreStore(description, evaluated, rows);
  const otherStores = compared.map((model) => new ScoreStore(description, model, rows));
  const segments = options.segments.map((column) => new SegmentColumn(column, rows));
  const targetName = nameForTarget(description, reader);
  let read = 0;
  for await (const chunk of reader.chunks(requestOf(options, targetName, ctx.signal))) {
    throwIfCancelled(ctx.signal);
    if (read + chunk.rows > rows) throw rowsChanged(reader.name);
    truth.set(readTarget(description, columnOf(chunk, targetName, reader.name)), read);
    for (const each of [store, ...otherStores]) await each.append(chunk, read, reader.name);
    for (const segment of segments) segment.append(columnOf(chunk, segment.column, reader.name), read);
    read += chunk.rows;
    options.onRows(read, rows);
  }
  if (read !== rows) throw rowsChanged(reader.name);
  checkTruth(truth, description.target, reader.name);
  return { rows, segments, predictions: [store.predictions(truth), ...otherStores.map((each) => each.predictions(truth))] };
}

/** Scores of one model, in the order of the evaluated model's classes. */
class ScoreStore {
  readonly #description: ModelDescription;
  readonly #model: Model;
  readonly #width: number;
  readonly #scores: Float32Array;
  /** Where the model's own scores hold each kept one. */
  readonly #positions: readonly number[];

  constructor(evaluated: ModelDescription, model: Model, rows: number) {
    this.#description = { ...evaluated, threshold: model.description.threshold };
    this.#model = model;
    const own = model.description.classes;
    const kept = evaluated.task === 'binary' ? evaluated.classes.slice(1, 2) : evaluated.classes;
    this.#positions = evaluated.task === 'regression' ? [0] : kept.map((name) => own.indexOf(name));
    this.#width = this.#positions.length;
    this.#scores = new Float32Array(rows * this.#width);
  }

  async append(chunk: Chunk, start: number, dataset: string): Promise<void> {
    const { rows, width, scores } = await this.#model.score(chunk);
    for (let k = 0; k < this.#width; k++) {
      // A binary model may give the one probability of its positive class.
      const position = width === 1 ? 0 : (this.#positions[k] ?? 0);
      for (let row = 0; row < rows; row++) this.#scores[(start + row) * this.#width + k] = scores[row * width + position] ?? NaN;
    }
    checkNumbers({ rows, width: this.#width, scores: this.#scores.subarray(start * this.#width, (start + rows) * this.#width) }, dataset);
  }

  predictions(truth: Float64Array): Predictions {
    const { task, threshold, classes } = this.#description;
    switch (task) {
      case 'binary':
        return { task, truth: Uint8Array.from(truth), scores: this.#scores, threshold: threshold ?? 0.5 };
      case 'multiclass':
        return { task, truth: Int32Array.from(truth), scores: this.#scores, classes: classes.length };
      case 'regression':
        return { task, truth, scores: this.#scores };
    }
  }
}

function requestOf(
  { reader, models, segments }: CollectOptions,
  targetName: string,
  signal: AbortSignal,
): Parameters<DatasetReader['chunks']>[0] {
  const { targetExpression } = models[0].description;
  const columns = new Set([...models.flatMap((model) => model.description.inputs.map(({ name }) => name)), ...segments]);
  if (targetExpression === undefined) columns.add(targetName);
  return {
    columns: reader.columns.map(({ name }) => name).filter((name) => columns.has(name)),
    ...(targetExpression === undefined ? {} : { expressions: { [targetName]: targetExpression } }),
    signal,
  };
}

/** An expression may bear the name of a column; it is then read under another. */
function nameForTarget({ target, targetExpression }: ModelDescription, reader: DatasetReader): string {
  if (targetExpression === undefined) return target;
  const taken = new Set(reader.columns.map(({ name }) => name));
  let name = target;
  while (taken.has(name)) name = `${name}_`;
  return name;
}

function columnOf(chunk: Chunk, name: string, dataset: string): Chunk['columns'][string] {
  const column = chunk.columns[name];
  if (column === undefined) throw columnMissing(name, dataset);
  return column;
}

function checkColumns(reader: DatasetReader, { models, segments }: CollectOptions): void {
  const { target, targetExpression } = models[0].description;
  const present = new Set(reader.columns.map(({ name }) => name));
  if (targetExpression === undefined && !present.has(target)) throw targetMissing(target, reader.name);
  const wanted = [...models.flatMap((model) => model.description.inputs.map(({ name }) => name)), ...segments];
  const absent = wanted.find((name) => !present.has(name));
  if (absent !== undefined) throw columnMissing(absent, reader.name);
}

function checkSameQuestion(evaluated: ModelDescription, other: Model): void {
  const { task, target, classes } = other.description;
  const sameClasses = classes.length === evaluated.classes.length && evaluated.classes.every((name) => classes.includes(name));
  if (task === evaluated.task && sameClasses) return;
  const args = { other: other.folder, target, evaluated: evaluated.target };
  throw new AppError(
    'evaluation.otherQuestion',
    t('The model in {other} predicts {target}, which cannot be compared with {evaluated}.', args),
    {
      args,
      remedy: t('Choose a baseline (and a model to beat) with the same kind of target and the same classes.'),
    },
  );
}

/** Sorting, losses and weights take about 60 bytes per row and model besides the scores. */
function checkMemory(rows: number, { models, segments }: CollectOptions, memoryBytes: number, dataset: string): void {
  const classes = Math.max(1, models[0].description.classes.length);
  const needed = rows * (16 + 4 * segments.length + models.length * (60 + 4 * classes + (classes > 2 ? 9 * classes : 0)));
  if (needed <= memoryBytes) return;
  const args = { dataset, rows: formatCount(rows), needed: Math.ceil(needed / 2 ** 20), allowed: Math.floor(memoryBytes / 2 ** 20) };
  throw new AppError(
    'evaluation.tooLarge',
    t('Evaluating on the {rows} rows of {dataset} needs about {needed} MB, more than the {allowed} MB this stage may use.', args),
    { kind: 'environment', args, remedy: t('Evaluate on a narrower data set (with "during" or "where"), or allow more memory.') },
  );
}

function checkTruth(truth: Float64Array, target: string, dataset: string): void {
  const missing = truth.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
  if (missing === 0) return;
  const args = { target, dataset, missing: formatCount(missing), rows: formatCount(truth.length) };
  throw new AppError('evaluation.targetHasMissing', t('The target {target} is missing in {missing} of {rows} rows of {dataset}.', args), {
    args,
    remedy: t('Leave those rows out with a "where" condition on the data set: a model cannot be measured where the truth is unknown.'),
  });
}

function checkNumbers({ rows, width, scores }: Scores, dataset: string): void {
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad === -1) return;
  const args = { dataset, row: Math.floor(bad / width) + 1, rows };
  throw new AppError('evaluation.notANumber', t('The model gave no number for a row of {dataset} (row {row} of a part of {rows}).', args), {
    args,
    remedy: t('Train the model again; look for extreme values in that row.'),
  });
}

function noRows(dataset: string): AppError {
  return new AppError('evaluation.noRows', t('{dataset} has no rows to evaluate on.', { dataset }), {
    args: { dataset },
    remedy: t('Widen its "during" window or its "where" condition.'),
  });
}

function targetMissing(target: string, dataset: string): AppError {
  const args = { target, dataset };
  return new AppError('evaluation.targetMissing', t('{dataset} has no column {target}, which the model predicts.', args), {
    args,
    remedy: t('Evaluate on data that holds the truth.'),
  });
}

function columnMissing(column: string, dataset: string): AppError {
  const args = { column, dataset };
  return new AppError('evaluation.columnMissing', t('{dataset} has no column {column}, which the evaluation needs.', args), {
    args,
    remedy: t('Check the column names of the data set against the inputs of the model and the "segments" of the stage.'),
  });
}

function rowsChanged(dataset: string): AppError {
  return new AppError('evaluation.rowsChanged', t('The number of rows of {dataset} changed while it was read.', { dataset }), {
    args: { dataset },
    remedy: t('Run the stage again when nothing writes to the data.'),
  });
}
