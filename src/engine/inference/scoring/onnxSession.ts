/** The only module that holds ONNX Runtime sessions. A run blocks its thread; closing waits for the run that is under way. */
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';

export type TensorContent = Float32Array | Float64Array | BigInt64Array | readonly string[];

export interface SessionOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly content: TensorContent;
}

/** A loaded graph. Not for the engine's main thread: `run` blocks for the whole batch. */
export class OnnxSession implements AsyncDisposable {
  readonly #session: InferenceSession;
  #running: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /**
   * @param model the bytes of the file
   * @param threads of one run; 1 where results must not depend on them
   * @throws AppError `inference.badModel` when ONNX Runtime refuses the graph
   */
  static async open(model: Uint8Array, threads: number): Promise<OnnxSession> {
    try {
      const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 as const };
      return new OnnxSession(await InferenceSession.create(model, options));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('inference.badModel', t('ONNX Runtime cannot load the model: {reason}', { reason }), { cause, args: { reason } });
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  /** The graph's outputs, in their order. @throws AppError `inference.runFailed` */
  async run(feeds: Readonly<Record<string, Tensor>>): Promise<readonly SessionOutput[]> {
    const run = this.#session.run(feeds);
    this.#running = run.catch(() => undefined); // reported to the caller below; closing only waits
    try {
      const results = await run;
      return this.#session.outputNames.map((name) => {
        const tensor = results[name];
        if (tensor === undefined) throw new RangeError(`no output ${name}`);
        return { name, shape: tensor.dims, content: tensor.data as TensorContent };
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AppError('inference.runFailed', t('ONNX Runtime could not run the model: {reason}', { reason }), {
        cause,
        args: { reason },
      });
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#running.then(() => this.#session.release());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
