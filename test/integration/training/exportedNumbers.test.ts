/** What exported graphs compute, number by number, in onnxruntime-node and onnxruntime-web: against the same formulas in float64. */
import { describe, expect, it } from 'vitest';
import { missingText, type Chunk } from '../../../src/engine/data/rows/columns.ts';
import { inputElement, unfittedModel } from '../../../src/engine/features/compileFeatures.ts';
import type { FittedFeature } from '../../../src/engine/features/fitFeatures.ts';
import { encodeOnnx, type OnnxModel } from '../../../src/engine/features/onnx/onnxModel.ts';
import { planFeatures, type FeaturePlan, type NumericFeature, learnerDefaults } from '../../../src/engine/features/planFeatures.ts';
import { toFeeds } from '../../../src/engine/inference/scoring/feeds.ts';
import { OnnxSession, type SessionOutput } from '../../../src/engine/inference/scoring/onnxSession.ts';
import { exportModel, type ExportedModel } from '../../../src/engine/training/export/exportModel.ts';
import { boostedTrees } from '../../../src/engine/training/gbdt/gbdtTrainer.ts';
import { linearEstimator } from '../../../src/engine/training/linear/linearTrainers.ts';
import type { Estimator } from '../../../src/engine/training/trainer/trainerContract.ts';
import type { Tree } from '../../../src/engine/training/gbdt/tree.ts';
import type { Column } from '../../../src/protocol/dataset.ts';
import { runInWeb } from '../../support/webRuntime.ts';

const columns: readonly Column[] = [
  { name: 'x', type: 'number', storedAs: 'DOUBLE' },
  { name: 'c', type: 'category', storedAs: 'VARCHAR' },
  { name: 'k', type: 'integer', storedAs: 'BIGINT' },
];
const asIs: FittedFeature = { kind: 'numeric', imputeValue: undefined, centre: 0, scale: 1 };
const numericPlan = planFeatures({ target: 't', numeric: ['x'] }, columns, learnerDefaults.linear);

/** The last output of the graph in both runtimes, which must be equal to the last bit of a float32, and the first as texts. */
async function ask(model: OnnxModel, plan: FeaturePlan, rows: Chunk): Promise<{ numbers: number[]; labels: string[] }> {
  const inputs = plan.inputs.map(({ name, type }) => ({ name, tensor: inputElement(type) }));
  const onnx = encodeOnnx(model);
  const feeds = toFeeds(inputs, rows);
  await using session = await OnnxSession.open(onnx, 1);
  const [ours, theirs] = [read(await session.run(feeds)), read(await runInWeb(onnx, feeds))];
  expect(theirs.labels).toEqual(ours.labels);
  expect(theirs.numbers).toHaveLength(ours.numbers.length);
  ours.numbers.forEach((number, at) => {
    const other = theirs.numbers[at] ?? NaN;
    expect(Object.is(number, other) || Math.abs(number - other) <= 2e-7 * Math.abs(number)).toBe(true);
  });
  return ours;
}

function read(outputs: readonly SessionOutput[]): { numbers: number[]; labels: string[] } {
  return { numbers: Array.from(outputs.at(-1)?.content ?? [], Number), labels: Array.from(outputs[0]?.content ?? [], String) };
}

const numbers = (x: readonly number[]): Chunk => ({ rows: x.length, columns: { x: { kind: 'number', values: Float64Array.from(x) } } });

const modelOf = (estimator: Estimator, task: ExportedModel['task'], classes: readonly string[]): OnnxModel =>
  exportModel({ plan: numericPlan, fitted: [asIs], estimator, task, classes, threshold: task === 'binary' ? 0.5 : undefined });

const linear = (coefficients: readonly number[], intercepts: readonly number[]): Estimator =>
  linearEstimator({ coefficients: Float64Array.from(coefficients), intercepts: Float64Array.from(intercepts) });

const stumpTree: Tree = {
  feature: Int32Array.of(0, -1, -1),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  threshold: new Float64Array(3),
  leftLevels: [undefined, undefined, undefined],
  missingLeft: new Uint8Array(3),
  value: new Float64Array(3),
  gain: Float64Array.of(1, 0, 0),
};

/** One split: of a number at a threshold, or of levels by where each goes. */
const stump = (
  { threshold = 0, leftLevels, missingLeft = 0 }: { threshold?: number; leftLevels?: readonly number[]; missingLeft?: number },
  values: readonly [number, number],
  base = 0,
): Estimator => {
  const tree: Tree = {
    ...stumpTree,
    threshold: Float64Array.of(threshold, 0, 0),
    leftLevels: [leftLevels === undefined ? undefined : Uint8Array.from(leftLevels), undefined, undefined],
    missingLeft: Uint8Array.of(missingLeft, 0, 0),
    value: Float64Array.of(0, ...values),
  };
  return boostedTrees({ outputs: 1, baseScores: [base], trees: [tree] });
};

