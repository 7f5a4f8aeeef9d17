/** Batch prediction: a data set through a model into a file, a batch at a time, in memory that does not grow with the rows. */
import { rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { throwIfCancelled } from '../../base/abort.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column } from '../../protocol/dataset.ts';
import type { StageContext } from '../../protocol/stageContext.ts';
import { missingTime, type Chunk, type ColumnVector } from '../data/columns.ts';
import type { DatasetReader } from '../data/datasetReader.ts';
import { openDataset, type DatasetProject } from '../data/openDataset.ts';
import { openTableWriter, type TableColumn, type TableWriter } from '../data/writeTable.ts';
import type { Model, ModelInput } from './model.ts';
import { openModel } from './openModel.ts';
import { predictionColumns, predictionVectors } from './predictionColumns.ts';
import { takeRows } from './takeRows.ts';

export interface PredictOptions {
  readonly project: DatasetProject;
  readonly dataset: string;
  readonly modelFolder: string;
  /** The SHA-256 the model must have; default: the one recorded beside it. */
  readonly expectedDigest?: string | undefined;
  /** Absolute path; `.parquet`, `.csv` or `.jsonl`. */
  readonly output: string;
  /** Columns to copy beside the predictions. */
  readonly keep?: readonly string[] | undefined;
  /** Absolute path of the file for rows that cannot be predicted; default: beside the output. */
  readonly rejects?: string | undefined;
  readonly asOf: Date;
}

export interface PredictResult {
  /** Rows of the output. */
  readonly rows: number;
  readonly rejected: number;
  /** Where the rejected rows lie; undefined when there are none. */
  readonly rejects: string | undefined;
}

/** The columns before the kept ones in the file of rejected rows. */
const rejectColumns: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 'reason', type: 'text' },
];

/**
 * Writes the kept columns and the predictions of every row; a row with a value missing that must not be goes to the rejects
 * file with the reason. Both files appear whole or not at all.
 * @throws AppError `inference.keepColumn`, `inference.outputTaken`, and as opening the data set, opening the model and writing do; CancelledError
 */
export async function predictToFile(options: PredictOptions, ctx: StageContext): Promise<PredictResult> {
  const { budget, signal } = ctx;
  const { expectedDigest } = options;
  await using model = await openModel(options.modelFolder, {
    threads: budget.threads,
    ...(expectedDigest === undefined ? {} : { expectedDigest }),
  });
  await using reader = await openDataset(options.project, options.dataset, { asOf: options.asOf, budget, signal });
  const predicted = predictionColumns(model.description);
  const kept = keptColumns(options.keep ?? [], reader, predicted);
  requireInputs(model.description.inputs, reader);
  const rejectsPath = options.rejects ?? besideOutput(options.output);
  requireOwnPlaces([options.output, rejectsPath], options.project.root, reader);
  await using output = await openTableWriter(options.output, { columns: [...kept, ...predicted], budget, signal });
  const openRejects = (): Promise<TableWriter> =>
    openTableWriter(rejectsPath, { columns: [...rejectColumns, ...kept.map(withoutClash)], budget, signal });
  await using sink = new RejectSink(openRejects, kept);
  const total = await reader.rows();
  let read = 0;
  for await (const chunk of reader.chunks({ columns: neededColumns(model, kept), signal })) {
    const good = await sink.sift(chunk, model.description.inputs, read);
    await output.write(await predictChunk(model, good, kept));
    read += chunk.rows;
    throwIfCancelled(signal);
    ctx.progress({ message: t('Predicted {read} of {total} rows', { read, total }), fraction: total === 0 ? 1 : read / total });
  }
  const rejected = await sink.commit();
  const rows = await output.commit();
  if (rejected === 0)
    await rm(rejectsPath, { force: true }); // an older one would speak of rows that are fine now
  else ctx.log('warning', t('{rejected} rows could not be predicted; they lie in {path}.', { rejected, path: rejectsPath }));
  return { rows, rejected, rejects: rejected === 0 ? undefined : rejectsPath };
}

async function predictChunk(model: Model, chunk: Chunk, kept: readonly Column[]): Promise<Chunk> {
  const vectors = predictionVectors(model.description, await model.score(chunk));
  const columns: Record<string, ColumnVector> = {};
  for (const { name } of kept) columns[name] = chunk.columns[name] ?? { kind: 'number', values: new Float64Array(chunk.rows) };
  predictionColumns(model.description).forEach(({ name }, index) => {
    const vector = vectors[index];
    if (vector !== undefined) columns[name] = vector;
  });
  return { rows: chunk.rows, columns };
}

function neededColumns(model: Model, kept: readonly Column[]): string[] {
  return [...new Set([...model.description.inputs, ...kept].map((column) => column.name))];
}

