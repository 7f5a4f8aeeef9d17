/** The handle to the engine process: starts it at first need, restarts it within a budget, and sends again only what is safe to. */
import * as vscode from 'vscode';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { AppError } from '../../base/errors.ts';
import { forkEntryPoint, smallHeap, type ForkedProcess } from '../../base/process.ts';
import { remote, serve } from '../../protocol/contracts/connection.ts';
import type { Handlers, Remote, RequestOptions } from '../../protocol/contracts/contract.ts';
import { engineContract, engineEvents } from '../../protocol/contracts/engineContract.ts';
import type { Runtime } from '../host/runtime.ts';

export type EngineCalls = Remote<typeof engineContract>;
type EngineEvents = Handlers<typeof engineEvents>;

const restartBudget = 3;
const budgetWindowMs = 5 * 60_000;

export interface EngineClientOptions {
  readonly runtime: () => Runtime;
  readonly log: vscode.LogOutputChannel;
}

interface RunningEngine {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly calls: EngineCalls;
}

type AnyCall = (params: unknown, options?: RequestOptions) => Promise<unknown>;

export class EngineClient implements vscode.Disposable {
  readonly #options: EngineClientOptions;
  readonly #changed = new vscode.EventEmitter<Parameters<EngineEvents['changed']>[0]>();
  readonly #jobEvent = new vscode.EventEmitter<Parameters<EngineEvents['jobEvent']>[0]>();
  readonly #ended = new vscode.EventEmitter<void>();
  #running: Promise<RunningEngine> | undefined;
  #ends: number[] = [];
  #disposed = false;

  /** Something of a watched project changed. */
  readonly onDidChange = this.#changed.event;
  readonly onDidJobEvent = this.#jobEvent.event;
  /** The engine ended before its time, or was told to; the next request starts one that knows nothing of what this one watched. */
  readonly onDidEnd = this.#ended.event;
  /** The engine's requests; the first one starts it. */
  readonly calls: EngineCalls;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    const methods = Object.entries(engineContract).map(([name, token]) => {
      const call = async (params: unknown, requestOptions?: RequestOptions): Promise<unknown> =>
        this.#call(name, token.kind === 'request' && token.idempotent, params, requestOptions);
      return [name, call];
    });
    this.calls = Object.fromEntries(methods) as EngineCalls;
  }

  /** Tells a running engine that the workspace is trusted now; one that starts later is told at its start. */
  async grantTrust(): Promise<void> {
    (await this.#running)?.calls.trustGranted(null);
  }

  /** Ends the engine; the next request starts another, with a fresh budget of restarts. */
  async restart(): Promise<void> {
    this.#ends = [];
    const running = await this.#running?.catch(() => undefined); // one that failed to start needs no end
    this.#running = undefined;
    await running?.process.stop(1000);
  }

  dispose(): void {
    this.#disposed = true;
    void this.#running?.then(
      ({ process }) => process.stop(1000),
      () => undefined, // it never started
    );
    for (const emitter of [this.#changed, this.#jobEvent, this.#ended]) emitter.dispose();
  }

  async #call(name: string, idempotent: boolean, params: unknown, options: RequestOptions | undefined): Promise<unknown> {
    for (;;) {
      const { calls, process } = await this.#start();
      try {
        return await (calls as unknown as Readonly<Record<string, AnyCall>>)[name]?.(params, options);
      } catch (error) {
        if (!AppError.is(error, 'connection.closed') || !idempotent || this.#disposed) throw error;
        await process.exited; // the connection closes a moment before
        this.#options.log.debug(`The engine ended before it answered ${name}; asking again.`);
      }
    }
  }

  async #start(): Promise<RunningEngine> {
    if (this.#running === undefined) {
      this.#spendBudget();
      this.#running = this.#fork();
      this.#running.catch(() => {
        this.#running = undefined;
      });
    }
    return this.#running;
  }

  #spendBudget(): void {
    const now = Date.now();
    this.#ends = this.#ends.filter((end) => now - end < budgetWindowMs);
    if (this.#ends.length <= restartBudget) return;
    throw new AppError(
      'engine.keepsEnding',
      vscode.l10n.t('The Millwright engine ended {count} times within five minutes.', { count: this.#ends.length }),
      {
        kind: 'internal',
        remedy: vscode.l10n.t('See the Millwright output for the reason, then restart it.'),
      },
    );
  }

  async #fork(): Promise<RunningEngine> {
    const { log, runtime } = this.#options;
    const startedAt = performance.now();
    const { node, entry, env } = runtime();
    const process = await forkEntryPoint(entry('engine'), [vscode.workspace.isTrusted ? '--trusted' : '--untrusted'], {
      runtime: node,
      nodeArguments: smallHeap,
      env: { ...withoutEditorVariables(), ...env },
      onStderr: (chunk) => {
        log.warn(`engine: ${chunk.toString('utf8').trimEnd()}`);
      },
    });
    const connection = createMessageConnection(new IPCMessageReader(process.child), new IPCMessageWriter(process.child));
    serve(connection, engineEvents, this.#handlers(), {
      onFault: (error) => {
        log.error(error instanceof Error ? error : String(error));
      },
    });
    const calls = remote(connection, engineContract);
    connection.listen();
    void process.exited.then(({ code, signal }) => {
      const idle = code === 0;
      log[idle ? 'debug' : 'warn'](`The engine ended (${signal ?? String(code)}).`);
      this.#running = undefined;
      connection.end();
      connection.dispose();
      if (idle || this.#disposed) return;
      this.#ends.push(Date.now());
      this.#ended.fire();
    });
    log.info(`Engine started, process ${String(process.pid)}, in ${(performance.now() - startedAt).toFixed(0)} ms.`);
    return { process, connection, calls };
  }

  #handlers(): EngineEvents {
    const { log } = this.#options;
    return {
      changed: (change) => {
        this.#changed.fire(change);
      },
      jobEvent: (event) => {
        this.#jobEvent.fire(event);
      },
      log: ({ level, message }) => {
        log[level === 'warning' ? 'warn' : level](message);
      },
    };
  }
}

/** What VS Code sets for its own processes would change how ours behave. */
function withoutEditorVariables(): Record<string, undefined> {
  const foreign = Object.keys(process.env).filter(
    (name) => name.startsWith('VSCODE_') || name.startsWith('ELECTRON_') || name === 'NODE_OPTIONS',
  );
  return Object.fromEntries(foreign.map((name) => [name, undefined]));
}
