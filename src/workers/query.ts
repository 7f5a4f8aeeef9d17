/** A query thread of the engine process: reads stores, data files and project files. Native code is loaded when it is first needed. */
import { parentPort, workerData } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { serve } from '../protocol/contracts/connection.ts';
import { queryContract } from './queryContract.ts';
import { createQueryHandlers } from './queryHandlers.ts';

function start(): void {
  if (parentPort === null) throw new Error('this module runs in a thread of the engine process');
  let { trusted } = workerData as { trusted: boolean };
  const connection = createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
  const handlers = createQueryHandlers({
    isTrusted: () => trusted,
    onTrusted: () => {
      trusted = true;
    },
  });
  serve(connection, queryContract, handlers, { isTrusted: () => trusted });
  connection.listen();
}

start();
