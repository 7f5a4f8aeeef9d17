/** Entry point of the process that runs one model of another tool. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { foreignContract } from '../engine/inference/foreign/foreignContract.ts';
import { foreignHandlers } from '../engine/inference/foreign/foreignHost.ts';
import { serve } from '../protocol/contracts/connection.ts';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
serve(connection, foreignContract, foreignHandlers());

// Ctrl-C reaches every process of the terminal; whoever started this one decides when it ends.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
// An orderly exit would abort while a thread is inside ONNX Runtime, and leave a core dump.
process.on('disconnect', () => {
  process.kill(process.pid, 'SIGKILL');
});
connection.listen();
