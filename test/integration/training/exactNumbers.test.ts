/**
 * Models know numbers to the last digit of a float64: what is trained on shifted and stretched values says the same as what is
 * trained on small whole numbers, which any float holds.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../../src/engine/inference/scoring/openModel.ts';
import { random, train, writeProject, type Row } from '../../support/trainingProject.ts';

const next = random(5);
const count = 240;
/** A feature of six values, a category, and noise. */
const places = Array.from({ length: count }, () => Math.floor(next() * 6));
const letters = Array.from({ length: count }, () => 'abc'[Math.floor(next() * 3)] ?? 'a');
const noise = Array.from({ length: count }, () => next() + next() + next() - 1.5);
const effects = [0.2, 1, 0.4, -0.7, 0.9, -0.1];
const plainTarget = places.map((place, row) => (effects[place] ?? 0) + (letters[row] === 'b' ? 0.8 : 0) + (noise[row] ?? 0));

interface Fitted {
  /** Of each value of the feature, with every letter. */
  readonly predictions: readonly number[];
}

interface Settings {
  readonly trainer: 'gbdt' | 'linear' | 'logistic';
  readonly numeric?: string;
  readonly encode?: string;
  /** The values that the feature's places stand for. */
  readonly feature?: (place: number) => number;
  readonly target?: (row: number) => number;
}

const trees = 'params: {max_iter: 20, learning_rate: 0.3, min_samples_leaf: 5, max_leaf_nodes: 6}';

async function fit({
  trainer,
  numeric = '[x]',
  encode,
  feature = (place) => place,
  target = (row) => plainTarget[row] ?? 0,
}: Settings): Promise<Fitted> {
  const yaml = `datasets: {d: {path: data.csv, columns: {x: {type: number}, y: {type: number}, c: {type: category}}}}
features: {f: {target: y, numeric: ${numeric}, categorical: {c: ${encode === undefined ? '{}' : `{encode: ${encode}}`}}}}
stages:
  train:
    uses: train
    dataset: d
    features: f
    trainer: ${trainer}
    ${trainer === 'gbdt' ? trees : 'params: {}'}
    validation: {split: random, share: 0.1}
    leakage: {severity: {shared_rows: warn, association: warn}}
`;
  const rows = places.map((place, row): Row => ({ x: feature(place), c: letters[row] ?? '', y: target(row) }));
  await using project = await writeProject(yaml, rows);
  const { folder } = await train(project);
  await using model = await openModel(folder, { threads: 1 });
  const asked = effects.flatMap((_, place) => ['a', 'b', 'c'].map((letter) => ({ x: feature(place), letter })));
  const { scores, width } = await model.score({
    rows: asked.length,
    columns: {
      x: { kind: 'number', values: Float64Array.from(asked, ({ x }) => x) },
      c: { kind: 'text', values: asked.map(({ letter }) => letter) },
    },
  });
  return { predictions: asked.map((_, row) => scores[row * width + width - 1] ?? NaN) };
}

function expectNear(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  const most = wanted.map((value, at) => Math.abs(value - (found[at] ?? NaN))).reduce((a, b) => (b <= a ? a : b), 0);
  expect(most).toBeLessThanOrEqual(tolerance);
}

const plain: Partial<Record<'gbdt' | 'linear' | 'logistic', Fitted>> = {};
const isHigh = (row: number): number => Number((plainTarget[row] ?? 0) > 0.4);

beforeAll(async () => {
  plain.gbdt = await fit({ trainer: 'gbdt' });
  plain.linear = await fit({ trainer: 'linear' });
  plain.logistic = await fit({ trainer: 'logistic', target: isHigh });
});

const plainPredictions = (trainer: 'gbdt' | 'linear' | 'logistic'): readonly number[] => plain[trainer]?.predictions ?? [];

/** Shift and step of targets: pressures, kelvins, years, prices, and the ends of what float64 tells apart. */
const targets = [
  ['air pressure', 101_325, 300],
  ['kelvins', 293.15, 0.4],
  ['the years of buildings', 1995, 3],
  ['a price index', 5000, 10],
  ['identifiers', 1e9, 3],
  ['debts', -101_325, 300],
  ['a constant with a ripple', 1e12, 1],
  ['negative and far away', -1e12, 1],
  ['tiny numbers', 0, 1e-12],
  ['tiny numbers far from 0 for their size', 1e-9, 1e-12],
  ['huge numbers', 1e30, 1e25],
  ['the smallest that errors can be squared of', 0, 1e-130],
] as const;

