/** A contract carried by vscode-jsonrpc: the same code for child processes, pages and pairs of streams. Holds no transport. */
import {
  CancellationTokenSource,
  ConnectionError,
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc';
import { CancelledError, isCancelled } from '../../base/abort.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Contract, Handlers, Remote, RequestOptions } from './contract.ts';

/** LSP's number for a request that its sender gave up. */
const requestCancelled = -32800;
const applicationError = -32000;

export interface ServeOptions {
  /** Asked for every request that needs trust. Default: trusted. */
  readonly isTrusted?: () => boolean;
  /** Told of events whose handler threw: a fault for the log. */
  readonly onFault?: (error: unknown) => void;
}

/** Answers the other side's requests and events. Call before `connection.listen()`. */
export function serve<C extends Contract>(
  connection: MessageConnection,
  contract: C,
  handlers: Handlers<C>,
  options: ServeOptions = {},
): void {
  for (const [name, token] of Object.entries(contract)) {
    const handler = handlers[name] as (params: unknown, signal: AbortSignal) => unknown;
    if (token.kind === 'event') {
      connection.onNotification(name, (params: unknown) => {
        try {
          handler(params, new AbortController().signal);
        } catch (error) {
          options.onFault?.(error);
        }
      });
      continue;
    }
    connection.onRequest(name, async (params: unknown, token_: CancellationToken) => {
      try {
        if (token.needsTrust && options.isTrusted?.() === false) throw notTrusted(name);
        const result = await handler(params, signalOf(token_));
        return result === undefined ? null : result;
      } catch (error) {
        if (isCancelled(error)) return new ResponseError(requestCancelled, 'cancelled');
        return new ResponseError<ErrorRecord>(
          applicationError,
          error instanceof Error ? error.message : String(error),
          toErrorRecord(error),
        );
      }
    });
  }
}

function notTrusted(request: string): AppError {
  return new AppError(
    'workspace.notTrusted',
    t('This workspace is not trusted, so Millwright only reads it ({request} was refused).', { request }),
    {
      kind: 'environment',
      args: { request },
      remedy: t('Trust the workspace (Workspaces: Manage Workspace Trust) to train, serve and run.'),
    },
  );
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort(new CancelledError());
  token.onCancellationRequested(() => {
    controller.abort(new CancelledError());
  });
  return controller.signal;
}

/** The other side's contract as methods. Pending calls reject with `connection.closed` when the connection ends. */
export function remote<C extends Contract>(connection: MessageConnection, contract: C): Remote<C> {
  const closed = new AbortController();
  connection.onClose(() => {
    closed.abort();
  });
  const methods = Object.entries(contract).map(([name, token]) => [
    name,
    token.kind === 'event'
      ? (params: unknown): void => void connection.sendNotification(name, params).catch(() => undefined) // the other side is gone; requests report that
      : async (params: unknown, options: RequestOptions = {}): Promise<unknown> =>
          call(connection, name, params, options.signal, closed.signal),
  ]);
  return Object.fromEntries(methods) as Remote<C>;
}

async function call(
  connection: MessageConnection,
  name: string,
  params: unknown,
  signal: AbortSignal | undefined,
  closed: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted === true) throw new CancelledError();
  if (closed.aborted) throw connectionClosed();
  const source = new CancellationTokenSource();
  let onAbort: (() => void) | undefined;
  let onClosed: (() => void) | undefined;
  try {
    return await new Promise((resolve, reject) => {
      onAbort = (): void => {
        source.cancel();
        reject(new CancelledError());
      };
      onClosed = (): void => {
        reject(connectionClosed());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      closed.addEventListener('abort', onClosed, { once: true });
      connection.sendRequest(name, params, source.token).then(resolve, (error: unknown) => {
        reject(toLocalError(error));
      });
    });
  } finally {
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    if (onClosed !== undefined) closed.removeEventListener('abort', onClosed);
    source.dispose();
  }
}

function toLocalError(error: unknown): Error {
  if (error instanceof ConnectionError) return connectionClosed();
  if (error instanceof ResponseError) {
    if (error.code === ErrorCodes.PendingResponseRejected) return connectionClosed();
    if (error.code === requestCancelled) return new CancelledError();
    if (error.code === applicationError && error.data !== undefined) return AppError.fromRecord(error.data as ErrorRecord);
  }
  return error instanceof Error ? error : new Error(String(error));
}

function connectionClosed(): AppError {
  return new AppError('connection.closed', t('The other process ended before it answered.'), {
    kind: 'internal',
    remedy: t('Try again; see the Millwright output if it goes on.'),
  });
}
