import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, type Options, type ResultPromise } from 'execa';
import { onTestFinished, describe, expect, it } from 'vitest';
import { isLocked } from '../../../src/base/lock.ts';
import { cancelJob } from '../../../src/engine/jobs/cancelJob.ts';
import { cleanJobs } from '../../../src/engine/jobs/cleanJobs.ts';
import { followJob } from '../../../src/engine/jobs/followJob.ts';
import { jobPaths, readJobResult } from '../../../src/engine/jobs/jobFolder.ts';
import { listJobs, readJob } from '../../../src/engine/jobs/listJobs.ts';
import { reapJobs } from '../../../src/engine/jobs/reapJobs.ts';
import { takeRunLock } from '../../../src/engine/jobs/runLock.ts';
import { startDetachedJob } from '../../../src/engine/jobs/startDetachedJob.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import type { Job, JobEvent } from '../../../src/protocol/job.ts';
import { isAlive, nodeCommand, startMillwright, until, writeStages } from '../../support/millwright.ts';
import { makeFolder, temporaryFolder } from '../../support/project.ts';

const script = join(import.meta.dirname, '../../support/jobProcess.ts');

function startJob(root: string, behaviour: string): ResultPromise {
  const options: Options = { reject: false, stdin: 'ignore' };
  const job = execa<Options>(process.execPath, ['--no-warnings', script, root, behaviour], options);
  onTestFinished(() => void job.kill('SIGKILL'));
  return job;
}

async function startedJob(root: string): Promise<Job> {
  let found: Job | undefined;
  await until(async () => {
    for (const job of await listJobs(root)) {
      const text = existsSync(jobPaths(root, job.record.id).events) ? readFileSync(jobPaths(root, job.record.id).events, 'utf8') : '';
      if (text.includes('"started"')) found = job;
    }
    return found !== undefined;
  }, 'the job to start');
  return found!;
}

async function collect(root: string, id: string): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of followJob(root, id)) events.push(event);
  return events;
}

describe('a job', () => {
  it('is seen, followed from its first event to its last by several at once, and ends', async () => {
    const root = temporaryFolder();
    const child = startJob(root, 'talk');
    const { record } = await startedJob(root);
    const followers = await Promise.all([collect(root, record.id), collect(root, record.id)]);
    await child;
    for (const events of followers) {
      expect(events[0]!.type).toBe('started');
      expect(events.flatMap((event) => (event.type === 'log' ? [event.message] : []))).toEqual(
        Array.from({ length: 50 }, (_, index) => `line ${index}`),
      );
    }
    expect(await readJob(root, record.id)).toMatchObject({ state: 'succeeded', result: { exitCode: 0 } });
    expect(isLocked(jobPaths(root, record.id).lock)).toBe(false);
    expect(await reapJobs(root, ['test'])).toEqual([]);
  });

  it('that does as it is asked is cancelled by the file alone', async () => {
    const root = temporaryFolder();
    const child = startJob(root, 'obedient');
    const { record } = await startedJob(root);
    await cancelJob(root, record.id);
    expect((await child).exitCode).toBe(130);
    expect(await readJob(root, record.id)).toMatchObject({ state: 'cancelled', result: { exitCode: 130 } });
    await cancelJob(root, record.id); // an ended job stays as it is
    expect((await readJob(root, record.id))!.state).toBe('cancelled');
  });

  it('that does not listen is ended with its children, and its change and stage are closed', async () => {
    const root = temporaryFolder();
    void startJob(root, 'stubborn');
    const { record } = await startedJob(root);
    const child = Number(readFileSync(join(root, 'child.pid'), 'utf8'));
    await cancelJob(root, record.id);
    await until(() => !isAlive(child), 'the child to end');
    expect((await readJob(root, record.id))!.state).toBe('cancelled');
    expect((await collect(root, record.id)).at(-1)).toMatchObject({ type: 'stage', stage: 'train', state: 'cancelled' });
    expect((await readAuditLog(root)).map(({ entry }) => [entry.operation, entry.outcome, entry.error_detail])).toEqual([
      ['train', 'started', null],
      ['job.end', 'started', null],
      ['train', 'failure', 'cancelled'],
      ['job.end', 'success', null],
    ]);
  });

  it('that was killed is shown as failed at once, and reaped once by whoever comes first', async () => {
    const root = temporaryFolder();
    const process = startJob(root, 'stubborn');
    const { record } = await startedJob(root);
    const child = Number(readFileSync(join(root, 'child.pid'), 'utf8'));
    await using writer = openStoreWriter({ root }).tracking();
    const tagged = await writer.createRun({ experiment: 'e', name: 'r', startedAt: 1, user: 'ada', tags: { 'millwright.job': record.id } });
    const other = await writer.createRun({ experiment: 'e', name: 'of somebody else', startedAt: 1, user: 'ada' });
    process.kill('SIGKILL');
    await process;
    expect((await readJob(root, record.id))!.state).toBe('failed');
    const reaped = await Promise.all(Array.from({ length: 8 }, async () => reapJobs(root, ['test'])));
    expect(reaped.flat()).toEqual([record.id]);
    await until(() => !isAlive(child), 'the child to end');
    expect(await readJobResult(root, record.id)).toMatchObject({ state: 'failed', error: { code: 'jobs.died' } });
    await using reader = openStore({ root }).tracking();
    expect((await reader.run(tagged.id))!.status).toBe('FAILED');
    expect((await reader.run(other.id))!.status).toBe('RUNNING');
    const ends = (await readAuditLog(root)).map(({ entry }) => `${entry.operation} ${entry.outcome}`);
    expect(ends.sort()).toEqual(['job.end started', 'job.end success', 'train failure', 'train started']);
    expect(await verifyAuditLog(root)).toEqual([]);
    expect(await reapJobs(root, ['test'])).toEqual([]);
  });

  it('leaves a folder without a record alone', async () => {
    const root = temporaryFolder();
    using lock = await takeRunLock(root, { jobId: '', wait: false });
    expect(isLocked(lock.path)).toBe(true);
    expect([await listJobs(root), await reapJobs(root, ['test'])]).toEqual([[], []]);
    await expect(cancelJob(root, 'nobody')).rejects.toMatchObject({ code: 'jobs.unknown', kind: 'usage' });
  });

  it('is dropped by cleaning when it is old and has ended, never while it runs', async () => {
    const root = temporaryFolder();
    for (let count = 0; count < 3; count++) await startJob(root, 'talk');
    void startJob(root, 'obedient');
    await until(async () => (await listJobs(root)).some(({ state }) => state === 'running'), 'the running job');
    const before = (await listJobs(root)).map(({ record }) => record.id);
    expect(await cleanJobs(root, { keep: 1 })).toEqual(before.slice(2));
    expect((await listJobs(root)).length).toBe(2);
    await cancelJob(root, before[0]!);
  });
});

