/** Boosting against scikit-learn 1.9.1 (HistGradientBoosting), on data both can make from formulas, and the same bits on any number of threads. */
import { describe, expect, it } from 'vitest';
import { rawScores, type Forest } from '../../../src/engine/training/gbdt/tree.ts';
import { linkScores } from '../../../src/engine/training/export/exportModel.ts';
import { boostOn, columnsOf, tablesOf } from '../../support/boostingData.ts';
import { random } from '../../support/trainingProject.ts';

const indices = Array.from({ length: 60 }, (_, i) => i);
const rows = indices.map((i) => [Math.sin(i * 1.3), Math.cos(i * 0.7) * 2, (i % 7) / 3].map(Math.fround));
const [first, second, third] = [0, 1, 2].map((column) => (i: number) => rows[i]?.[column] ?? 0) as [F, F, F];
type F = (i: number) => number;
const binary = indices.map((i) => (Math.sin(i * 2.1) + first(i) + 0.5 * third(i) > 0.6 ? 1 : 0));
const classes = indices.map((i) => ((i * i) % 11) % 3);
const values = indices.map((i) => 3 * first(i) - second(i) + 0.25 * third(i) + Math.sin(i) * 0.1 + 5);
const numbers = [undefined, undefined, undefined];
const small = { maxIter: 5, maxLeafNodes: 4, learningRate: 0.3, minSamplesLeaf: 5 };

function predict(forest: Forest, task: 'binary' | 'multiclass' | 'regression', data: readonly (readonly number[])[]): number[] {
  const matrix = Float64Array.from(data.flat());
  return [...linkScores(task, rawScores(forest, matrix, matrix.length / data.length), forest.outputs)];
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  wanted.forEach((value, index) => {
    expect(Math.abs((found[index] ?? NaN) - value)).toBeLessThan(2e-6);
  });
}

