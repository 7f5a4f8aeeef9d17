/** Opens a model folder: checks the file against its digest before anything reads it, and asks it for scores. */
import { join } from 'node:path';
import { readBytesIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import { toFeeds } from './feeds.ts';
import type { Model, ModelDescription, Scores } from './model.ts';
import { externalFiles } from '../files/externalWeights.ts';
import { descriptionFile, modelFile, mostModelBytes } from '../files/modelFiles.ts';
import { parseModelDescription } from './modelDescription.ts';
import { OnnxSession, type SessionOutput } from './onnxSession.ts';
import { takeRows } from './takeRows.ts';

export interface OpenModelOptions {
  /** Cores of one call. */
  readonly threads: number;
  /** The SHA-256 the file must have; default: the one recorded in `millwright.json`. */
  readonly expectedDigest?: string;
}

/** A model folder's files, read and checked against the digest, before ONNX Runtime sees them. Can be sent to another thread. */
export interface ModelFile {
  readonly folder: string;
  readonly description: ModelDescription;
  /** SHA-256 of `content`. */
  readonly digest: string;
  /** The bytes of `model.onnx`. */
  readonly content: Uint8Array;
}

/**
 * @param folder holds `model.onnx` and `millwright.json`
 * @param expectedDigest the SHA-256 the file must have, besides the one recorded in `millwright.json`
 * @throws AppError `inference.noModel`, `inference.changedModel`, `inference.badDescription`, `inference.badModel`
 */
export async function readModelFile(folder: string, expectedDigest?: string): Promise<ModelFile> {
  const description = await readModelDescription(folder);
  const content = await readPart(folder, modelFile);
  const digest = sha256(content);
  if (digest !== (expectedDigest ?? description.digest) || digest !== description.digest) throw changedModel(folder);
  requireWhole(folder, content);
  return { folder, description, digest, content };
}

/** A graph of Millwright's holds all of its numbers, so one that reads others was made by something else. @throws AppError `inference.badModel` */
function requireWhole(folder: string, content: Uint8Array): void {
  const path = join(folder, modelFile);
  const [name] = externalFiles(content, path);
  if (name !== undefined) throw notWhole(path, name);
}

function notWhole(path: string, name: string): AppError {
  const args = { path, name };
  return new AppError(
    'inference.badModel',
    t('{path} keeps weights in {name}; no model that Millwright trains does. It was not loaded.', args),
    {
      args,
      remedy: t('Restore the file from a backup, or train the model again.'),
    },
  );
}

/** What a model folder says of its model. @throws AppError `inference.noModel`, `inference.badDescription` */
export async function readModelDescription(folder: string): Promise<ModelDescription> {
  return parseModelDescription(await readPart(folder, descriptionFile), join(folder, descriptionFile));
}

/** @throws AppError `inference.badModel`, `inference.badDescription` */
export async function openSession({ folder, description, digest, content }: ModelFile, threads: number): Promise<Model> {
  const session = await OnnxSession.open(content, threads);
  const absent = description.inputs.find((input) => !session.inputNames.includes(input.name));
  if (absent === undefined && session.inputNames.length === description.inputs.length)
    return new OnnxModelFolder(folder, description, digest, session);
  await session.close();
  throw new AppError(
    'inference.badDescription',
    t('{file} does not fit the model beside it: the inputs differ.', { file: descriptionFile }),
    { args: { folder }, remedy: t('Train the model again.') },
  );
}

/**
 * @param folder holds `model.onnx` and `millwright.json`
 * @throws AppError `inference.noModel`, `inference.changedModel`, `inference.badDescription`, `inference.badModel`
 */
export async function openModel(folder: string, options: OpenModelOptions): Promise<Model> {
  return openSession(await readModelFile(folder, options.expectedDigest), options.threads);
}

/** A model folder that lies open. */
class OnnxModelFolder implements Model {
  readonly folder: string;
  readonly description: ModelDescription;
  readonly digest: string;
  readonly #session: OnnxSession;

  constructor(folder: string, description: ModelDescription, digest: string, session: OnnxSession) {
    this.folder = folder;
    this.description = description;
    this.digest = digest;
    this.#session = session;
  }

  async score(chunk: Chunk): Promise<Scores> {
    const width = this.description.task === 'regression' ? 1 : this.description.classes.length;
    if (chunk.rows === 0) return { rows: 0, width, scores: new Float32Array(0) };
    const whole = wholeVectors(chunk);
    const outputs = await this.#session.run(toFeeds(this.description.inputs, whole));
    const scores = scoresOf(outputs);
    if (scores?.length !== whole.rows * width)
      throw new RangeError(`the model gives ${String(scores?.length)} scores for ${whole.rows} rows`);
    return { rows: chunk.rows, width, scores: scores.slice(0, chunk.rows * width) };
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The last output: labels, which may be numbers themselves, come before the probabilities. */
export function scoresOf(outputs: readonly SessionOutput[]): Scores['scores'] | undefined {
  const content = outputs.at(-1)?.content;
  return content instanceof Float32Array || content instanceof Float64Array ? content : undefined;
}

/** A multiple of what any processor computes at once. */
const vectorRows = 64;

/**
 * The chunk, its last row repeated until vectors are full. ONNX Runtime computes the rows that do not fill a vector in another
 * way, so a row's last bits (of a sine, a logarithm) would depend on the rows beside it.
 */
function wholeVectors(chunk: Chunk): Chunk {
  const rows = Math.ceil(chunk.rows / vectorRows) * vectorRows;
  if (rows === chunk.rows) return chunk;
  return takeRows(
    chunk,
    Array.from({ length: rows }, (_, row) => Math.min(row, chunk.rows - 1)),
  );
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const args = { folder, name };
  const failure = (message: string, cause?: unknown): AppError =>
    new AppError('inference.noModel', message, { args, cause, remedy: t('Train the model again, or restore the folder.') });
  const content = await readBytesIfPresent(join(folder, name), { most: mostModelBytes }).catch((cause: unknown) => {
    throw AppError.is(cause) ? cause : failure(t('{name} in {folder} cannot be read.', args), cause);
  });
  if (content === undefined) throw failure(t('{folder} is no model folder: {name} is missing.', args));
  return content;
}

function changedModel(folder: string): AppError {
  const args = { path: join(folder, modelFile) };
  return new AppError(
    'inference.changedModel',
    t('{path} is not the file that was trained: its SHA-256 differs. It was not loaded.', args),
    {
      args,
      remedy: t('Restore the file from a backup, or train the model again.'),
    },
  );
}
