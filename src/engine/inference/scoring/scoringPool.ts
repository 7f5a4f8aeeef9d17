/** Scores chunks on threads of their own, so that the next rows are read and the last ones written meanwhile. */
import { Worker } from 'node:worker_threads';
import { entryPoint } from '../../../base/entryPoint.ts';
import { AppError } from '../../../base/errors.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import type { Scores } from './model.ts';
import type { ModelFile } from './openModel.ts';
import { packChunk } from './packedChunk.ts';
import type { ScoringReply, ScoringRequest, ScoringThreadStart } from './scoringThread.ts';

/**
 * Every thread has a session of its own with one intra-op thread, so scores do not depend on how many there are.
 * A thread is started when all others are busy.
 */
export class ScoringPool implements AsyncDisposable {
  readonly #file: ModelFile;
  readonly #names: readonly string[];
  readonly #most: number;
  readonly #threads: ScoringThread[] = [];

  private constructor(file: ModelFile, most: number) {
    this.#file = file;
    this.#names = file.description.inputs.map(({ name }) => name);
    this.#most = Math.max(1, most);
  }

  /**
   * @param threads at most so many at a time
   * @throws AppError `inference.badModel`, `inference.badDescription`
   */
  static async open(file: ModelFile, threads: number): Promise<ScoringPool> {
    const pool = new ScoringPool(file, threads);
    try {
      await pool.#startThread().opened;
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** How many chunks may be under way so that no thread has to wait for its next one. */
  get appetite(): number {
    return this.#most + 1;
  }

  /** @throws AppError `inference.missingColumn`, `inference.columnType`, `inference.runFailed` */
  async score(chunk: Chunk): Promise<Scores> {
    return this.#freest().score(chunk, this.#names);
  }

  /** Returns when every thread has scored what it was given and has ended. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => thread.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #freest(): ScoringThread {
    const [first = this.#startThread(), ...others] = this.#threads;
    const freest = others.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best), first);
    return freest.waiting > 0 && this.#threads.length < this.#most ? this.#startThread() : freest;
  }

  #startThread(): ScoringThread {
    const thread = new ScoringThread(this.#file);
    this.#threads.push(thread);
    return thread;
  }
}

/** The near side of one thread: answers come in the order of requests. */
class ScoringThread {
  /** Settles when the model is open there, or could not be opened. */
  readonly opened: Promise<Scores | undefined>;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  readonly #pending: { readonly resolve: (scores: Scores | undefined) => void; readonly reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  constructor(file: ModelFile) {
    const workerData: ScoringThreadStart = { file };
    this.#worker = new Worker(entryPoint('scorer'), { workerData });
    this.opened = this.#nextReply();
    this.opened.catch(() => undefined); // every score fails by the same error then
    this.#worker.on('message', (reply: ScoringReply) => {
      const request = this.#pending.shift();
      if ('scores' in reply) request?.resolve(reply.scores);
      else request?.reject(AppError.fromRecord(reply.error));
    });
    this.#worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#fail(new Error('a scoring thread has ended'));
        resolve();
      });
    });
  }

  /** Chunks that it has not answered yet. */
  get waiting(): number {
    return this.#pending.length;
  }

  async score(chunk: Chunk, names: readonly string[]): Promise<Scores> {
    const reply = this.#nextReply();
    const request: ScoringRequest = packChunk(chunk, names);
    this.#worker.postMessage(request);
    const scores = await reply;
    if (scores === undefined) throw new RangeError('a scoring thread answered without scores');
    return scores;
  }

  async close(): Promise<void> {
    const request: ScoringRequest = undefined;
    this.#worker.postMessage(request);
    await this.#ended;
  }

  async #nextReply(): Promise<Scores | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#pending.push({ resolve, reject });
      else reject(this.#failure);
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure);
  }
}
