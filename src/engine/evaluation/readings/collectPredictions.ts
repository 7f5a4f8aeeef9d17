/** Streams a data set through one or several models and keeps per row only the truth, the scores and what else is measured by. */
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { areSameClasses, findClass } from '../../data/statistics/classNames.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import type { DatasetReader } from '../../data/dataset/datasetReader.ts';
import type { Model, ModelDescription, Scores } from '../../inference/scoring/model.ts';
import { readTarget } from '../../inference/prediction/target.ts';
import type { Predictions, ScoreArray } from '../metrics/predictions.ts';
import { columnOf, requireColumns, RowColumns, type RowColumnNames } from './rowColumns.ts';
import type { SegmentColumn } from './segmentColumn.ts';
import type { Subject } from './subject.ts';

export interface CollectOptions {
  readonly reader: DatasetReader;
  /** The first is the one evaluated: its target and classes count; the others answer the same question. */
  readonly models: readonly [Model, ...Model[]];
  /** What else is read of every row. */
  readonly columns: RowColumnNames;
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
 * `inference.unknownClass`, `inference.targetType`, and what {@link RowColumns} throws; CancelledError
 */
export async function collectPredictions(options: CollectOptions, ctx: StageContext): Promise<Collected> {
  const { reader, models, columns } = options;
  const [evaluated, ...compared] = models;
  const { description } = evaluated;
  checkColumns(reader, options);
  for (const other of compared) checkSameQuestion(description, other);
  const rows = await countRows(reader);
  const classes = Math.max(1, description.classes.length);
  checkMemory({ rows, dataset: reader.name, needed: rows * bytesPerRow(classes, models.length, columns) }, ctx);

  const truth = new Float64Array(rows);
  const stores = [new ScoreStore(description, evaluated, rows), ...compared.map((model) => new ScoreStore(description, model, rows))];
  const extra = new RowColumns(columns, rows, reader.name);
  const targetName = nameForTarget(description, reader);
  const targetColumn = reader.columns.find(({ name }) => name === targetName); // none has the name of a computed target
  await readRows(options, { ...requestOf(options, targetName), signal: ctx.signal }, async (chunk, read) => {
    throwIfCancelled(ctx.signal);
    truth.set(readTarget(description, columnOf(chunk, targetName, reader.name), targetColumn), read);
    for (const each of stores) await each.append(chunk, read, reader.name);
    extra.append(chunk, read);
  });
  checkTruth(truth, description.target, reader.name);
  const { segments, ...own } = extra.finish();
  const [first, ...others] = stores.map((each) => ({ ...each.predictions(truth), ...own }));
  if (first === undefined) throw new Error('no model was evaluated');
  return { rows, segments, predictions: [first, ...others] };
}

export interface ScoreOptions {
  readonly reader: DatasetReader;
  readonly models: readonly Model[];
  /** What was measured, whose rows the models score too. */
  readonly subject: Subject;
  readonly evaluated: Predictions;
}

/**
 * Models that are compared with predictions of another origin, over the same rows.
 * @throws AppError as {@link collectPredictions}; CancelledError
 */
export async function scoreCompared({ reader, models, subject, evaluated }: ScoreOptions, ctx: StageContext): Promise<Predictions[]> {
  if (models.length === 0) return [];
  for (const model of models) checkSameQuestion(subject, model);
  const inputs = models.flatMap((model) => model.description.inputs.map(({ name }) => name));
  requireColumns(reader, inputs);
  const { truth } = evaluated;
  const stores = models.map((model) => new ScoreStore(subject, model, truth.length));
  const wanted = { columns: inOrder(reader, inputs), signal: ctx.signal };
  await readRows({ reader, onRows: () => undefined }, wanted, async (chunk, read) => {
    for (const each of stores) await each.append(chunk, read, reader.name);
  });
  const { weights, groups } = evaluated;
  return stores.map((each) => ({ ...each.predictions(Float64Array.from(truth)), weights, groups }));
}

type ChunkRequest = Parameters<DatasetReader['chunks']>[0];

/** @throws AppError `evaluation.rowsChanged` */
export async function readRows(
  { reader, onRows }: Pick<CollectOptions, 'reader' | 'onRows'>,
  request: ChunkRequest,
  take: (chunk: Chunk, read: number) => void | Promise<void>,
): Promise<void> {
  const rows = await reader.rows();
  let read = 0;
  for await (const chunk of reader.chunks(request)) {
    if (read + chunk.rows > rows) throw rowsChanged(reader.name);
    await take(chunk, read);
    read += chunk.rows;
    onRows(read, rows);
  }
  if (read !== rows) throw rowsChanged(reader.name);
}

/** Scores of one model, in the order of the evaluated classes. */
class ScoreStore {
  readonly #evaluated: Subject;
  readonly #model: Model;
  readonly #width: number;
  readonly #scores: ScoreArray;
  /** Where the model's own scores hold each kept one. */
  readonly #positions: readonly number[];

