/** A model that Millwright did not make, as one that can be asked: it runs in a process of its own. */
import { readBytesIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk, ColumnVector } from '../../data/rows/columns.ts';
import { wrongColumnType } from '../scoring/feeds.ts';
import type { ForeignTensor } from './foreignContract.ts';
import { madeBy, planForeignModel, type ForeignChoices, type ForeignFeed, type ForeignPlan } from './foreignPlan.ts';
import { ForeignProcess, type ForeignOutput } from './foreignProcess.ts';
import type { Model, ModelDescription, Scores } from '../scoring/model.ts';
import { digestOfOnnx } from '../files/modelDigest.ts';
import { mostModelBytes } from '../files/modelFiles.ts';
import type { ModelPlace } from '../files/modelPlace.ts';
import { readOnnxFacts } from '../files/onnxFile.ts';
import { requireReadable } from '../files/runtimeLimits.ts';
import { takeRows } from '../scoring/takeRows.ts';

export interface ForeignOptions {
  /** Asked where another tool, which is told, made the model. */
  readonly choices: (madeBy: string) => Promise<ForeignChoices>;
  readonly threads: number;
  /** What {@link digestOfOnnx} must say of it; default: anything. */
  readonly expectedDigest?: string | undefined;
  /** Told who made the model, and how its columns were chosen where the project does not say. */
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * @throws AppError `inference.changedModel`, `inference.notOnnx`, what {@link digestOfOnnx}, {@link requireReadable},
 * {@link planForeignModel} and {@link ForeignProcess.open} throw; CancelledError
 */
export async function openForeignModel(
  { file, mlmodel }: Extract<ModelPlace, { kind: 'onnx' }>,
  { choices, threads, expectedDigest, note, signal }: ForeignOptions,
): Promise<Model> {
  const content = await readBytesIfPresent(file, { most: mostModelBytes });
  if (content === undefined) throw fileGone(file);
  const digest = await digestOfOnnx(file, content);
  if (expectedDigest !== undefined && digest !== expectedDigest) throw changedFile(file);
  const facts = readOnnxFacts(content, file);
  requireReadable(facts, file);
  const tool = madeBy(facts);
  const plan = planForeignModel({ path: file, digest, facts, mlmodel }, await choices(tool));
  for (const message of [t('The model was made by {tool}, not by Millwright.', { tool }), ...plan.notes]) note(message);
  return new ForeignModel(file, plan, await ForeignProcess.open({ file, threads }, signal));
}

class ForeignModel implements Model {
  readonly folder: string;
  readonly description: ModelDescription;
  readonly digest: string;
  readonly #plan: ForeignPlan;
  readonly #process: ForeignProcess;

  constructor(file: string, plan: ForeignPlan, process: ForeignProcess) {
    this.folder = file;
    this.description = plan.description;
    this.digest = plan.description.digest;
    this.#plan = plan;
    this.#process = process;
  }

  async score(chunk: Chunk): Promise<Scores> {
    const { task, classes } = this.description;
    const width = task === 'regression' ? 1 : classes.length;
    const scores = new Float32Array(chunk.rows * width);
    const size = this.#plan.batch ?? Math.max(1, chunk.rows);
    for (let from = 0; from < chunk.rows; from += size) {
      const rows = Math.min(size, chunk.rows - from);
      const part = rows === chunk.rows ? chunk : takeRows(chunk, rowsFrom(from, size, chunk.rows));
      const output = await this.#process.run(
        this.#plan.feeds.map((feed) => toTensor(feed, part)),
        this.#plan.output,
      );
      scores.set(this.#scoresIn(output, part.rows).subarray(0, rows * width), from * width);
    }
    return { rows: chunk.rows, width, scores };
  }