/** Relative to the value: float32 holds seven digits of a probability. */
function expectShares(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, at) => {
    expect(Math.abs((found[at] ?? NaN) - value) / value, `${value}`).toBeLessThan(1e-6);
  });
}

const scores = [-69, -60, -40, -20.4, -18.1, -17.9, -13.7, -5, -1, -1e-3, 0, 1e-3, 1, 5, 13.7, 17.9, 18.1, 20.4, 40, 60, 69];
/** log(1e30) is 69.1. */
const logistic = (score: number): number => 1 / (1 + Math.exp(-score));

describe('probabilities of two classes', () => {
  it('are right relative to themselves down to 1e-30, of both classes', async () => {
    const { numbers: found, labels } = await ask(modelOf(linear([1], [0]), 'binary', ['no', 'yes']), numericPlan, numbers(scores));
    expectShares(
      found,
      scores.flatMap((score) => [logistic(-score), logistic(score)]),
    );
    expect(labels).toEqual(scores.map((score) => (score >= 0 ? 'yes' : 'no')));
    for (let row = 0; row < scores.length; row++) expect((found[2 * row] ?? 0) + (found[2 * row + 1] ?? 0)).toBeCloseTo(1, 6);
  });

  it.each([-65, -30, -18.5, 2, 30, 65])('are so for trees, whose base score is %d', async (base) => {
    const estimator = stump({ threshold: 0.5, missingLeft: 1 }, [-0.25, 0.25], base);
    const { numbers: found } = await ask(modelOf(estimator, 'binary', ['no', 'yes']), numericPlan, numbers([0, 1, NaN]));
    const wanted = [base - 0.25, base + 0.25, base - 0.25];
    expectShares(
      found,
      wanted.flatMap((score) => [logistic(-score), logistic(score)]),
    );
  });

  it('rise with the score, wherever it is', async () => {
    const rising = Array.from({ length: 400 }, (_, at) => -80 + at * 0.4);
    const { numbers: found } = await ask(modelOf(linear([1], [0]), 'binary', ['no', 'yes']), numericPlan, numbers(rising));
    const positive = found.filter((_, at) => at % 2 === 1);
    expect(positive).toEqual(positive.toSorted((a, b) => a - b));
    expect(positive[0]).toBeGreaterThan(0);
  });
});

it('probabilities of several classes are right relative to themselves down to 1e-30', async () => {
  const { numbers: found, labels } = await ask(
    modelOf(linear([0, 1, -0.5], [0, 0, 1]), 'multiclass', ['a', 'b', 'c']),
    numericPlan,
    numbers(scores),
  );
  const wanted = scores.map((x) => [0, x, 1 - 0.5 * x]);
  const shares = wanted.map((row) => row.map((score) => 1 / row.reduce((sum, other) => sum + Math.exp(other - score), 0)));
  const [kept, given] = [shares.flat(), found].map((list) => list.filter((_, at) => (shares.flat()[at] ?? 0) >= 1e-30)) as [
    number[],
    number[],
  ];
  expectShares(given, kept);
  expect(labels).toEqual(shares.map((row) => ['a', 'b', 'c'][row.indexOf(Math.max(...row))]));
});

describe('a split', () => {
  it.each([4_500_000.375, 0.1, -0.1, 1.7e12 + 0.5, 2 ** 53 - 1, 5e-324, -5e-324, 0, 1e300])(
    'at %d parts neighbours in float64',
    async (threshold) => {
      const step = Math.max(Math.abs(threshold) * Number.EPSILON, 5e-324);
      const asked = numbers([threshold, threshold + step, threshold - step, -0, NaN]);
      const plan = planFeatures({ target: 't', numeric: ['x'] }, columns, learnerDefaults.trees);
      const model = exportModel({
        plan,
        fitted: [asIs],
        estimator: stump({ threshold }, [1, 2]),
        task: 'regression',
        classes: [],
        threshold: undefined,
      });
      const isRead = (value: number): boolean => Math.abs(value) < 3.4e38; // beyond, it is missing
      const wanted = [threshold, threshold + step, threshold - step, -0].map((value) => (isRead(value) && value <= threshold ? 1 : 2));
      expect((await ask(model, plan, asked)).numbers).toEqual([...wanted, 2]);
    },
  );

  it.each([
    { sides: [1, 0, 1, 0], levels: [0, 2] },
    { sides: [0, 1, 0, 1], levels: [1] },
    { sides: [1, 0, 0, 1], levels: [0] },
    { sides: [0, 1, 1, 0], levels: [1, 2] },
  ])('on the levels $levels sends missing and unseen ones where missing ones go', async ({ sides }) => {
    const texts = { target: 't', categorical: ['c'] };
    const whole = { target: 't', categorical: ['k'] };
    for (const [spec, levels, asked] of [
      [texts, { kind: 'text', values: ['a', 'b', 'd'] }, { kind: 'text', values: ['a', 'b', 'd', null, 'zzz', missingText, ''] }],
      [
        whole,
        { kind: 'integer', values: [-7, 0, 3] },
        { kind: 'number', values: Float64Array.of(-7, -0, 3, NaN, 0.5, Infinity, -Infinity, 1e300, -(2 ** 63), 2 ** 63, 12) },
      ],
    ] as const) {
      const plan = planFeatures(spec, columns, learnerDefaults.trees);
      const fitted: FittedFeature = { kind: 'categorical', levels, codes: Float64Array.of(0, 1, 2, 3), width: 1 };
      const estimator = stump({ leftLevels: sides }, [1, 2]);
      const model = exportModel({ plan, fitted: [fitted], estimator, task: 'regression', classes: [], threshold: undefined });
      const name = plan.inputs[0]?.name ?? '';
      const rows = { rows: asked.values.length, columns: { [name]: asked } } as Chunk;
      const wanted = Array.from({ length: rows.rows }, (_, row) => (sides[Math.min(row, 3)] === 1 ? 1 : 2));
      expect((await ask(model, plan, rows)).numbers).toEqual(wanted);
    }
  });
});