/** Boosting counts errors in whole parts, 2^24 of which are the largest distance from the mean: as many as its peers' float32 tells apart. */
const precision = { gbdt: 2 ** -24, linear: 1e-9 };

describe.each(['gbdt', 'linear'] as const)('a target shifted and stretched, for %s', (trainer) => {
  it.each(targets)('%s: %d and %d', async (_, shift, step) => {
    const { predictions } = await fit({ trainer, target: (row) => shift + step * (plainTarget[row] ?? 0) });
    const back = predictions.map((value) => (value - shift) / step);
    // What a float64 of the size of the shift cannot hold is lost in the data already.
    expectNear(back, plainPredictions(trainer), precision[trainer] + (8 * Number.EPSILON * Math.abs(shift)) / step);
  });
});

/** Features of which float32 would hold several values as one. */
const features = [
  ['projected metres', (place: number) => 4_500_000 + 0.25 * place],
  ['seconds since 1970', (place: number) => 1.7e9 + place],
  ['milliseconds since 1970', (place: number) => 1.7e12 + place],
  ['identifiers up to 2^53', (place: number) => 2 ** 53 - 5 + place],
  ['negative identifiers', (place: number) => -(2 ** 53) + place],
  ['identifiers beside small numbers', (place: number) => (place === 0 ? 1 : 2 ** 53 - 5 + place)],
  ['a ripple on 1', (place: number) => 1 + place * Number.EPSILON],
  ['prices with a rest', (place: number) => 19.99 + place * 1e-9],
  ['the smallest numbers', (place: number) => place * 5e-324],
  ['tiny numbers', (place: number) => place * 1e-30],
  ['numbers near the largest', (place: number) => 3e38 + place * 1e30],
] as const;

describe('a feature shifted and stretched', () => {
  it.each(features)('is told apart by trees: %s', async (_, feature) => {
    expect((await fit({ trainer: 'gbdt', feature })).predictions).toEqual(plainPredictions('gbdt'));
  });

  it.each(features.slice(0, 3))('is scaled for linear trainers: %s', async (_, feature) => {
    expectNear((await fit({ trainer: 'linear', feature })).predictions, plainPredictions('linear'), 1e-6);
    expectNear((await fit({ trainer: 'logistic', feature, target: isHigh })).predictions, plainPredictions('logistic'), 1e-6);
  });

  it.each(features.slice(0, 3))('keeps its digits unscaled in a least-squares fit: %s', async (_, feature) => {
    const { predictions } = await fit({ trainer: 'linear', feature, numeric: '{x: {scale: none}}' });
    expectNear(predictions, plainPredictions('linear'), 1e-3);
  });

  it.each([
    ['a constant', () => 1e9],
    ['a constant but for rounding', (place: number) => 0.1 + (place % 2) * 2e-17],
    ['a constant but for the last bit', (place: number) => 1e9 + (place % 2) * 2 ** -23],
  ])('that only seems to vary tells a linear trainer nothing: %s', async (_, feature) => {
    for (const numeric of ['[x]', '{x: {scale: none}}']) {
      const { predictions } = await fit({ trainer: 'linear', feature, numeric });
      // The mean of each letter, whatever the feature is.
      const means = ['a', 'b', 'c'].map((letter) => predictions[['a', 'b', 'c'].indexOf(letter)] ?? NaN);
      expectNear(
        predictions,
        predictions.map((_value, row) => means[row % 3] ?? NaN),
        1e-9,
      );
      expect(Math.max(...predictions.map(Math.abs))).toBeLessThan(3);
    }
  });

  it('lets a mean target far from 0 be an encoding', async () => {
    const shifted = (row: number): number => 1e9 + (plainTarget[row] ?? 0);
    const [small, large] = [
      await fit({ trainer: 'gbdt', encode: 'target' }),
      await fit({ trainer: 'gbdt', encode: 'target', target: shifted }),
    ];
    expectNear(
      large.predictions.map((value) => value - 1e9),
      small.predictions,
      1e-6,
    );
  });
});

afterAll(() => {
  for (const fitted of Object.values(plain)) expect(fitted.predictions.every(Number.isFinite)).toBe(true);
});