  constructor(evaluated: Subject, model: Model, rows: number) {
    this.#evaluated = evaluated;
    this.#model = model;
    const own = model.description.classes;
    const kept = evaluated.task === 'binary' ? evaluated.classes.slice(1, 2) : evaluated.classes;
    this.#positions = evaluated.task === 'regression' ? [0] : kept.map((name) => findClass(name, own));
    this.#width = this.#positions.length;
    const count = rows * this.#width;
    this.#scores = evaluated.task === 'regression' ? new Float64Array(count) : new Float32Array(count);
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
    const { task, classes } = this.#evaluated;
    switch (task) {
      case 'binary':
        return { task, truth: Uint8Array.from(truth), scores: this.#scores, threshold: this.#threshold() };
      case 'multiclass':
        return { task, truth: Int32Array.from(truth), scores: this.#scores, classes: classes.length };
      case 'regression':
        return { task, truth, scores: this.#scores };
    }
  }

  /** Of the evaluated positive class, which may be the other one to this model. */
  #threshold(): number {
    const own = this.#model.description.threshold ?? 0.5;
    return this.#positions[0] === 0 && this.#model.description.classes.length === 2 ? 1 - own : own;
  }
}

function requestOf({ reader, models, columns }: CollectOptions, targetName: string): ChunkRequest {
  const { targetExpression } = models[0].description;
  const wanted = [...models.flatMap((model) => model.description.inputs.map(({ name }) => name)), ...RowColumns.names(columns)];
  return {
    columns: inOrder(reader, targetExpression === undefined ? [...wanted, targetName] : wanted),
    ...(targetExpression === undefined ? {} : { expressions: { [targetName]: targetExpression } }),
  };
}

/** The wanted columns, each once, in the order of the data set. */
export function inOrder(reader: DatasetReader, wanted: readonly string[]): string[] {
  return reader.columns.map(({ name }) => name).filter((name) => wanted.includes(name));
}

/** An expression may bear the name of a column; it is then read under another. */
function nameForTarget({ target, targetExpression }: ModelDescription, reader: DatasetReader): string {
  if (targetExpression === undefined) return target;
  const taken = new Set(reader.columns.map(({ name }) => name));
  let name = target;
  while (taken.has(name)) name = `${name}_`;
  return name;
}

function checkColumns(reader: DatasetReader, { models, columns }: CollectOptions): void {
  const { target, targetExpression } = models[0].description;
  if (targetExpression === undefined && !reader.columns.some(({ name }) => name === target)) throw targetMissing(target, reader.name);
  requireColumns(reader, [...models.flatMap((model) => model.description.inputs.map(({ name }) => name)), ...RowColumns.names(columns)]);
}

function checkSameQuestion(evaluated: Subject, other: Model): void {
  const { task, target, classes } = other.description;
  if (task === evaluated.task && areSameClasses(evaluated.classes, classes)) return;
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

/** Sorting, losses and weights take about 80 bytes per row and set of predictions besides the scores. */
export function bytesPerRow(classes: number, predictions: number, { segments = [], group, sample_weight }: RowColumnNames): number {
  const columns = 4 * (segments.length + (group === undefined ? 0 : 1)) + (sample_weight === undefined ? 0 : 8);
  return 24 + columns + predictions * (80 + 8 * classes + (classes > 2 ? 17 * classes : 0));
}

/** @throws AppError `evaluation.tooLarge` */
export function checkMemory(
  { rows, dataset, needed }: { readonly rows: number; readonly dataset: string; readonly needed: number },
  { budget: { memoryBytes } }: StageContext,
): void {
  if (needed <= memoryBytes) return;
  const args = { dataset, rows: formatCount(rows), needed: Math.ceil(needed / 2 ** 20), allowed: Math.floor(memoryBytes / 2 ** 20) };
  throw new AppError(
    'evaluation.tooLarge',
    t('Evaluating on the {rows} rows of {dataset} needs about {needed} MB, more than the {allowed} MB this stage may use.', args),
    { kind: 'environment', args, remedy: t('Evaluate on a narrower data set (with "during" or "where"), or allow more memory.') },
  );
}

/** @throws AppError `evaluation.targetHasMissing` */
export function checkTruth(truth: Float64Array, target: string, dataset: string): void {
  const missing = truth.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
  if (missing === 0) return;
  const args = { target, dataset, missing: formatCount(missing), rows: formatCount(truth.length) };
  throw new AppError('evaluation.targetHasMissing', t('The target {target} is missing in {missing} of {rows} rows of {dataset}.', args), {
    args,
    remedy: t('Leave those rows out with a "where" condition on the data set: a model cannot be measured where the truth is unknown.'),
  });
}

/** @throws AppError `evaluation.noRows` */
export async function countRows(reader: DatasetReader): Promise<number> {
  const rows = await reader.rows();
  if (rows > 0) return rows;
  throw new AppError('evaluation.noRows', t('{dataset} has no rows to evaluate on.', { dataset: reader.name }), {
    args: { dataset: reader.name },
    remedy: t('Widen its "during" window or its "where" condition.'),
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

function targetMissing(target: string, dataset: string): AppError {
  const args = { target, dataset };
  return new AppError('evaluation.targetMissing', t('{dataset} has no column {target}, which the model predicts.', args), {
    args,
    remedy: t('Evaluate on data that holds the truth.'),
  });
}

function rowsChanged(dataset: string): AppError {
  return new AppError('evaluation.rowsChanged', t('The number of rows of {dataset} changed while it was read.', { dataset }), {
    args: { dataset },
    remedy: t('Run the stage again when nothing writes to the data.'),
  });
}
