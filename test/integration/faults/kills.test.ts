/**
 * Kills the processes of a small but whole pipeline at random moments, again and again. Whatever was killed, and when:
 * every store can be read, no job and no run is shown wrong, and the audit log is whole with an end for every change.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { listJobs } from '../../../src/engine/jobs/listJobs.ts';
import { reapJobs } from '../../../src/engine/jobs/reapJobs.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { createdRevision } from '../../../src/engine/tracking/sqlite/mlflowSchema.ts';
import { forkEngine } from '../../support/engineProcess.ts';
import { childrenOfNewest, jobsToEnd, killAll, pause } from '../../support/kills.ts';
import { startMillwright, until, writeFiles } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';
import { sweep } from '../../support/sweep.ts';
import { random as randomStream } from '../../support/trainingProject.ts';

const kills = sweep({ sample: 30, whole: 200 });
const seed = Number(process.env.MILLWRIGHT_KILL_SEED ?? Date.now() % 1_000_000);
/** The longest wait before a kill: what a whole run takes here, while another one runs. */
let longestMs = 0;
beforeAll(async () => {
  const root = makeFolder('undisturbed');
  writeProject(root, randomStream(seed));
  const startedAt = performance.now();
  expect((await startMillwright(root, ['run'])).exitCode).toBe(0);
  longestMs = 1.5 * (performance.now() - startedAt);
  rmSync(root, { recursive: true, force: true });
});

type Victim = 'command line' | 'stage' | 'everything' | 'detached job' | 'engine';
const victims: readonly Victim[] = ['command line', 'command line', 'stage', 'everything', 'detached job', 'engine'];

function writeProject(root: string, random: () => number): void {
  const rows = Array.from({ length: 300 }, (_, id) => {
    const x = random();
    return `${id},${x.toFixed(3)},${'abc'[id % 3] ?? ''},${random() < 0.2 + 0.6 * x ? 1 : 0}`;
  });
  writeFiles(root, {
    'data.csv': ['id,x,c,late', ...rows].join('\n'),
    'millwright.yaml': `name: tiny
environment: development
datasets:
  all: {path: data.csv}
  learn: {from: all, where: "id < 200"}
  test: {from: all, where: "id >= 200"}
features:
  f: {target: late, numeric: [x], categorical: [c]}
stages:
  check: {uses: validate, dataset: learn, features: f}
  train: {uses: train, dataset: learn, features: f, params: {max_iter: 50}}
  evaluate: {uses: evaluate, model: train, dataset: test}
  register: {uses: register, model: train, needs: [evaluate], name: tiny, alias: challenger, allow_worse: true}
  predict: {uses: predict, model: tiny@challenger, dataset: test, output: out.csv, needs: [register]}
`,
  });
}

async function killOnce(root: string, round: number, random: () => number): Promise<void> {
  const victim = victims[Math.floor(random() * victims.length)] ?? 'stage';
  if (victim === 'engine') {
    await killEngine(root, random);
    return;
  }
  const args = ['run', '--set', `stages.train.params.max_iter=${round + 50}`, ...(victim === 'detached job' ? ['--detach'] : [])];
  const cli = startMillwright(root, args);
  if (victim === 'detached job') await cli;
  await pause(random() * longestMs);
  const { job, children } = await childrenOfNewest(root);
  if (victim === 'command line') killAll([cli.pid ?? 0]);
  else if (victim === 'detached job') killAll(job === undefined ? [] : [job]);
  else if (victim === 'stage') killAll(children.slice(0, 1 + Math.floor(random() * children.length)));
  else killAll([...children, cli.pid ?? 0]);
  await cli;
}

/** The editor's engine dies while it watches and follows a job it started: the job goes on to its end. */
async function killEngine(root: string, random: () => number): Promise<void> {
  const engine = await forkEngine('--trusted', { MILLWRIGHT_CONFIG_HOME: join(root, '.config') });
  await engine.calls.watch({ roots: [root] });
  const { record } = await engine.calls.startRun({ root });
  const following = engine.calls.followJob({ root, jobId: record.id }).catch(() => undefined); // it dies, or the job ends first
  await Promise.race([pause(random() * longestMs), following]);
  killAll([engine.process.pid]);
  await Promise.all([engine.process.exited, following]);
  engine.connection.dispose();
  await until(async () => (await listJobs(root)).find(({ record: { id } }) => id === record.id)?.state !== 'running', 'the job to end');
  const job = (await listJobs(root)).find(({ record: { id } }) => id === record.id);
  expect(job?.state, JSON.stringify(job?.result)).toBe('succeeded');
}

/** Nothing may be left running, torn, or said wrong. */
async function checkStores(root: string, context: string): Promise<void> {
  await jobsToEnd(root, context);
  await reapJobs(root, ['test']);
  const jobs = await listJobs(root);
  expect(
    jobs.filter(({ state, result }) => state === 'running' || result === undefined),
    context,
  ).toEqual([]);
  expect(await verifyAuditLog(root), context).toEqual([]);
  const lines = await readAuditLog(root);
  const open = Object.values(Object.groupBy(lines, ({ operationId }) => operationId)).filter((pair) => pair?.length !== 2);
  expect(open, `${context}: changes without an end`).toEqual([]);
  if (!existsSync(join(root, 'mlflow.db'))) return;
  await using reader = openStore({ root }).tracking();
  await using registry = openStore({ root }).registry();
  const statuses = new Set((await reader.summaries({ includeDeleted: true })).items.map(({ status }) => status));
  expect(statuses.has('RUNNING'), `${context}: a run is shown as running`).toBe(false);
  for (const { versions } of (await registry.models()).items) {
    for (const { source } of versions) expect(existsSync(join(source, 'model.onnx')), `${context}: ${source}`).toBe(true);
  }
  const database = new DatabaseSync(join(root, 'mlflow.db'));
  expect(database.prepare('PRAGMA integrity_check').all(), context).toEqual([{ integrity_check: 'ok' }]);
  expect(database.prepare('PRAGMA foreign_key_check').all(), context).toEqual([]);
  expect(database.prepare('SELECT version_num FROM alembic_version').all(), context).toEqual([{ version_num: createdRevision }]);
  database.close();
}

async function completeRun(root: string, round: number, context: string): Promise<void> {
  const { exitCode, stderr } = await startMillwright(root, ['run', '--set', `stages.train.params.max_iter=${round + 50}`]);
  expect(exitCode, `${context}: ${String(stderr)}`).toBe(0);
  const again = await startMillwright(root, ['run', '--json', '--set', `stages.train.params.max_iter=${round + 50}`]);
  const { stages } = JSON.parse(String(again.stdout)) as { stages: { state: string }[] };
  expect([...new Set(stages.map(({ state }) => state))], context).toEqual(['unchanged']);
  const leftovers = readdirSync(root).filter((name) => name.endsWith('.tmp'));
  expect(leftovers, context).toEqual([]);
}

describe('kill -9', () => {
  it.concurrent.each([0, 1])(
    `at random moments (seed ${seed}, project %i) leaves nothing that cannot be read or is shown wrong`,
    async (project) => {
      const random = randomStream(seed + project);
      const root = makeFolder('kills');
      writeProject(root, random);
      for (let round = 1; round <= kills / 2; round++) {
        const context = `seed ${seed}, project ${project}, kill ${round}`;
        await killOnce(root, round, random);
        await checkStores(root, context);
        if (round % 10 === 0) {
          await completeRun(root, round, context);
          await checkStores(root, `${context}, after a complete run`);
        }
      }
      rmSync(root, { recursive: true, force: true });
    },
    1_800_000, // a few minutes on two idle cores
  );
});
