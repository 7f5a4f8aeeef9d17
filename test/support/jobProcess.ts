/** A process that becomes a job and then behaves as it is told: for tests that kill, cancel and follow it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStartTime } from '../../src/base/process.ts';
import { beginJob } from '../../src/engine/jobs/beginJob.ts';
import { takeRunLock } from '../../src/engine/jobs/runLock.ts';
import { change } from '../../src/engine/safety/change.ts';

const [root = '', behaviour = ''] = process.argv.slice(2);
const job = await beginJob(root, { command: ['test', behaviour], title: `Test ${behaviour}`, environment: 'development' });
const forever = async (): Promise<never> => new Promise<never>(() => setInterval(() => undefined, 60_000));

switch (behaviour) {
  case 'stubborn':
    // It neither looks at its signal nor ends; it has a child that must not outlive it, and a change that it never finishes.
    await takeRunLock(root, { jobId: job.record.id, wait: false });
    await startChild();
    job.emit({ type: 'stage', stage: 'train', state: 'running' });
    await change(
      {
        root,
        user: 'ada',
        environment: 'development',
        ticket: undefined,
        approvedBy: undefined,
        command: 'millwright test',
        jobId: job.record.id,
        secrets: [],
      },
      {
        describe: { operation: 'train', resources: [] },
        prepareUndo: () => undefined,
        apply: async () => {
          job.emit({ type: 'started' });
          return forever();
        },
      },
    );
    break;
  case 'obedient':
    job.emit({ type: 'started' });
    await new Promise((done) => {
      job.signal.addEventListener('abort', done);
      setInterval(() => undefined, 60_000);
    });
    await job.finish(job.signal.reason);
    process.exit(130);
    break;
  default:
    job.emit({ type: 'started' });
    for (let index = 0; index < 50; index++) {
      job.log('info', `line ${index}`, 'talk');
      await new Promise((done) => setTimeout(done, 5));
    }
    await job.finish();
}

async function startChild(): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
  child.unref();
  const pid = child.pid ?? 0;
  job.emit({ type: 'child', pid, processStartTime: await processStartTime(pid) });
  writeFileSync(join(root, 'child.pid'), String(pid));
}