describe('one run per project', () => {
  const slow = { slow: { run: nodeCommand("require('fs').writeFileSync('here', ''); setTimeout(() => {}, 600000)") } };

  it('holds between processes: the second is told which job has it, with exit code 5', async () => {
    const root = temporaryFolder();
    writeStages(root, slow);
    const first = startMillwright(root, ['run']);
    await until(() => existsSync(join(root, 'here')), 'the first run');
    const [job] = await listJobs(root);
    const second = await startMillwright(root, ['run', '--json']);
    expect(second.exitCode).toBe(5);
    const { errors } = JSON.parse(String(second.stdout)) as { errors: { code: string; message: string }[] };
    expect(errors[0]).toMatchObject({ code: 'project.busy', message: expect.stringContaining(job!.record.id) as string });
    expect((await listJobs(root)).map(({ record }) => record.id)).toEqual([job!.record.id]); // what was refused never began
    const third = startMillwright(root, ['run', '--wait']);
    await until(async () => (await listJobs(root)).length === 2, 'the waiting run');
    await cancelJob(root, job!.record.id);
    expect((await first).exitCode).toBe(130);
    const waiting = (await listJobs(root)).find(({ state }) => state === 'running');
    await until(
      () =>
        existsSync(join(root, '.millwright', 'run.holder')) &&
        readFileSync(join(root, '.millwright', 'run.holder'), 'utf8') === waiting!.record.id,
      'the third run to have the project',
    );
    await cancelJob(root, waiting!.record.id);
    expect((await third).exitCode).toBe(130);
  });
});

it('counts as cancelled where a second Ctrl-C ended it at once', async () => {
  const root = temporaryFolder();
  writeStages(root, {
    slow: { run: nodeCommand("process.on('SIGTERM', () => {}); require('fs').writeFileSync('here', ''); setTimeout(() => {}, 600000)") },
  });
  const running = startMillwright(root, ['run']);
  await until(() => existsSync(join(root, 'here')), 'the run');
  running.kill('SIGINT');
  const [job] = await listJobs(root);
  await until(() => existsSync(jobPaths(root, job!.record.id).cancel), 'the first Ctrl-C');
  running.kill('SIGINT');
  expect((await running).exitCode).toBe(130);
  expect((await listJobs(root))[0]?.state).toBe('cancelled');
  await reapJobs(root, ['test']);
  expect((await listJobs(root))[0]?.state).toBe('cancelled');
});

describe('a detached job', () => {
  it('outlives whoever started it, can be followed and cancelled, and says when it cannot begin', async () => {
    const root = makeFolder();
    writeStages(root, { slow: { run: nodeCommand("console.log('at work'); setTimeout(() => {}, 600000)") } });
    const job = await startDetachedJob(root, ['run']);
    expect(job).toMatchObject({ state: 'running', record: { command: ['run'] } });
    for await (const event of followJob(root, job.record.id)) if (event.type === 'log' && event.message === 'at work') break;
    await cancelJob(root, job.record.id);
    expect((await readJob(root, job.record.id))!.state).toBe('cancelled');
    await expect(startDetachedJob(root, ['run', 'no-such-stage'])).rejects.toMatchObject({
      code: 'jobs.notStarted',
      message: expect.stringContaining('no-such-stage') as string,
    });
  });
});
