import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { createRandom } from '../../../src/base/random.ts';
import {
  bootstrap,
  drawCompact,
  drawGroups,
  drawRows,
  differenceOf,
  drawPoisson,
  estimateOf,
  pairedTest,
  quantile,
  replicatesFor,
  type Draws,
  type Replicates,
} from '../../../src/engine/evaluation/intervals/bootstrap.ts';
import { compactRows } from '../../../src/engine/evaluation/intervals/compactRows.ts';
import type { BinaryPredictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { equalWeights } from '../../../src/engine/evaluation/metrics/rowWeights.ts';
import { createPriorScorer, createScorer, type Scorer } from '../../../src/engine/evaluation/metrics/measuresOf.ts';

const quiet = { seed: 7, replicates: 400, signal: new AbortController().signal, onReplicate: (): void => undefined };

interface Resampling extends Partial<typeof quiet> {
  readonly draws: Draws;
}

/** The replicates of scorers with the figures of all rows. */
async function resampled(scorers: readonly Scorer[], options: Resampling): Promise<Replicates[]> {
  const replicates = await bootstrap(scorers, { ...quiet, ...options });
  return scorers.map((scorer, index) => ({ values: scorer(equalWeights(options.draws.rows)), replicates: replicates[index]! }));
}

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
    const [result] = await resampled([createScorer(predictions, ['accuracy_score'])], { draws: drawRows(5000) });
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
      const [result] = await resampled([createScorer(calibrated(300, seed), ['roc_auc'])], { draws: drawRows(300), replicates: 200, seed });
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
    const [result] = await resampled([createScorer(predictions, ['roc_auc'])], { draws: drawRows(4) });
    expect(estimateOf(result!, 0)).toEqual({ value: 1, low: 1, high: 1 });
  });

  test('stop when cancelled', async () => {
    const controller = new AbortController();
    const onReplicate = (done: number): void => {
      if (done === 3) controller.abort();
    };
    const run = bootstrap([createScorer(calibrated(50, 1), ['roc_auc'])], {
      ...quiet,
      draws: drawRows(50),
      signal: controller.signal,
      onReplicate,
    });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('the paired test', () => {
  test('finds no difference between equal models', async () => {
    const scorer = (): ReturnType<typeof createScorer> => createScorer(calibrated(500, 2), ['roc_auc', 'log_loss']);
    const [a, b] = await resampled([scorer(), scorer()], { draws: drawRows(500) });
    expect(pairedTest(a!, b!, 0)!.pValue).toBe(1);
    expect(differenceOf(a!, b!, 1)).toEqual({ value: 0, low: 0, high: 0 });
  });

  test('finds a model better than the class shares, and never a p-value of zero', async () => {
    const predictions = calibrated(500, 2);
    const share = predictions.truth.reduce((sum, each) => sum + each, 0) / 500;
    const [model, prior] = await resampled(
      [createScorer(predictions, ['log_loss']), createPriorScorer(predictions, [1 - share, share], ['log_loss'])],
      { draws: drawRows(500) },
    );
    expect(pairedTest(model!, prior!, 0)).toEqual({ pValue: 2 / 401, floor: 2 / 401 });
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

describe('rows that are not told apart', () => {
  const rows = 60_000;

  test('give the figures of the rows themselves to 5e-5, and intervals as wide', async () => {
    const random = createRandom(5);
    const near = calibrated(rows, 3);
    const predictions = { ...near, scores: near.scores.map((score) => Math.round(score * 5000) / 5000), threshold: 0.4 };
    const other = { ...predictions, scores: predictions.scores.map((score) => Math.round(score * 200 + random.nextFloat()) / 201) };
    const metrics = ['roc_auc', 'precision_recall_auc', 'log_loss', 'brier_score', 'f1_score', 'matthews_corrcoef'] as const;
    const compact = compactRows([predictions, other]);
    expect(compact!.sizes.length).toBeLessThan(rows / 2);
    expect(compact!.sizes.reduce((sum, size) => sum + size, 0)).toBe(rows);
    const [one, two] = compact!.predictions;
    const weights = Float64Array.from(compact!.sizes);
    const exact = [predictions, other].map((each) => createScorer(each, metrics)(equalWeights(rows)));
    [one!, two!].forEach((each, index) => {
      createScorer(
        each,
        metrics,
      )(weights).forEach((value, metric) => {
        expect(value, metrics[metric]).toBeCloseTo(exact[index]![metric]!, 4); // the rest is added to every replicate
      });
    });
    const width = async (scorer: Scorer, draws: Draws): Promise<number[]> => {
      const [replicates] = await bootstrap([scorer], { ...quiet, draws });
      return metrics.map((_, metric) => {
        const { low, high } = estimateOf({ values: exact[0]!, replicates: replicates! }, metric);
        return high - low;
      });
    };
    const [ofRows, ofCompact] = [
      await width(createScorer(predictions, metrics), drawRows(rows)),
      await width(createScorer(one!, metrics), drawCompact(compact!.sizes)),
    ];
    // Two estimates of one width from 400 replicates each: they differ by chance alone.
    ofRows.forEach((expected, metric) => {
      expect(ofCompact[metric]! / expected, metrics[metric]).toBeGreaterThan(0.8);
      expect(ofCompact[metric]! / expected, metrics[metric]).toBeLessThan(1.25);
    });
  }, 60_000);

  test('keep every decision, also where rounding would move a mean across the threshold', () => {
    const predictions: BinaryPredictions = {
      task: 'binary',
      scores: new Float64Array(30_000).fill(0.1).map((score, row) => (row % 3 === 0 ? 0.3 : score)),
      truth: Uint8Array.from({ length: 30_000 }, (_, row) => row % 2),
      threshold: 0.3,
    };
    const compact = compactRows([predictions])!;
    expect(compact.sizes).toHaveLength(4);
    expect(compact.predictions[0]!.scores.toSorted()).toEqual(Float64Array.of(0.1, 0.1, 0.3, 0.3));
  });

  test('are those without weights, groups, or too little to gain', () => {
    const predictions = calibrated(30_000, 1);
    expect(compactRows([{ ...predictions, weights: new Float64Array(30_000).fill(1) }])).toBeUndefined();
    expect(compactRows([{ ...predictions, groups: { codes: new Uint32Array(30_000), count: 1 } }])).toBeUndefined();
    expect(compactRows([calibrated(1000, 1)])).toBeUndefined();
    expect(compactRows([{ task: 'regression', truth: new Float64Array(30_000), scores: new Float64Array(30_000) }])).toBeUndefined();
  });
});

describe('groups', () => {
  test('are drawn whole, so that rows that repeat one another widen the interval', async () => {
    const one = calibrated(500, 9);
    const copies = 20;
    const repeat = <A extends Float32Array | Float64Array | Uint8Array>(values: A, made: A): A => {
      for (let row = 0; row < made.length; row++) made[row] = values[Math.floor(row / copies)]!;
      return made;
    };
    const predictions: BinaryPredictions = {
      ...one,
      scores: repeat(Float64Array.from(one.scores), new Float64Array(500 * copies)),
      truth: repeat(one.truth, new Uint8Array(500 * copies)),
    };
    const groups = { codes: Uint32Array.from(predictions.truth, (_, row) => Math.floor(row / copies)), count: 500 };
    const widthOf = async (draws: Draws): Promise<number> => {
      const [result] = await resampled([createScorer(predictions, ['roc_auc'])], { draws });
      const { low, high } = estimateOf(result!, 0);
      return high - low;
    };
    const ratio = (await widthOf(drawGroups(groups))) / (await widthOf(drawRows(500 * copies)));
    expect(ratio).toBeGreaterThan(Math.sqrt(copies) * 0.8);
    expect(ratio).toBeLessThan(Math.sqrt(copies) * 1.25);
  });

  test('multiply with the weights that rows have', () => {
    const weights = new Float64Array(3);
    drawGroups({ codes: Uint32Array.of(1, 0, 1), count: 2 }, Float64Array.of(0.5, 2, 3)).spread(Uint8Array.of(4, 2), weights);
    expect(weights).toEqual(Float64Array.of(1, 8, 6));
    drawRows(3, Float64Array.of(0.5, 2, 3)).spread(Uint8Array.of(1, 0, 2), weights);
    expect(weights).toEqual(Float64Array.of(0.5, 0, 6));
  });
});

test('the paired test finds a difference where there is none about as often as it says', async () => {
  const simulations = 300;
  let found = 0;
  for (let seed = 0; seed < simulations; seed++) {
    const random = createRandom(seed);
    const rows = 200;
    const truth = Uint8Array.from({ length: rows }, () => Number(random.nextFloat() < 0.4));
    // Two scores of the same worth: each sees the truth through noise of its own.
    const noisy = (): BinaryPredictions => ({
      task: 'binary',
      truth,
      scores: Float64Array.from(truth, (actual) => (actual + 2 * random.nextFloat()) / 3),
      threshold: 0.5,
    });
    const scorers = [noisy(), noisy()].map((each) => createScorer(each, ['brier_score']));
    const [one, other] = await resampled(scorers, { draws: drawRows(rows), replicates: 200, seed: seed + 1000 });
    if (pairedTest(one!, other!, 0)!.pValue < 0.05) found++;
  }
  // 5 % of 300, give or take three standard deviations.
  expect(found / simulations).toBeGreaterThan(0.015);
  expect(found / simulations).toBeLessThan(0.09);
});

test('the number of replicates falls with the rows and never under 300', () => {
  expect(replicatesFor(10)).toBe(1000);
  expect(replicatesFor(200_000)).toBe(500);
  expect(replicatesFor(50_000_000)).toBe(300);
});
