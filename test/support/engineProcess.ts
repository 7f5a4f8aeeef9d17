/** The engine process, forked as the editor forks it. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import { entryPoint } from '../../src/base/entryPoint.ts';
import { AppError, toErrorRecord } from '../../src/base/errors.ts';
import { forkEntryPoint, type ForkedProcess } from '../../src/base/process.ts';
import { remote, serve } from '../../src/protocol/contracts/connection.ts';
import type { Remote } from '../../src/protocol/contracts/contract.ts';
import { engineContract, engineEvents, type ChangedPart } from '../../src/protocol/contracts/engineContract.ts';
import type { JobEvent } from '../../src/protocol/job.ts';

export interface EngineProcess {
  readonly process: ForkedProcess;
  readonly connection: MessageConnection;
  readonly calls: Remote<typeof engineContract>;
  /** What it told of since it started. */
  readonly changes: ChangedPart[];
  readonly jobEvents: JobEvent[];
}

/** @param file the sources, or what was built of them */
export async function forkEngine(
  flag: '--trusted' | '--untrusted',
  env: Readonly<Record<string, string>>,
  file = entryPoint('engine'),
): Promise<EngineProcess> {
  const process = await forkEntryPoint(file, [flag], { env });
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

/** How long an answer about a tiny project may take on a busy machine before it counts as hanging. */
const patienceMs = 60_000;

/** Asks for everything that the editor's trees and pages show of a project. @returns what failed; a hang fails as `test.hang` */
export async function askEngine({ calls }: EngineProcess, root: string): Promise<{ readonly request: string; readonly code: string }[]> {
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    projects: () => calls.projects({ folders: [root] }),
    pipeline: () => calls.pipeline({ root }),
    graph: () => calls.graph({ root }),
    environment: () => calls.environment({ root }),
    validation: () => calls.validation({ root, stage: 'check' }),
    models: () => calls.models({ root }),
    runs: async () => {
      for (const { id: runId } of await calls.runs({ root, limit: 10 })) {
        await calls.run({ root, runId });
        await calls.reports({ root, runId });
      }
    },
  };
  const failures: { request: string; code: string }[] = [];
  for (const [request, ask] of Object.entries(asked)) {
    const { promise: hang, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(reject, patienceMs, new AppError('test.hang', request));
    try {
      await Promise.race([ask(), hang]);
    } catch (error) {
      failures.push({ request, code: toErrorRecord(error).code });
    } finally {
      clearTimeout(timer);
    }
  }
  return failures;
}
