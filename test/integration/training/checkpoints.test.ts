/** Fits that are interrupted and taken up again: the same forest, bit for bit, on any number of threads, whatever lies in the files. */
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkpoints } from '../../../src/engine/training/trainer/checkpoints.ts';
import type { BoostingParams } from '../../../src/engine/training/gbdt/boostingParams.ts';
import { trainGbdt } from '../../../src/engine/training/gbdt/trainGbdt.ts';
import type { RoundLoss } from '../../../src/engine/training/trainer/trainerContract.ts';
import type { Forest } from '../../../src/engine/training/gbdt/tree.ts';
import { columnsOf, plainParams, tablesOf } from '../../support/boostingData.ts';
import { temporaryFolder } from '../../support/project.ts';
import { random } from '../../support/trainingProject.ts';

const next = random(11);
const rows = Array.from({ length: 4000 }, () => [next(), next() < 0.1 ? NaN : next() ** 3, Math.floor(next() * 40), next()]);
const noisy = rows.map(([x = 0, z = 0, c = 0]) => x * 3 + (Number.isNaN(z) ? 1 : z) + (c % 5) + next());
const weights = rows.map(() => next() * 3);
const levels = [undefined, undefined, 40, undefined];
const tasks = {
  binary: { target: noisy.map((value) => (value > 4 ? 1 : 0)), classes: 2 },
  multiclass: { target: noisy.map((value) => Math.min(2, Math.floor(value / 2.5))), classes: 3 },
  regression: { target: noisy.map((value) => value * 1000), classes: 0 },
};
type Task = keyof typeof tasks;
const params: BoostingParams = { ...plainParams, maxIter: 12, subsample: 0.7, maxFeatures: 0.6, patience: 8, maxLeafNodes: 12 };

interface Fit {
  readonly forest: Forest & { readonly rounds: number };
  /** Every round's loss, those taken up included. */
  readonly losses: readonly RoundLoss[];
  /** How many rounds were learned now. */
  readonly learned: number;
  readonly logged: readonly string[];
}

/** One process's part of a fit. @param stopAfter cancels once so many rounds are learned */
async function fit(
  task: Task,
  folder: string | undefined,
  options: { threads?: number; stopAfter?: number; params?: Partial<BoostingParams>; target?: readonly number[] } = {},
): Promise<Fit> {
  const { threads = 1, stopAfter = Infinity } = options;
  const { target, classes } = tasks[task];
  const logged: string[] = [];
  const cancel = new AbortController();
  const losses: RoundLoss[] = [];
  let learned = 0;
  const checkpoints = folder === undefined ? undefined : new Checkpoints(folder, (_level, message) => logged.push(message), 0);
  const checkpoint = checkpoints?.of('model');
  try {
    const forest = await trainGbdt(
      { tables: tablesOf(rows, options.target ?? target, { heldOut: 1000, weights }), columns: columnsOf(levels), task, classes },
      { ...params, ...options.params },
      {
        threads,
        signal: cancel.signal,
        checkpoint,
        onResumed: (earlier) => losses.push(...earlier),
        onRound: (loss) => {
          losses.push(loss);
          if (++learned === stopAfter) cancel.abort();
        },
      },
    );
    return { forest, losses, learned, logged };
  } finally {
    if (cancel.signal.aborted) await checkpoint?.flush(); // what is under way is not torn: torn files have tests of their own
  }
}

/** Learns some rounds and stops; returns once they lie on disk. */
async function interrupt(task: Task, folder: string, stopAfter: number, threads = 1): Promise<void> {
  await expect(fit(task, folder, { stopAfter, threads })).rejects.toMatchObject({ name: 'CancelledError' });
}

async function partsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(folder, name))
    .sort((a, b) => Number(/(\d+)\.jsonl$/.exec(a)?.[1]) - Number(/(\d+)\.jsonl$/.exec(b)?.[1]));
}

