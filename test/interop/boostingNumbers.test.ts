/** Trees part and predict the numbers that float32 cannot hold as scikit-learn does, which computes in float64. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { rawScores } from '../../src/engine/training/gbdt/tree.ts';
import { boostOn, tablesOf } from '../support/boostingData.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import { random } from '../support/trainingProject.ts';

const root = makeFolder('numbers');
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const settings = { max_iter: 20, learning_rate: 0.3, min_samples_leaf: 10, max_leaf_nodes: 8 };
const params = { maxIter: 20, learningRate: 0.3, minSamplesLeaf: 10, maxLeafNodes: 8 };

/**
 * Where float64 has a number between two neighbours: scikit-learn takes the upper one for the middle of two that have none. How the places 0 to 39 of two features are
 * spelled, and where the target lies.
 */
const cases: readonly { name: string; x: (place: number) => number; y: (place: number) => number; shift: number; step: number }[] = [
  { name: 'metres, pressures', x: (p) => 4_500_000 + p / 8, y: (p) => 512_000.25 + p / 4, shift: 101_325, step: 300 },
  { name: 'seconds and milliseconds since 1970, kelvins', x: (p) => 1.7e9 + p, y: (p) => 1.7e12 + p, shift: 293.15, step: 0.4 },
  { name: 'identifiers, years', x: (p) => 2 ** 53 - 2 * p, y: (p) => -(2 ** 52) + p, shift: 1995, step: 3 },
  { name: 'ripples on large numbers, a billion', x: (p) => 1 + 2 * p * Number.EPSILON, y: (p) => 1e15 + p, shift: 1e9, step: 3 },
  { name: 'tiny numbers', x: (p) => p * 1e-300, y: (p) => p * 1e-9, shift: -5000, step: 10 },
];

it('of every case', async () => {
  const next = random(23);
  const made = cases.map(({ x, y, shift, step }) => {
    const draw = (): number[] => Array.from({ length: 2 }, () => Math.floor(next() * 40));
    const places = Array.from({ length: 600 }, draw);
    const row = ([a = 0, b = 0]: readonly number[]): number[] => [x(a), y(b)];
    const score = ([a = 0, b = 0]: readonly number[]): number => Math.sin(a) + Math.cos(b / 3) + next();
    return {
      rows: places.map(row),
      target: places.map((at) => shift + step * score(at)),
      asked: Array.from({ length: 300 }, draw).map(row),
      settings,
    };
  });
  const listing = join(root, 'cases.json');
  writeFileSync(listing, JSON.stringify(made));
  const theirs = await runPython<number[][]>('mlflow-newest', 'boost_numbers.py', { cwd: root, args: [listing] });
  for (const [index, { rows, target, asked }] of made.entries()) {
    const { name = '', step = 1 } = cases[index] ?? {};
    const forest = await boostOn(tablesOf(rows, target), { task: 'regression', classes: 0, levels: [undefined, undefined] }, params);
    const ours = rawScores(forest, Float64Array.from(asked.flat()), 2);
    const most = ours.reduce((largest, value, row) => Math.max(largest, Math.abs(value - (theirs[index]?.[row] ?? NaN))), 0) / step;
    expect(most, name).toBeLessThan(2e-6); // scikit-learn keeps gradients as float32
  }
});
