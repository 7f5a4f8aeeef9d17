/** The handle to one query thread: started at first need, and anew after it died. */
import { Worker } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { entryPoint } from '../base/entryPoint.ts';
import { remote } from '../protocol/contracts/connection.ts';
import type { Remote } from '../protocol/contracts/contract.ts';
import { queryContract } from './queryContract.ts';

export type QueryCalls = Remote<typeof queryContract>;

export interface QueryThreadOptions {
  readonly isTrusted: () => boolean;
  readonly onFault: (error: unknown) => void;
}

export class QueryThread {
  readonly #options: QueryThreadOptions;
  #running: { readonly connection: MessageConnection; readonly calls: QueryCalls } | undefined;

  constructor(options: QueryThreadOptions) {
    this.#options = options;
  }

  /** The thread's requests; the first access starts it. */
  get calls(): QueryCalls {
    this.#running ??= this.#start();
    return this.#running.calls;
  }

  /** Tells a running thread that the workspace is trusted now; one that starts later knows. */
  grantTrust(): void {
    this.#running?.calls.trustGranted(null);
  }

  #start(): { connection: MessageConnection; calls: QueryCalls } {
    const worker = new Worker(entryPoint('query'), { workerData: { trusted: this.#options.isTrusted() } });
    const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
    const calls = remote(connection, queryContract);
    worker.once('error', this.#options.onFault);
    worker.once('exit', () => {
      this.#running = undefined;
      connection.end();
      connection.dispose();
    });
    connection.listen();
    return { connection, calls };
  }
}