describe('trainGbdt', () => {
  it.each([1, 2])('adds nothing by a tree that finds no split, be it the first or a later one (%i threads)', async (threads) => {
    const same = Array.from({ length: 80 }, () => [1]);
    const sides = Array.from({ length: 80 }, (_, i) => [i % 2]);
    const target = sides.map(([side = 0]) => 4 * side);
    const settings = { task: 'regression', classes: 0, levels: [undefined], threads } as const;
    const params = { maxIter: 4, learningRate: 1 };
    const blind = await boostOn(tablesOf(same, target), settings, params);
    expect(blind.losses.map(({ training }) => training)).toEqual([4, 4, 4, 4].map((loss) => expect.closeTo(loss, 9) as number));
    const seeing = await boostOn(tablesOf(sides, target), settings, params);
    expect(seeing.losses.map(({ training }) => training)).toEqual([0, 0, 0, 0].map((loss) => expect.closeTo(loss, 9) as number));
    expectNear(predict(seeing, 'regression', sides), target);
  });

  it('gives the probabilities of HistGradientBoostingClassifier', async () => {
    const forest = await boostOn(tablesOf(rows, binary), { task: 'binary', classes: 2, levels: numbers }, small);
    const positives = predict(forest, 'binary', rows).filter((_, at) => at % 2 === 1);
    expectNear(
      positives,
      [0.3694112533084521, 0.6941939574822161, 0.6941939574822161, 0.10641900943539526, 0.6441907016211096, 0.43965895113842646],
    );
  });

  it('gives the values of HistGradientBoostingRegressor', async () => {
    const forest = await boostOn(tablesOf(rows, values), { task: 'regression', classes: 0, levels: numbers }, small);
    expectNear(
      predict(forest, 'regression', rows),
      [3.673916936766014, 6.194177397970582, 6.289458377375074, 4.797951483588115, 4.319183626923732, 7.0107895339735],
    );
  });

  it('gives the probabilities of several classes', async () => {
    const forest = await boostOn(tablesOf(rows, classes), { task: 'multiclass', classes: 3, levels: numbers }, { ...small, maxIter: 3 });
    expectNear(
      predict(forest, 'multiclass', rows),
      [0.5106745892025577, 0.32685459044917364, 0.16247082034826865, 0.4675494016329897, 0.4631747139200035, 0.06927588444700693],
    );
  });

  it('splits on sets of levels, missing ones among them, as scikit-learn does', async () => {
    const many = Array.from({ length: 2400 }, (_, j) => j);
    const level = (j: number): number => (j * 7) % 6;
    const effects = [1, -1, 0.5, -0.5, 2, -2];
    const data = many.map((j) => [(j % 13) / 8, j % 17 === 0 ? 6 : level(j)]); // one past the levels: missing
    const late = many.map((j) => ((effects[level(j)] ?? 0) + Math.sin(j * 3.3) * 2 + (j % 13) / 8 - 0.75 > 0 ? 1 : 0));
    const settings = { task: 'binary' as const, classes: 2, levels: [undefined, 6] };
    const forest = await boostOn(tablesOf(data, late), settings, { maxIter: 4, maxLeafNodes: 5, learningRate: 0.3, minSamplesLeaf: 60 });
    const positives = predict(forest, 'binary', data).filter((_, at) => at % 2 === 1);
    expectNear(
      positives,
      [
        0.5020457075301963, 0.2949834294273193, 0.5540164559526366, 0.405974712287804, 0.7377046796270981, 0.20002732766437062,
        0.62777771543766, 0.3360481672526928,
      ],
    );
  });

  it('splits off sets of 31 levels at most', async () => {
    const next = random(11);
    const effects = Array.from({ length: 120 }, () => next());
    const data = Array.from({ length: 12_000 }, (_, j) => [j % 120]);
    const target = data.map(([level = 0]) => (effects[level] ?? 0) + next());
    const forest = await boostOn(tablesOf(data, target), { task: 'regression', classes: 0, levels: [120] }, { maxIter: 5 });
    const members = forest.trees.flatMap(({ leftLevels }) =>
      leftLevels.flatMap((levels) => levels?.subarray(0, -1).reduce((sum, isLeft) => sum + isLeft, 0) ?? []),
    );
    expect(Math.max(...members)).toBe(31);
  });

  it('is the same on 1, 2 and 3 threads, sampling and weights included', async () => {
    const next = random(3);
    const data = Array.from({ length: 5000 }, () => [next(), next() < 0.1 ? NaN : next() ** 3, Math.floor(next() * 40), next()]);
    const settings = { levels: [undefined, undefined, 40, undefined] };
    const weights = data.map(() => next() * 3);
    const noisy = data.map(([x = 0, z = 0, c = 0]) => x * 3 + (Number.isNaN(z) ? 1 : z) + (c % 5) + next());
    const targets = {
      binary: { target: noisy.map((value) => (value > 4 ? 1 : 0)), classes: 2 },
      multiclass: { target: noisy.map((value) => Math.min(2, Math.floor(value / 2.5))), classes: 3 },
      regression: { target: noisy.map((value) => value * 1000), classes: 0 },
    };
    for (const [task, { target, classes: count }] of Object.entries(targets) as [
      'binary' | 'multiclass' | 'regression',
      { target: number[]; classes: number },
    ][]) {
      const tables = tablesOf(data, target, { heldOut: 1500, weights });
      const grow = (threads: number): Promise<unknown> =>
        boostOn(tables, { task, classes: count, threads, ...settings }, { maxIter: 6, subsample: 0.7, maxFeatures: 0.6 });
      const [one, two, three] = [await grow(1), await grow(2), await grow(3)];
      expect(two).toStrictEqual(one);
      expect(three).toStrictEqual(one);
    }
  });

  it('is the same where the histograms of open leaves have hardly any room', async () => {
    const next = random(9);
    const data = Array.from({ length: 3000 }, () => [next(), next(), Math.floor(next() * 30)]);
    const target = data.map(([x = 0, y = 0, c = 0]) => Math.sin(x * 9) + y + (c % 4) + next());
    const settings = { task: 'regression' as const, classes: 0, levels: [undefined, undefined, 30] };
    const roomy = await boostOn(tablesOf(data, target), settings, { maxIter: 4 });
    const narrow = await boostOn(tablesOf(data, target), { ...settings, histogramBytes: 1, threads: 2 }, { maxIter: 4 });
    expect(narrow).toStrictEqual(roomy);
  });

  it('learns from light rows beside two that weigh a hundred billion times as much', async () => {
    const next = random(12);
    const data = [[100, 0], [100, 0], ...Array.from({ length: 3000 }, () => [next(), next()])];
    const target = data.map(([x = 0], row) => (row === 0 || (x > 0.5 && x < 1) ? 1 : 0));
    const weights = data.map((_, row) => (row < 2 ? 1e11 : 1));
    const settings = { task: 'binary' as const, classes: 2, levels: [undefined, undefined] };
    const forest = await boostOn(tablesOf(data, target, { weights }), settings, { maxIter: 3, maxLeafNodes: 2 });
    for (const { threshold } of forest.trees) expect(threshold[0]).toBeCloseTo(0.5, 2);
  });

  it('keeps the rounds up to the smallest held-out loss', async () => {
    const next = random(5);
    const data = Array.from({ length: 900 }, () => [next(), next(), next()]);
    const target = data.map(([x = 0]) => (next() < x ? 1 : 0));
    const settings = { task: 'binary' as const, classes: 2, levels: numbers };
    const forest = await boostOn(tablesOf(data, target, { heldOut: 300 }), settings, { maxIter: 200, patience: 5 });
    const losses = forest.losses.map(({ heldOut }) => heldOut ?? NaN);
    expect(forest.rounds).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(losses.length).toBe(forest.rounds + 5);
    expect(forest.trees).toHaveLength(forest.rounds);
  });

  it('reports the loss that its own scores give', async () => {
    const forest = await boostOn(tablesOf(rows, binary), { task: 'binary', classes: 2, levels: numbers }, small);
    const probabilities = predict(forest, 'binary', rows).filter((_, at) => at % 2 === 1);
    const loss = probabilities.reduce((sum, p, i) => sum - Math.log(binary[i] === 1 ? p : 1 - p), 0) / rows.length;
    expect(forest.losses.at(-1)?.training).toBeCloseTo(loss, 12);
  });

  it('leaves every limit alone: leaves, depth, rows of a leaf', async () => {
    const next = random(8);
    const data = Array.from({ length: 2000 }, () => [next(), next(), next()]);
    const target = data.map(([x = 0, y = 0]) => x * y + next());
    const settings = { task: 'regression' as const, classes: 0, levels: numbers };
    const deep = await boostOn(tablesOf(data, target), settings, { maxIter: 2, maxLeafNodes: 9, minSamplesLeaf: 50 });
    const flat = await boostOn(tablesOf(data, target), settings, { maxIter: 2, maxDepth: 2 });
    for (const tree of deep.trees) {
      expect(tree.feature.filter((feature) => feature < 0).length).toBeLessThanOrEqual(9);
      const counts = new Map<number, number>();
      for (const row of data) {
        const leaf = walk(tree, row);
        counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
      }
      expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(50);
    }
    for (const tree of flat.trees) expect(tree.feature.filter((feature) => feature < 0).length).toBeLessThanOrEqual(4);
  });

  it('stops at once when cancelled', async () => {
    const { trainGbdt } = await import('../../../src/engine/training/gbdt/trainGbdt.ts');
    const { plainParams } = await import('../../support/boostingData.ts');
    const cancel = new AbortController();
    const data = Array.from({ length: 20_000 }, (_, i) => [Math.sin(i), Math.cos(i * 3)]);
    const tables = tablesOf(
      data,
      data.map(([x = 0]) => (x > 0 ? 1 : 0)),
    );
    const training = trainGbdt(
      { tables, columns: columnsOf([undefined, undefined]), task: 'binary', classes: 2 },
      { ...plainParams, maxIter: 100_000 },
      {
        threads: 2,
        signal: cancel.signal,
        onRound: () => {
          cancel.abort();
        },
      },
    );
    await expect(training).rejects.toMatchObject({ name: 'CancelledError' });
  });
});

function walk(tree: Forest['trees'][number], row: readonly number[]): number {
  let node = 0;
  while ((tree.feature[node] ?? -1) >= 0) {
    const value = row[tree.feature[node] ?? 0] ?? 0;
    node = (Math.fround(value) <= (tree.threshold[node] ?? 0) ? tree.left[node] : tree.right[node]) ?? 0;
  }
  return node;
}
