/** Processes that execute stages, started and loaded before they are needed. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { delay, throwIfCancelled } from '../../../base/abort.ts';
import { entryPoint } from '../../../base/entryPoint.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { endRecorded, forkEntryPoint, type Exit, type ForkedProcess } from '../../../base/process.ts';
import { remote, serve } from '../../../protocol/contracts/connection.ts';
import type { Handlers, Remote } from '../../../protocol/contracts/contract.ts';
import { graces } from '../../jobs/graces.ts';
import { stageContract, stageEvents, type StageTask } from '../stages/stageContract.ts';
import type { StageResult } from '../records/stageResult.ts';

const keptStderr = 4000;

export type StageListener = Pick<Handlers<typeof stageEvents>, 'log' | 'progress' | 'child' | 'run'>;

/** Told of each process as soon as it exists. */
export type ChildListener = (child: { readonly pid: number; readonly processStartTime: string | undefined }) => void;

interface StageProcess {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly remote: Remote<typeof stageContract>;
  readonly ready: Promise<void>;
  /** What the process printed last: why it died, when it did. */
  readonly printed: () => string;
  /** Processes of the user's that it started. */
  readonly commands: { readonly pid: number; readonly processStartTime: string | undefined }[];
  listener: StageListener | undefined;
  busy: boolean;
  exit: Exit | undefined;
}

/** A fixed number of stage processes. One that dies is not replaced: its code may have been updated meanwhile. */
export class StagePool implements AsyncDisposable {
  readonly #processes: readonly StageProcess[];
  /** Settles when a stage leaves its process. */
  #released = Promise.withResolvers<null>();

  private constructor(processes: readonly StageProcess[]) {
    this.#processes = processes;
  }

  /**
   * Starts the processes and waits until each has loaded all its code.
   * @throws AppError `pipeline.stageNotStarted` (kind environment)
   */
  static async start(size: number, cwd: string, onChild: ChildListener): Promise<StagePool> {
    const processes: StageProcess[] = [];
    const pool = new StagePool(processes);
    try {
      for (let index = 0; index < size; index++) {
        const started = await startProcess(cwd);
        processes.push(started);
        onChild({ pid: started.process.pid, processStartTime: started.process.startTime });
      }
      await Promise.all(processes.map(async ({ ready }) => ready));
      return pool;
    } catch (error) {
      await pool[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** How many processes are left. */
  get size(): number {
    return this.#processes.filter(({ exit }) => exit === undefined).length;
  }

  /**
   * Executes a stage in an idle process.
   * @throws AppError as the stage does; `pipeline.stageDied` when its process ended; CancelledError, once the stage has
   * stopped or was ended after its grace
   */
  async execute(task: StageTask, listener: StageListener, signal: AbortSignal): Promise<StageResult> {
    const worker = await this.#idle(task.stage, signal);
    worker.busy = true;
    worker.listener = listener;
    const onAbort = (): void => {
      worker.remote.cancel(null);
      void endAfterGrace(worker);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([worker.remote.execute(task), died(worker, task.stage)]);
    } catch (error) {
      throwIfCancelled(signal);
      throw AppError.is(error, 'connection.closed') ? await died(worker, task.stage) : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      worker.listener = undefined;
      worker.busy = false;
      this.#released.resolve(null);
      this.#released = Promise.withResolvers();
    }
  }

  /** An idle process, as soon as there is one. */
  async #idle(stage: string, signal: AbortSignal): Promise<StageProcess> {
    for (;;) {
      throwIfCancelled(signal);
      const alive = this.#processes.filter(({ exit }) => exit === undefined);
      const idle = alive.find(({ busy }) => !busy);
      if (idle !== undefined) return idle;
      const [last] = this.#processes.slice(-1);
      if (alive.length === 0 && last !== undefined) await died(last, stage);
      await this.#released.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#processes.map(async ({ process, connection }) => {
        connection.dispose();
        await process.stop();
      }),
    );
  }
}

async function startProcess(cwd: string): Promise<StageProcess> {
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString('utf8')).slice(-keptStderr);
  };
  const child = await forkEntryPoint(entryPoint('stage'), [], { cwd, onStderr: keep, onStdout: keep });
  const connection = createMessageConnection(new IPCMessageReader(child.child), new IPCMessageWriter(child.child));
  let worker: StageProcess | undefined = undefined as StageProcess | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    serve(connection, stageEvents, {
      ready: () => {
        resolve();
      },
      log: (entry) => worker?.listener?.log(entry),
      progress: (progress) => worker?.listener?.progress(progress),
      child: (started) => {
        worker?.commands.push(started);
        worker?.listener?.child(started);
      },
      run: (run) => worker?.listener?.run(run),
    });
    void child.exited.then((exit) => {
      reject(notStarted(exit, printed));
    });
  });
  ready.catch(() => undefined); // awaited by StagePool.start; later deaths are reported by the stage that ran
  worker = {
    process: child,
    connection,
    remote: remote(connection, stageContract),
    ready,
    printed: () => printed.trim(),
    commands: [],
    listener: undefined,
    busy: false,
    exit: undefined,
  };
  const self = worker;
  void child.exited.then((exit) => {
    self.exit = exit;
    connection.dispose();
  });
  connection.listen();
  return worker;
}

async function endAfterGrace(worker: StageProcess): Promise<void> {
  const timer = new AbortController();
  void worker.process.exited.then(() => {
    timer.abort();
  });
  await delay(graces.stage, timer.signal).catch(() => undefined); // it ended by itself
  if (worker.busy) await worker.process.stop(0);
}

/** Rejects when the process ends, after what it had started is ended too. */
async function died(worker: StageProcess, stage: string): Promise<never> {
  const { code, signal } = await worker.process.exited;
  for (const { pid, processStartTime } of worker.commands) await endRecorded(pid, processStartTime);
  const how = signal === null ? t('exit code {code}', { code: String(code) }) : t('signal {signal}', { signal });
  const args = { stage, how };
  throw new AppError('pipeline.stageDied', t('The process of the stage {stage} ended unexpectedly ({how}).', args), {
    kind: 'environment',
    args: { ...args, output: worker.printed() },
    remedy:
      signal === 'SIGKILL'
        ? t('The system may have run out of memory: close other programs, use fewer rows, or run fewer stages at once.')
        : t('Run it again. What it printed: {output}', { output: tellingLine(worker.printed()) }),
  });
}

function notStarted(exit: Exit, printed: string): AppError {
  const args = { how: exit.signal ?? String(exit.code), output: tellingLine(printed) };
  return new AppError('pipeline.stageNotStarted', t('A process for stages could not be started ({how}). {output}', args).trim(), {
    kind: 'environment',
    args,
    remedy: t('Check what this machine has.'),
    inTerminal: t('"millwright doctor" does.'),
  });
}

/** Of what a process printed, the line that names the error; a stack trace around it helps nobody. */
function tellingLine(printed: string): string {
  const lines = printed.trim().split('\n');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
