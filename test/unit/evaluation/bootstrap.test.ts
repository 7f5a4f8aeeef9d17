import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { createRandom } from '../../../src/base/random.ts';
import {
  bootstrap,
  differenceOf,
  drawPoisson,
  estimateOf,
  pairedPValue,
  quantile,
  replicatesFor,
} from '../../../src/engine/evaluation/bootstrap.ts';
import type { BinaryPredictions } from '../../../src/engine/evaluation/predictions.ts';
import { createPriorScorer, createScorer } from '../../../src/engine/evaluation/scorer.ts';

const quiet = { seed: 7, replicates: 400, signal: new AbortController().signal, onReplicate: (): void => undefined };

/** Scores whose probabilities are true: each row is positive with the probability it is given. */
function calibrated(rows: number, seed: number): BinaryPredictions {
  const random = createRandom(seed);
  const scores = Float32Array.from({ length: rows }, () => random.nextFloat());
  return { task: 'binary', scores, truth: Uint8Array.from(scores, (score) => Number(random.nextFloat() < score)), threshold: 0.5 };
}

describe('Poisson weights', () => {
  test('have the probabilities of Poisson(1)', () => {
    const weights = new Uint8Array(1_000_001);
    drawPoisson(createRandom(1), weights);
    const counts = [0, 0, 0, 0, 0];
    for (const weight of weights) if (weight < 5) counts[weight]!++;
    let probability = Math.exp(-1);
    counts.forEach((count, k) => {
      expect(count / weights.length).toBeCloseTo(probability, 2.5);
      probability /= k + 1;
    });
  });

  test('are the same for the same seed and others for another', () => {
    const draw = (seed: number): Uint8Array => {
      const weights = new Uint8Array(100);
      drawPoisson(createRandom(seed), weights);
      return weights;
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });
});

describe('intervals', () => {
  test('have the width that theory gives an accuracy', async () => {
    const predictions = calibrated(5000, 11);
    const [result] = await bootstrap([createScorer(predictions, ['accuracy_score'])], { ...quiet, rows: 5000 });
    const { value, low, high } = estimateOf(result!, 0);
    const standardError = Math.sqrt((value * (1 - value)) / 5000);
    expect(value - low).toBeGreaterThan(1.96 * standardError * 0.85);
    expect(value - low).toBeLessThan(1.96 * standardError * 1.15);
    expect(high - value).toBeLessThan(1.96 * standardError * 1.15);
  });

  test('cover the true ROC AUC about as often as they say', async () => {
    // Uniform probabilities that are true have a ROC AUC of 5/6.
    let covered = 0;
    for (let seed = 0; seed < 100; seed++) {
      const [result] = await bootstrap([createScorer(calibrated(300, seed), ['roc_auc'])], { ...quiet, rows: 300, replicates: 200, seed });
      const { low, high } = estimateOf(result!, 0);
      if (low <= 5 / 6 && 5 / 6 <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(88);
  });

  test('leave out resamples that miss a class', async () => {
    const predictions: BinaryPredictions = {
      task: 'binary',
      scores: Float32Array.of(0.1, 0.2, 0.9, 0.3),
      truth: Uint8Array.of(0, 0, 1, 0),
      threshold: 0.5,
    };
    const [result] = await bootstrap([createScorer(predictions, ['roc_auc'])], { ...quiet, rows: 4 });
    expect(estimateOf(result!, 0)).toEqual({ value: 1, low: 1, high: 1 });
  });

  test('stop when cancelled', async () => {
    const controller = new AbortController();
    const onReplicate = (done: number): void => {
      if (done === 3) controller.abort();
    };
    const run = bootstrap([createScorer(calibrated(50, 1), ['roc_auc'])], { ...quiet, rows: 50, signal: controller.signal, onReplicate });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('the paired test', () => {
  test('finds no difference between equal models', async () => {
    const scorer = (): ReturnType<typeof createScorer> => createScorer(calibrated(500, 2), ['roc_auc', 'log_loss']);
    const [a, b] = await bootstrap([scorer(), scorer()], { ...quiet, rows: 500 });
    expect(pairedPValue(a!, b!, 0)).toBe(1);
    expect(differenceOf(a!, b!, 1)).toEqual({ value: 0, low: 0, high: 0 });
  });

  test('finds a model better than the class shares, and never a p-value of zero', async () => {
    const predictions = calibrated(500, 2);
    const share = predictions.truth.reduce((sum, each) => sum + each, 0) / 500;
    const [model, prior] = await bootstrap(
      [createScorer(predictions, ['log_loss']), createPriorScorer(predictions.truth, [1 - share, share], ['log_loss'])],
      { ...quiet, rows: 500 },
    );
    expect(pairedPValue(model!, prior!, 0)).toBeCloseTo(2 / 401, 10);
    expect(differenceOf(model!, prior!, 0).high).toBeLessThan(0);
  });
});

describe('quantile', () => {
  test('interpolates as numpy does', () => {
    const sorted = Float64Array.of(1, 2, 4, 8);
    expect(quantile(sorted, 0)).toBe(1);
    expect(quantile(sorted, 0.5)).toBe(3);
    expect(quantile(sorted, 0.975)).toBeCloseTo(7.7, 12);
    expect(quantile(sorted, 1)).toBe(8);
  });

  test('lies between its neighbours', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = Float64Array.from(values).sort();
          const found = quantile(sorted, share);
          expect(found).toBeGreaterThanOrEqual(sorted[0]!);
          expect(found).toBeLessThanOrEqual(sorted.at(-1)!);
        },
      ),
    );
  });
});

test('the number of replicates falls with the rows and never under 300', () => {
  expect(replicatesFor(10)).toBe(1000);
  expect(replicatesFor(200_000)).toBe(500);
  expect(replicatesFor(50_000_000)).toBe(300);
});
