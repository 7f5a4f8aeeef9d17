/** Monotone constraints: the prediction never falls (or rises) along the feature, in the trainer and in the exported model. */
import { describe, expect, it } from 'vitest';
import { rawScores, type Forest } from '../../../src/engine/training/gbdt/tree.ts';
import { boostOn, plainParams, tablesOf } from '../../support/boostingData.ts';
import { random, train, writeProject, type TestProject } from '../../support/trainingProject.ts';

const next = random(17);
/** The target rises with the first column, but with waves and noise; falls with the second; hangs on a category, too. */
const rows = Array.from({ length: 3000 }, () => [next(), next() < 0.1 ? NaN : next(), Math.floor(next() * 12), next()]);
const values = rows.map(([x = 0, y = 0, c = 0, z = 0]) => 2 * x + Math.sin(x * 25) - (Number.isNaN(y) ? 0.5 : y) + (c % 3) * z + next());
const levels = [undefined, undefined, 12, undefined];
const monotonic = [1, -1, 0, 0] as const;
const tasks = {
  regression: { target: values, classes: 0 },
  binary: { target: values.map((value) => (value > 1.5 ? 1 : 0)), classes: 2 },
};

/** The largest step in the wrong direction, over rows whose column walks from 0 to 1. */
function largestViolation(forest: Forest, column: number, direction: number): number {
  const steps = Array.from({ length: 101 }, (_, step) => step / 100);
  let largest = -Infinity;
  for (let trial = 0; trial < 200; trial++) {
    const row = [next(), next() < 0.2 ? NaN : next(), Math.floor(next() * 12), next()];
    const matrix = Float64Array.from(steps.flatMap((value) => row.with(column, value)));
    const scores = rawScores(forest, matrix, row.length);
    for (let step = 1; step < scores.length; step++) {
      largest = Math.max(largest, direction * ((scores[step - 1] ?? 0) - (scores[step] ?? 0)));
    }
  }
  return largest;
}

describe('monotonic_cst', () => {
  it.each([
    ['regression', {}],
    ['regression', { maxLeafNodes: 60, minSamplesLeaf: 2, learningRate: 0.5 }],
    ['regression', { subsample: 0.5, maxFeatures: 0.5, l2Regularization: 3 }],
    ['binary', {}],
    ['binary', { maxLeafNodes: 60, minSamplesLeaf: 2, learningRate: 1 }],
  ] as const)('holds everywhere: %s %o', async (task, params) => {
    const { target, classes } = tasks[task];
    const settings = { task, classes, levels };
    const free = await boostOn(tablesOf(rows, target), settings, { maxIter: 40, ...params });
    const bound = await boostOn(tablesOf(rows, target), settings, { maxIter: 40, ...params, monotonic });
    expect(largestViolation(free, 0, 1), 'the data tempt to break it').toBeGreaterThan(0.05);
    expect(largestViolation(bound, 0, 1)).toBeLessThanOrEqual(0);
    expect(largestViolation(bound, 1, -1)).toBeLessThanOrEqual(0);
    expect(bound.losses.at(-1)?.training).toBeLessThan(bound.losses[0]?.training ?? 0);
  });

  it('is the same on 1, 2 and 3 threads, and without any constraint the same as none at all', async () => {
    const tables = tablesOf(rows, tasks.regression.target, { heldOut: 500 });
    const grow = (threads: number, constraints: readonly (-1 | 0 | 1)[] | undefined): Promise<unknown> =>
      boostOn(tables, { task: 'regression', classes: 0, levels, threads }, { ...plainParams, maxIter: 8, monotonic: constraints });
    const one = await grow(1, monotonic);
    expect(await grow(2, monotonic)).toStrictEqual(one);
    expect(await grow(3, monotonic)).toStrictEqual(one);
    const { trees: unconstrained } = (await grow(1, undefined)) as Forest;
    const { trees: zeros } = (await grow(1, [0, 0, 0, 0])) as Forest;
    expect(zeros.map((tree) => tree.feature)).toStrictEqual(unconstrained.map((tree) => tree.feature));
  });
});

describe('a stage with monotonic_cst', () => {
  const table = rows.map(([x = 0, y = 0, c = 0, z = 0], row) => ({
    x,
    y: Number.isNaN(y) ? null : y,
    c: `c${c}`,
    z,
    late: tasks.binary.target[row] ?? 0,
    kind: `k${row % 3}`,
  }));
  const yaml = (target: string): string => `
datasets: {all: {path: data.csv}}
features:
  f: {target: ${target}, numeric: [x, y], categorical: [c], cyclical: {turn: {value: z, period: 1}}}
stages:
  train: {uses: train, dataset: all, features: f, params: {max_iter: 10}}
`;
  const withConstraint = async (project: TestProject, monotonic_cst: Record<string, -1 | 0 | 1>): Promise<unknown> =>
    train(project, { params: { max_iter: 10, monotonic_cst } });

  it('passes the parity gate and logs the constraint', async () => {
    await using project = await writeProject(yaml('late'), table);
    const trained = await train(project, { params: { max_iter: 10, monotonic_cst: { x: 1, y: -1 } } });
    expect(trained.parameters.monotonic_cst).toBe('{"x":1,"y":-1}');
    expect(trained.digest).not.toBe((await train(project)).digest);
  });

  it('refuses features that have no order, or do not exist', async () => {
    await using project = await writeProject(yaml('late'), table);
    await expect(withConstraint(project, { c: 1 })).rejects.toMatchObject({
      code: 'training.monotonicFeature',
      message: expect.stringContaining('"c" is categorical') as string,
    });
    await expect(withConstraint(project, { turn: -1 })).rejects.toMatchObject({
      code: 'training.monotonicFeature',
      message: expect.stringContaining('"turn" is cyclical') as string,
    });
    await expect(withConstraint(project, { X: 1 })).rejects.toMatchObject({ code: 'training.monotonicFeature', args: { nearest: 'x' } });
    await expect(withConstraint(project, { c: 0, turn: 0 })).resolves.toBeDefined();
  });

  it('refuses several classes', async () => {
    await using project = await writeProject(yaml('kind'), table);
    await expect(withConstraint(project, { x: 1 })).rejects.toMatchObject({ code: 'training.monotonicClasses' });
  });
});