describe('a checkpoint', () => {
  it.each(Object.keys(tasks) as Task[])('lets a %s fit go on where it was interrupted, on other numbers of threads', async (task) => {
    const whole = await fit(task, undefined);
    expect(whole.losses.length).toBeGreaterThan(8);
    for (let stopAfter = 1; stopAfter < whole.losses.length; stopAfter += 3) {
      const folder = temporaryFolder('checkpoint');
      await interrupt(task, folder, stopAfter, 1 + (stopAfter % 3));
      const resumed = await fit(task, folder, { threads: 1 + ((stopAfter + 1) % 3) });
      expect(resumed.learned).toBe(whole.learned - stopAfter);
      expect(resumed.losses).toStrictEqual(whole.losses);
      expect(resumed.forest).toStrictEqual(whole.forest);
    }
  });

  it('survives interruption after interruption', async () => {
    const whole = await fit('binary', undefined);
    const folder = temporaryFolder('checkpoint');
    for (let attempt = 0; attempt < 4; attempt++) await interrupt('binary', folder, 2, 1 + (attempt % 3));
    const resumed = await fit('binary', folder);
    expect(resumed.learned).toBe(whole.learned - 4 * 2);
    expect(resumed.forest).toStrictEqual(whole.forest);
  });

  it('of a finished fit gives the forest back without learning a round', async () => {
    const folder = temporaryFolder('checkpoint');
    const whole = await fit('multiclass', folder);
    const again = await fit('multiclass', folder, { threads: 3 });
    expect(again.learned).toBe(0);
    expect(again.losses).toStrictEqual(whole.losses);
    expect(again.forest).toStrictEqual(whole.forest);
  });

  it('of another parameter, seed or target is not touched', async () => {
    const folder = temporaryFolder('checkpoint');
    await fit('binary', folder);
    const flipped = tasks.binary.target.map((label, row) => (row === 7 ? 1 - label : label));
    for (const change of [{ params: { seed: 43 } }, { params: { learningRate: 0.2 } }, { params: { maxIter: 13 } }, { target: flipped }]) {
      const other = await fit('binary', folder, change);
      expect(other.learned).toBe(other.losses.length);
      expect(other.logged).toEqual([]);
      expect(other.forest).toStrictEqual((await fit('binary', undefined, change)).forest);
    }
  });

  it('that is torn, changed or no checkpoint is left out, and what lies before it is used', async () => {
    const whole = await fit('binary', undefined);
    const damages: Record<string, (path: string) => Promise<void>> = {
      torn: async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
      empty: async (path) => truncate(path, 0),
      'changed by a byte': async (path) => {
        const content = await readFile(path);
        content[content.length - 20] = content[content.length - 20] === 65 ? 66 : 65;
        await writeFile(path, content);
      },
      foreign: async (path) => writeFile(path, 'version: 1\nrounds: all\n'),
      'of a newer version': async (path) => {
        await writeFile(path, (await readFile(path, 'utf8')).replace('"version":1', '"version":2'));
      },
    };
    for (const [name, damage] of Object.entries(damages)) {
      const folder = temporaryFolder('checkpoint');
      for (let attempt = 0; attempt < 3; attempt++) await interrupt('binary', folder, 2);
      const parts = await partsIn(folder);
      expect(parts.length).toBeGreaterThanOrEqual(3);
      await damage(parts[1] ?? '');
      const resumed = await fit('binary', folder);
      expect(resumed.logged.join('\n'), name).toContain('is damaged');
      expect(resumed.losses.length - resumed.learned, name).toBe(Number(/(\d+)\.jsonl$/.exec(parts[1] ?? '')?.[1]));
      expect(resumed.forest, name).toStrictEqual(whole.forest);
      expect((await fit('binary', folder)).learned, `${name}, then whole again`).toBe(0);
    }
  });

  it('with trees that no training makes is refused although its digest is right', async () => {
    const { encodeRound, decodeRound } = await import('../../../src/engine/training/gbdt/encodedRound.ts');
    const { forest, losses } = await fit('binary', undefined);
    const [tree] = forest.trees;
    const [loss] = losses;
    if (tree === undefined || loss === undefined) throw new Error('nothing was learned');
    expect(decodeRound(encodeRound({ loss, trees: [tree] }), levels)).toStrictEqual({ loss, trees: [tree] });
    const inner = tree.feature.findIndex((column) => column >= 0);
    const cyclic = { ...tree, left: tree.left.with(inner, inner) };
    const outside = { ...tree, right: tree.right.with(inner, 1000) };
    const wide = { ...tree, feature: tree.feature.with(inner, 4) };
    const short = { ...tree, value: tree.value.slice(1) };
    for (const wrong of [cyclic, outside, wide, short]) {
      expect(() => decodeRound(encodeRound({ loss, trees: [wrong] }), levels)).toThrow();
    }
  });

  it('that cannot be written costs a warning, not the training', async () => {
    const whole = await fit('binary', undefined);
    const folder = temporaryFolder('checkpoint');
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    const { forest, logged } = await fit('binary', folder);
    expect(forest).toStrictEqual(whole.forest);
    expect(logged.filter((message) => message.includes('goes on without a checkpoint'))).toHaveLength(1);
  });
});
