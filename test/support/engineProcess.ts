/** The engine process, forked as the editor forks it. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { entryPoint } from '../../src/base/entryPoint.ts';
import { forkEntryPoint, type ForkedProcess } from '../../src/base/process.ts';
import { remote, serve } from '../../src/protocol/connection.ts';
import type { Remote } from '../../src/protocol/contract.ts';
import { engineContract, engineEvents, type ChangedPart } from '../../src/protocol/engineContract.ts';
import type { JobEvent } from '../../src/protocol/job.ts';

export interface EngineProcess {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly calls: Remote<typeof engineContract>;
  /** What it told of since it started. */
  readonly changes: ChangedPart[];
  readonly jobEvents: JobEvent[];
}

export async function forkEngine(flag: '--trusted' | '--untrusted', env: Readonly<Record<string, string>>): Promise<EngineProcess> {
  const process = await forkEntryPoint(entryPoint('engine'), [flag], { env });
  const connection = createMessageConnection(new IPCMessageReader(process.child), new IPCMessageWriter(process.child));
  const engine: EngineProcess = { process, connection, calls: remote(connection, engineContract), changes: [], jobEvents: [] };
  serve(connection, engineEvents, {
    changed: ({ parts }) => engine.changes.push(...parts),
    jobEvent: ({ event }) => engine.jobEvents.push(event),
    log: () => undefined,
  });
  connection.listen();
  return engine;
}
