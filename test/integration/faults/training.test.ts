/**
 * Kills real trainings at random moments and whenever something delicate happens, on changing numbers of threads, until one is let
 * through: its model is, byte for byte, that of a training nobody disturbed, and its curves are whole.
 */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResultPromise } from 'execa';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../../src/base/files.ts';
import { sha256 } from '../../../src/base/hash.ts';
import { readJobEvents } from '../../../src/engine/jobs/jobFolder.ts';
import { listJobs } from '../../../src/engine/jobs/listJobs.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { Run } from '../../../src/protocol/run.ts';
import { sweep } from '../../support/sweep.ts';
import { childrenOfNewest, jobsToEnd, killAll, pause } from '../../support/kills.ts';
import { startMillwright, writeFiles } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';
import { random as randomStream } from '../../support/trainingProject.ts';
import { metricHistory } from '../../support/metricHistory.ts';

const kills = sweep({ sample: 3, whole: 10 });
const seed = Number(process.env.MILLWRIGHT_KILL_SEED ?? Date.now() % 1_000_000);
const cores = pathToFileURL(join(import.meta.dirname, '../../support/cores.ts')).href;

const settings = {
  'held-out rows': '{share: 0.2}',
  folds: '{split: kfold, folds: 2}',
} as const;

function writeProject(root: string, validation: string, changes: { learningRate?: number; rows?: number } = {}): void {
  const { learningRate = 0.05, rows = 20_000 } = changes;
  const next = randomStream(1);
  const lines = Array.from({ length: rows }, () => {
    const [x, y, z, w] = [next(), next(), next(), next()];
    const level = Math.floor(next() * 20);
    const late = x + Math.sin(y * 12) + (level % 3) / 2 + next() > 1.6 ? 1 : 0;
    return `${x.toFixed(4)},${next() < 0.1 ? '' : y.toFixed(4)},${z.toFixed(3)},${w.toFixed(3)},l${level},${late}`;
  });
  writeFiles(root, {
    'data.csv': ['x,y,z,w,c,late', ...lines].join('\n'),
    'millwright.yaml': `name: killed
environment: development
datasets: {all: {path: data.csv}}
features:
  f: {target: late, numeric: [x, y, z, w], categorical: [c]}
stages:
  train:
    uses: train
    dataset: all
    features: f
    params: {max_iter: 250, learning_rate: ${learningRate}, subsample: 0.8, max_features: 0.8}
    validation: ${validation}
`,
  });
}

function startTraining(root: string, threads: number): ResultPromise {
  return startMillwright(root, ['run', 'train'], { NODE_OPTIONS: `--import=${cores}`, MILLWRIGHT_TEST_CORES: String(threads) });
}

/** The run that finished last, without those nested in it. */
async function finishedRun(root: string): Promise<Run> {
  await using reader = openStore({ root }).tracking();
  const summaries = (await reader.summaries({})).items;
  // A kill between the end of a run and the stage's own record leaves a finished run that the next one does not know of.
  const [last] = summaries
    .filter(({ status, parentId }) => status === 'FINISHED' && parentId === undefined)
    .toSorted((a, b) => b.startedAt - a.startedAt);
  const run = await reader.run(last?.id ?? '');
  if (run === undefined) throw new Error('no run has finished');
  return run;
}

async function lossCurve(root: string, runId: string): Promise<readonly { step: number; value: number }[]> {
  await using reader = openStore({ root }).tracking();
  return (await metricHistory(reader, runId, 'training_log_loss')).map(({ step, value }) => ({ step, value }));
}

function modelDigest(root: string, run: Run): string {
  const models = readdirSync(join(root, 'mlruns'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('model.onnx'));
  const digests = models.map((name) => sha256(readFileSync(join(root, 'mlruns', name))));
  expect(digests).toContain(run.tags['millwright.digest']);
  return run.tags['millwright.digest'] ?? '';
}

function checkpointFiles(root: string): string[] {
  const folder = join(root, '.millwright/checkpoints');
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(jsonl|tmp)$/.test(name))
      .map((name) => join(folder, name));
  } catch (error) {
    if (isMissing(error)) return []; // a stage that succeeds takes them away meanwhile
    throw error;
  }
}

type Moment = 'any' | 'while a checkpoint is written' | 'at the first checkpoint' | 'during export';
/** Something to go on from comes first. */
const moments: readonly Moment[] = ['at the first checkpoint', 'any', 'while a checkpoint is written', 'any', 'any', 'during export'];

