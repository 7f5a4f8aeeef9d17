/** The near side of the process that runs a model of another tool: it ends with its user, and its death is an error with a reason. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { CancelledError, throwIfCancelled } from '../../../base/abort.ts';
import { entryPoint } from '../../../base/entryPoint.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { forkEntryPoint, type ForkedProcess } from '../../../base/process.ts';
import { remote } from '../../../protocol/contracts/connection.ts';
import type { Remote } from '../../../protocol/contracts/contract.ts';
import { foreignContract, type ForeignOpening, type ForeignTensor } from './foreignContract.ts';

export interface ForeignOutput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export class ForeignProcess implements AsyncDisposable {
  readonly #process: ForkedProcess;
  readonly #connection: MessageConnection;
  readonly #remote: Remote<typeof foreignContract>;
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;

  private constructor(process: ForkedProcess, file: string, signal: AbortSignal) {
    this.#process = process;
    this.#file = file;
    this.#signal = signal;
    this.#connection = createMessageConnection(new IPCMessageReader(process.child), new IPCMessageWriter(process.child));
    this.#remote = remote(this.#connection, foreignContract);
    void process.exited.then(() => {
      this.#connection.dispose();
    });
    this.#onAbort = () => void process.stop(0); // a graph that hangs would not hear anything else
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#connection.listen();
  }

  /**
   * Starts a process and loads the graph there.
   * @param signal ends the process at once
   * @throws AppError `inference.badModel`, `inference.modelCrashed` (kind environment); CancelledError
   */
  static async open(opening: ForeignOpening, signal: AbortSignal): Promise<ForeignProcess> {
    throwIfCancelled(signal);
    const opened = new ForeignProcess(await forkEntryPoint(entryPoint('foreign'), []), opening.file, signal);
    try {
      await opened.#ask(async () => opened.#remote.open(opening));
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** @throws AppError `inference.runFailed`, `inference.modelCrashed` (kind environment); CancelledError */
  async run(feeds: readonly ForeignTensor[], output: string): Promise<ForeignOutput> {
    return this.#ask(async () => this.#remote.run({ feeds, output }));
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#process.stop(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([question(), this.#died()]);
    } catch (error) {
      if (this.#signal.aborted) throw new CancelledError();
      throw AppError.is(error, 'connection.closed') ? await this.#died() : error;
    }
  }

  async #died(): Promise<never> {
    const { code, signal } = await this.#process.exited;
    const how = signal === null ? t('exit code {code}', { code: String(code) }) : t('signal {signal}', { signal });
    const args = { path: this.#file, how };
    throw new AppError('inference.modelCrashed', t('The process that ran {path} ended unexpectedly ({how}).', args), {
      kind: 'environment',
      args,
      remedy:
        signal === 'SIGKILL'
          ? t('The system may have run out of memory: close other programs, or ask about fewer rows.')
          : t('The model, which Millwright did not make, brought ONNX Runtime down. Export it again with the newest version of its tool.'),
    });
  }
}