function keptColumns(keep: readonly string[], reader: DatasetReader, predicted: readonly TableColumn[]): readonly Column[] {
  return keep.map((name) => {
    const column = reader.columns.find((known) => known.name === name);
    const args = { name, columns: reader.columns.map((known) => known.name).join(', ') };
    if (column === undefined) {
      throw new AppError('inference.keepColumn', t('There is no column "{name}" to keep.', args), {
        args,
        remedy: t('The columns are {columns}.', args),
      });
    }
    if (!predicted.some((made) => made.name === name)) return column;
    throw new AppError('inference.keepColumn', t('The column "{name}" cannot be kept: a column of predictions has its name.', args), {
      args,
      remedy: t('Leave it out of "keep", or rename it by a "query:" in the data set.'),
    });
  });
}

function requireInputs(inputs: readonly ModelInput[], reader: DatasetReader): void {
  const absent = inputs.find((input) => !reader.columns.some((column) => column.name === input.name));
  if (absent === undefined) return;
  const args = { name: absent.name, dataset: reader.name, columns: reader.columns.map((column) => column.name).join(', ') };
  throw new AppError(
    'inference.missingColumn',
    t('The model needs the column "{name}", which the data set "{dataset}" does not have.', args),
    {
      args,
      remedy: t('The columns are {columns}.', args),
    },
  );
}

/** What is written must not take the place of the rows that are read, nor the predictions that of the rejected rows. */
function requireOwnPlaces(outputs: readonly string[], root: string, reader: DatasetReader): void {
  const taken = new Set(reader.fingerprint.files.map((file) => resolve(root, file.path)));
  for (const output of outputs) {
    const path = resolve(root, output);
    if (taken.has(path)) {
      throw new AppError(
        'inference.outputTaken',
        t('{path} would be overwritten, which the prediction reads or writes already.', { path }),
        {
          args: { path },
          remedy: t('Choose another file for the output or the rejected rows.'),
        },
      );
    }
    taken.add(path);
  }
}

/** `predictions.parquet` → `predictions.rejects.parquet`. */
function besideOutput(output: string): string {
  const extension = extname(output);
  return `${output.slice(0, output.length - extension.length)}.rejects${extension}`;
}

/** A kept column must not hide the reason. */
function withoutClash(column: Column): TableColumn {
  const isTaken = rejectColumns.some((own) => own.name === column.name);
  return { name: isTaken ? `kept_${column.name}` : column.name, type: column.type };
}

/** Takes the rows out that cannot be predicted; opens its file with the first of them. */
class RejectSink implements AsyncDisposable {
  readonly #open: () => Promise<TableWriter>;
  readonly #kept: readonly Column[];
  #writer: TableWriter | undefined;
  #rejected = 0;

  constructor(open: () => Promise<TableWriter>, kept: readonly Column[]) {
    this.#open = open;
    this.#kept = kept;
  }

  /** @param from how many rows came before. @returns the rows that can be predicted */
  async sift(chunk: Chunk, inputs: readonly ModelInput[], from: number): Promise<Chunk> {
    const reasons = new Map<number, string[]>();
    for (const { name, nullable } of inputs) {
      const vector = chunk.columns[name];
      if (nullable || vector === undefined) continue;
      for (const row of missingRows(vector)) reasons.set(row, [...(reasons.get(row) ?? []), t('"{name}" is missing', { name })]);
    }
    if (reasons.size === 0) return chunk;
    await this.#write(chunk, reasons, from);
    return takeRows(
      chunk,
      Array.from({ length: chunk.rows }, (_, row) => row).filter((row) => !reasons.has(row)),
    );
  }

  /** Puts the file in its place. @returns how many rows it holds */
  async commit(): Promise<number> {
    await this.#writer?.commit();
    return this.#rejected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer?.[Symbol.asyncDispose]();
  }

  async #write(chunk: Chunk, reasons: ReadonlyMap<number, readonly string[]>, from: number): Promise<void> {
    const rows = [...reasons.keys()].sort((a, b) => a - b);
    const bad = takeRows(chunk, rows);
    const columns: Record<string, ColumnVector> = {
      row: { kind: 'number', values: Float64Array.from(rows, (row) => from + row + 1) },
      reason: { kind: 'text', values: rows.map((row) => reasons.get(row)?.join('; ') ?? '') },
    };
    for (const column of this.#kept) {
      const vector = bad.columns[column.name];
      if (vector !== undefined) columns[withoutClash(column).name] = vector;
    }
    this.#writer ??= await this.#open();
    await this.#writer.write({ rows: rows.length, columns });
    this.#rejected += rows.length;
  }
}

function missingRows(vector: ColumnVector): number[] {
  const isMissing = (value: number | bigint | string | null): boolean => value === null || value === missingTime || Number.isNaN(value);
  const rows: number[] = [];
  for (const [row, value] of vector.values.entries()) if (isMissing(value)) rows.push(row);
  return rows;
}