/** Returns at the moment, or when the training has ended before it came. */
async function awaitMoment(
  root: string,
  moment: Moment,
  within: { ms: number; random: () => number; ended: () => boolean },
): Promise<void> {
  if (moment === 'any') {
    await Promise.race([pause(within.random() * within.ms)]);
    return;
  }
  const before = new Set(checkpointFiles(root));
  const has = async (): Promise<boolean> => {
    const fresh = checkpointFiles(root).filter((path) => !before.has(path));
    if (moment === 'while a checkpoint is written') return fresh.some((path) => path.endsWith('.tmp'));
    if (moment === 'at the first checkpoint') return fresh.some((path) => path.endsWith('.jsonl'));
    const [job] = await listJobs(root, { limit: 1 });
    const events = job === undefined ? [] : await readJobEvents(root, job.record.id);
    return events.some((event) => event.type === 'progress' && event.message.startsWith('Comparing'));
  };
  while (!within.ended() && !(await has())) await pause(moment === 'during export' ? 10 : 1);
}

async function killTraining(root: string, attempt: number, within: { ms: number; random: () => number }): Promise<void> {
  const training = startTraining(root, 1 + (attempt % 3));
  let hasEnded = false;
  const end = training.then(() => {
    hasEnded = true;
  });
  await awaitMoment(root, moments[attempt % moments.length] ?? 'any', { ...within, ended: () => hasEnded });
  const { children } = await childrenOfNewest(root);
  killAll([...children, training.pid ?? 0]);
  await end;
  await jobsToEnd(root, `attempt ${attempt}`);
}

describe('a training that is killed again and again', () => {
  it.each(Object.entries(settings))(
    `ends with the bytes of an undisturbed one: %s (seed ${seed})`,
    async (_name, validation) => {
      const undisturbed = makeFolder('undisturbed');
      writeProject(undisturbed, validation);
      const startedAt = Date.now();
      expect((await startTraining(undisturbed, 2)).exitCode).toBe(0);
      const ms = Date.now() - startedAt;
      const wanted = await finishedRun(undisturbed);
      expect(wanted.tags).not.toHaveProperty(['millwright.resumed_from_round']);
      expect(checkpointFiles(undisturbed), 'checkpoints go once the stage has succeeded').toEqual([]);

      const root = makeFolder('killed');
      writeProject(root, validation);
      const random = randomStream(seed);
      for (let attempt = 0; attempt < kills && !existsSync(join(root, 'millwright.lock')); attempt++) {
        await killTraining(root, attempt, { ms, random });
      }
      const last = await startTraining(root, 3);
      expect(last.exitCode, String(last.stderr)).toBe(0);
      const run = await finishedRun(root);
      expect(modelDigest(root, run)).toBe(modelDigest(undisturbed, wanted));
      expect(run.tags['millwright.resumed_from_round']).toMatch(/^(\S+: )?[1-9]/);
      expect(await lossCurve(root, run.id)).toEqual(await lossCurve(undisturbed, wanted.id));
      expect(run.metrics).toEqual(wanted.metrics);
      expect(checkpointFiles(root)).toEqual([]);
      for (const folder of [root, undisturbed]) rmSync(folder, { recursive: true, force: true });
    },
    600_000,
  );

  it('starts anew where its data or a parameter changed, and where its checkpoint is torn', async () => {
    const root = makeFolder('changed');
    for (const change of [{}, { learningRate: 0.06 }, { rows: 19_999 }]) {
      writeProject(root, settings['held-out rows'], change);
      await killTraining(root, moments.indexOf('at the first checkpoint'), { ms: 0, random: () => 0 });
      expect(checkpointFiles(root).length).toBeGreaterThan(0);
    }
    const started = await logOf(root);
    expect(started).not.toContain('taken up again');

    for (const path of checkpointFiles(root)) if (path.endsWith('.jsonl')) truncateSync(path, 300);
    const last = await startTraining(root, 2);
    expect(last.exitCode, String(last.stderr)).toBe(0);
    expect(await logOf(root)).toContain('is damaged');
    const fresh = makeFolder('fresh');
    writeProject(fresh, settings['held-out rows'], { rows: 19_999 });
    expect((await startTraining(fresh, 1)).exitCode).toBe(0);
    expect((await finishedRun(root)).tags['millwright.digest']).toBe((await finishedRun(fresh)).tags['millwright.digest']);
    for (const folder of [root, fresh]) rmSync(folder, { recursive: true, force: true });
  }, 300_000);
});

/** What every job of the project has logged. */
async function logOf(root: string): Promise<string> {
  const jobs = await listJobs(root);
  const events = await Promise.all(jobs.map(async ({ record }) => readJobEvents(root, record.id)));
  return events
    .flat()
    .flatMap((event) => (event.type === 'log' ? [event.message] : []))
    .join('\n');
}