  /** @throws AppError `inference.otherOutput`, `inference.noProbabilities` */
  #scoresIn({ values, shape }: ForeignOutput, rows: number): Float32Array {
    const { task, classes } = this.description;
    const width = values.length / rows;
    if (task === 'regression' && width === 1) return values;
    const isPositiveAlone = task === 'binary' && width === 1;
    if (task === 'regression' || (width !== classes.length && !isPositiveAlone)) throw otherOutput(this.folder, shape, { rows, classes });
    if (!values.every((value) => Number.isNaN(value) || (value >= -tolerance && value <= 1 + tolerance))) throw noProbability(this.folder);
    return isPositiveAlone ? Float32Array.from({ length: rows * 2 }, (_, at) => bothOf(values[at >> 1] ?? NaN, at % 2)) : values;
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** How far rounding may lift a probability over 1. */
const tolerance = 1e-4;

function bothOf(positive: number, index: number): number {
  return index === 1 ? positive : 1 - positive;
}

/** Full batches: the last row is repeated where there are no more. */
function rowsFrom(from: number, size: number, rows: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.min(from + index, rows - 1));
}

/** @throws AppError `inference.columnType`, `inference.missingColumn` */
function toTensor({ name, element, columns, isFlat }: ForeignFeed, chunk: Chunk): ForeignTensor {
  const shape = isFlat ? [chunk.rows] : [chunk.rows, columns.length];
  const vectors = columns.map((column) => vectorOf(column, element, chunk));
  const size = chunk.rows * columns.length;
  const at = (index: number): number | bigint | string | null =>
    vectors[index % columns.length]?.values[Math.floor(index / columns.length)] ?? null;
  switch (element) {
    case 'float32':
      return { name, element, shape, values: Float32Array.from({ length: size }, (_, index) => Number(at(index) ?? NaN)) };
    case 'float64':
      return { name, element, shape, values: Float64Array.from({ length: size }, (_, index) => Number(at(index) ?? NaN)) };
    case 'int32':
      return { name, element, shape, values: Int32Array.from({ length: size }, (_, index) => Number(at(index))) };
    case 'int64':
      return { name, element, shape, values: BigInt64Array.from({ length: size }, (_, index) => BigInt(Math.trunc(Number(at(index))))) };
    case 'bool':
      return { name, element, shape, values: Uint8Array.from({ length: size }, (_, index) => Number(at(index))) };
    case 'string':
      return { name, element, shape, values: Array.from({ length: size }, (_, index) => String(at(index) ?? '')) };
  }
}

function vectorOf(column: string, element: ForeignFeed['element'], chunk: Chunk): ColumnVector {
  const vector = Object.hasOwn(chunk.columns, column) ? chunk.columns[column] : undefined;
  if (vector === undefined) throw new RangeError(`no column ${column}`); // columns are required before rows are read
  if (vector.kind === (element === 'string' ? 'text' : 'number')) return vector;
  throw wrongColumnType({ name: column, tensor: element === 'string' ? 'string' : 'double' }, vector.kind);
}

function fileGone(path: string): AppError {
  return new AppError('inference.noModel', t('There is no model at {path}.', { path }), {
    args: { path },
    remedy: t('Run the stage that makes it again, or restore the file.'),
  });
}

function changedFile(path: string): AppError {
  return new AppError(
    'inference.changedModel',
    t('{path} is not the file that was registered: its SHA-256 differs. It was not loaded.', { path }),
    {
      args: { path },
      remedy: t('Restore the file from a backup, or register the model anew.'),
    },
  );
}

function otherOutput(path: string, shape: readonly number[], { rows, classes }: { rows: number; classes: readonly string[] }): AppError {
  const args = { path, shape: shape.join(' × '), rows, classes: classes.join(', ') };
  const message =
    classes.length === 0
      ? t('{path} answers {rows} rows by {shape} numbers, where one for each row was expected.', args)
      : t('{path} answers {rows} rows by {shape} numbers, which does not fit its classes {classes}.', args);
  return new AppError('inference.otherOutput', message, {
    args,
    remedy: t('Export it with one number, or one probability of each class, for each row.'),
  });
}

function noProbability(path: string): AppError {
  return new AppError(
    'inference.noProbabilities',
    t('{path} gives scores that are no probabilities: some lie outside of 0 to 1.', { path }),
    {
      args: { path },
      remedy: t('Export it with probabilities: with a softmax or sigmoid at its end, or raw_scores left off in skl2onnx.'),
    },
  );
}