describe('a forest with more members of sets than one ensemble takes', () => {
  const places = Array.from({ length: 60 }, (_, level) => `place ${level}`);
  const plan = planFeatures({ target: 't', categorical: ['c'] }, columns, learnerDefaults.trees);
  const fitted: FittedFeature = {
    kind: 'categorical',
    levels: { kind: 'text', values: places },
    codes: Float64Array.from({ length: 61 }, (_, code) => code),
    width: 1,
  };
  const rows: Chunk = { rows: 62, columns: { c: { kind: 'text', values: [...places, 'elsewhere', null] } } };
  /** Of each tree: the sides of the levels, and of all other values. */
  const sides = Array.from({ length: 401 }, (_, tree) =>
    Uint8Array.from({ length: 61 }, (_unused, level) => ((level * 7 + tree * 3) % 5 < 2 ? 1 : 0)),
  );
  const values = (tree: number): readonly [number, number] => [(tree % 7) / 64, -(tree % 5) / 32];

  it.each([1, 3])('adds up every tree, for %i outputs', async (outputs) => {
    const trees = sides.map((left, tree): Tree => ({
      ...stumpTree,
      leftLevels: [left, undefined, undefined],
      value: Float64Array.of(0, ...values(tree)),
    }));
    const estimator = boostedTrees({ outputs, baseScores: [0.5, 0.25, 0].slice(0, outputs), trees });
    const [task, classes] = outputs === 1 ? (['regression', []] as const) : (['multiclass', ['a', 'b', 'c']] as const);
    const model = exportModel({ plan, fitted: [fitted], estimator, task, classes, threshold: undefined });
    expect(model.nodes.filter(({ operator }) => operator === 'TreeEnsemble').length).toBeGreaterThan(1);
    const scored = Array.from({ length: 62 }, (_, row) => {
      const sums = [0.5, 0.25, 0].slice(0, outputs);
      for (const [tree, left] of sides.entries())
        sums[tree % outputs] = (sums[tree % outputs] ?? 0) + values(tree)[left[Math.min(row, 60)] === 1 ? 0 : 1];
      return sums;
    });
    const { numbers: found } = await ask(model, plan, rows);
    if (outputs === 1) expect(found).toEqual(scored.flat());
    else {
      const wanted = scored.flatMap((sums) => {
        const total = sums.reduce((sum, score) => sum + Math.exp(score), 0);
        return sums.map((score) => Math.exp(score) / total);
      });
      expectShares(found, wanted);
    }
  });
});

describe('constants that are neutral as a float32 only', () => {
  const x = [1, 3, -0.5, 1e-49, 1e30];
  it.each([
    ['x * 1.00000001', (value: number) => value * 1.00000001],
    ['1.00000001 * x', (value: number) => value * 1.00000001],
    ['x / 0.99999999', (value: number) => value / 0.99999999],
    ['abs(x) + 3e-50', (value: number) => Math.abs(value) + 3e-50],
    ['abs(x) - 3e-50', (value: number) => Math.abs(value) - 3e-50],
    ['abs(x) + 0', (value: number) => Math.abs(value)],
    ['abs(x) * 1', (value: number) => Math.abs(value)],
    ['(x - 4500000.25) / 1.000000001', (value: number) => (value - 4_500_000.25) / 1.000000001],
  ])('count: %s', async (value, compute) => {
    const plan = planFeatures({ target: 't', numeric: { f: { value } } }, columns, learnerDefaults.trees);
    const model = unfittedModel(plan, plan.features as readonly NumericFeature[]);
    const { numbers: found } = await ask(model, plan, numbers(x));
    found.forEach((number, row) => {
      const wanted = compute(x[row] ?? NaN);
      expect(Math.abs(number - wanted)).toBeLessThanOrEqual(2 * Number.EPSILON * Math.abs(wanted));
    });
  });
});
