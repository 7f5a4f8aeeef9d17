/** The front door to a model of any origin: Millwright's own in this process, an ONNX model of another tool in one of its own. */
import { openForeignModel, type ForeignOptions } from './foreign/foreignModel.ts';
import type { Chunk } from '../data/rows/columns.ts';
import type { Model, ModelDescription, Scores } from './scoring/model.ts';
import { locateModel, otherFlavor } from './files/modelPlace.ts';
import { openModel, readModelFile } from './scoring/openModel.ts';
import { ScoringPool } from './scoring/scoringPool.ts';

/**
 * @param path a model folder, or an ONNX file
 * @throws AppError `inference.noModel`, `inference.otherFlavor`, and as {@link openModel} and {@link openForeignModel}; CancelledError
 */
export async function openModelAt(path: string, options: ForeignOptions): Promise<Model> {
  const place = await locateModel(path);
  switch (place.kind) {
    case 'millwright': {
      const { threads, expectedDigest } = options;
      return openModel(place.folder, { threads, ...(expectedDigest === undefined ? {} : { expectedDigest }) });
    }
    case 'onnx':
      return openForeignModel(place, options);
    case 'otherFlavor':
      throw otherFlavor(place);
  }
}

/** What scores chunks of rows, several at a time. */
export interface RowScorer extends AsyncDisposable {
  readonly description: ModelDescription;
  /** How many chunks may be under way. */
  readonly appetite: number;
  /** To be called once before the first chunk. */
  start(): Promise<void>;
  score(chunk: Chunk): Promise<Scores>;
}

/**
 * A model that scores many rows: one of Millwright's own on threads.
 * @throws AppError as {@link openModelAt}; CancelledError
 */
export async function openScorer(path: string, options: ForeignOptions): Promise<RowScorer> {
  const place = await locateModel(path);
  if (place.kind === 'millwright') return new PooledScorer(await readModelFile(place.folder, options.expectedDigest), options.threads);
  return new ForeignScorer(await openModelAt(path, options));
}

class PooledScorer implements RowScorer {
  readonly description: ModelDescription;
  readonly #file: Awaited<ReturnType<typeof readModelFile>>;
  readonly #threads: number;
  #pool: ScoringPool | undefined;

  constructor(file: Awaited<ReturnType<typeof readModelFile>>, threads: number) {
    this.description = file.description;
    this.#file = file;
    this.#threads = threads;
  }

  get appetite(): number {
    return this.#pool?.appetite ?? 1;
  }

  async start(): Promise<void> {
    this.#pool = await ScoringPool.open(this.#file, this.#threads);
  }

  async score(chunk: Chunk): Promise<Scores> {
    if (this.#pool === undefined) throw new RangeError('the scorer was not started');
    return this.#pool.score(chunk);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.close();
  }
}

class ForeignScorer implements RowScorer {
  readonly description: ModelDescription;
  readonly appetite = 2;
  readonly #model: Model;

  constructor(model: Model) {
    this.description = model.description;
    this.#model = model;
  }

  async start(): Promise<void> {
    await Promise.resolve(); // its process runs already: it had to be asked what it gives
  }

  async score(chunk: Chunk): Promise<Scores> {
    return this.#model.score(chunk);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model.close();
  }
}
