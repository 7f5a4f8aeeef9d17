/**
 * The engine process: one per window, forked by the extension. Its own thread only routes: what may take more than a moment
 * runs in one of two query threads, so that a long profile does not hold up a list. It holds nothing that a restart would lose.
 */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { remote, serve } from '../protocol/contracts/connection.ts';
import { engineContract, engineEvents } from '../protocol/contracts/engineContract.ts';
import type { Handlers } from '../protocol/contracts/contract.ts';
import { createEngineHandlers } from './engineHandlers.ts';
import { IdleExit } from './idleExit.ts';

const idleMs = 10 * 60_000;

function start(): void {
  process.once('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0); // the parent went while this process was loading
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const events = remote(connection, engineEvents);
  let trusted = process.argv.includes('--trusted');
  const idle = new IdleExit(idleMs);
  const handlers = createEngineHandlers({
    events,
    isTrusted: () => trusted,
    onTrusted: () => {
      trusted = true;
    },
    idle,
  });
  const onFault = (error: unknown): void => {
    events.log({ level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  serve(connection, engineContract, keepAwake(handlers, idle), { isTrusted: () => trusted, onFault });
  connection.listen();
}

/** The engine is not idle while it answers. */
function keepAwake(handlers: Handlers<typeof engineContract>, idle: IdleExit): Handlers<typeof engineContract> {
  type Handler = (params: unknown, signal: AbortSignal) => unknown;
  const wrapped = Object.entries(handlers as unknown as Readonly<Record<string, Handler>>).map(([name, handler]) => [
    name,
    async (params: unknown, signal: AbortSignal): Promise<unknown> => {
      const busy = idle.hold();
      try {
        return await handler(params, signal);
      } finally {
        busy[Symbol.dispose]();
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Handlers<typeof engineContract>;
}

start();
