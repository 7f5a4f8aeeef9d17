/** The process that executes stages: loads all code, says so, then does one stage after another. */
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { CancelledError } from '../base/abort.ts';
import { remote, serve } from '../protocol/contracts/connection.ts';
import { executeStage } from '../engine/pipeline/stages/dispatch.ts';
import { stageContract, stageEvents } from '../engine/pipeline/stages/stageContract.ts';
import { endRunningCommands } from '../engine/pipeline/stages/command/execute.ts';

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const job = remote(connection, stageEvents);
let stopping = new AbortController();

serve(connection, stageContract, {
  execute: async (task) => {
    stopping = new AbortController();
    return executeStage(task, {
      signal: stopping.signal,
      budget: task.budget,
      log: (level, message) => {
        job.log({ level, message });
      },
      progress: (progress) => {
        job.progress(progress);
      },
      onChild: (child) => {
        job.child(child);
      },
      onRun: (runId) => {
        job.run({ runId });
      },
    });
  },
  cancel: () => {
    stopping.abort(new CancelledError());
  },
});

// Ctrl-C reaches every process of the terminal; the job decides what stops, so that runs are ended and not torn.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

// The job is gone, however it went: nobody would ever read a result. An orderly exit would abort while a thread is inside ONNX
// Runtime, and leave a core dump; this ends all threads at once.
process.on('disconnect', () => {
  void endRunningCommands().finally(() => process.kill(process.pid, 'SIGKILL'));
});

connection.listen();
job.ready(null);
