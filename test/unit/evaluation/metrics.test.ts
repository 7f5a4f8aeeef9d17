import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BinaryPredictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { selectRows } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { rank } from '../../../src/engine/evaluation/metrics/rankMetrics.ts';
import {
  calibrationCurve,
  costCurve,
  predictedActual,
  residualHistogram,
  stepsOf,
  thresholdCurves,
} from '../../../src/engine/evaluation/report/curves.ts';
import { orderByScore } from '../../../src/engine/evaluation/metrics/scoreOrder.ts';
import { equalWeights } from '../../../src/engine/evaluation/metrics/rowWeights.ts';
import { createPriorScorer, createScorer, scoreOnce } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { definitionOf, metricDefinitions, metricNames, usualMetrics, type MetricKey } from '../../../src/protocol/tables/metrics.ts';

const rowArbitrary = fc.record({
  score: fc.float({ min: 0, max: 1, noNaN: true }),
  positive: fc.boolean(),
  weight: fc.integer({ min: 0, max: 4 }),
});
const binary = fc
  .array(rowArbitrary, { minLength: 2, maxLength: 60 })
  .filter((rows) => new Set(rows.map((row) => row.positive)).size === 2);

function predictionsOf(rows: readonly { readonly score: number; readonly positive: boolean }[]): BinaryPredictions {
  return {
    task: 'binary',
    scores: Float32Array.from(rows, ({ score }) => score),
    truth: Uint8Array.from(rows, ({ positive }) => Number(positive)),
    threshold: 0.5,
  };
}

describe('metrics of two classes', () => {
  test('a row with weight k counts as k rows', () => {
    fc.assert(
      fc.property(binary, (rows) => {
        const predictions = predictionsOf(rows);
        const repeated = Uint32Array.from(rows.flatMap(({ weight }, row) => new Array<number>(weight).fill(row)));
        const weighted = createScorer(predictions, usualMetrics('binary'))(Uint8Array.from(rows, ({ weight }) => weight));
        const spelledOut = scoreOnce(selectRows(predictions, repeated), usualMetrics('binary'));
        if (repeated.length === 0) return;
        usualMetrics('binary').forEach((metric, index) => {
          const expected = spelledOut[metric] ?? NaN;
          if (Number.isNaN(expected)) expect(weighted[index]).toBeNaN();
          else expect(weighted[index], metric).toBeCloseTo(expected, 10);
        });
      }),
    );
  });

  test('ROC AUC is the share of pairs in the right order, and mirrors when scores do', () => {
    fc.assert(
      fc.property(binary, (rows) => {
        const positives = rows.filter(({ positive }) => positive);
        const negatives = rows.filter(({ positive }) => !positive);
        let wins = 0;
        for (const { score } of positives) for (const other of negatives) wins += score > other.score ? 1 : score === other.score ? 0.5 : 0;
        const auc = scoreOnce(predictionsOf(rows), ['roc_auc']).roc_auc;
        expect(auc).toBeCloseTo(wins / (positives.length * negatives.length), 10);
        const mirrored = rows.map((row) => ({ ...row, score: -row.score }));
        expect(scoreOnce(predictionsOf(mirrored), ['roc_auc']).roc_auc).toBeCloseTo(1 - auc!, 10);
      }),
    );
  });

  test('the constant baseline is what scoring every row with the shares would give', () => {
    fc.assert(
      fc.property(binary, (rows) => {
        const { truth } = predictionsOf(rows);
        const share = truth.reduce((sum, each) => sum + each, 0) / truth.length;
        const weights = Uint8Array.from(rows, ({ weight }) => weight);
        const metrics = usualMetrics('binary');
        const constant: BinaryPredictions = {
          task: 'binary',
          truth,
          scores: new Float64Array(truth.length).fill(share),
          threshold: share > 0.5 ? 0 : 1.1,
        };
        const expected = createScorer(constant, metrics)(weights);
        createPriorScorer(
          { truth },
          [1 - share, share],
          metrics,
        )(weights).forEach((value, index) => {
          if (Number.isNaN(expected[index])) expect(value).toBeNaN();
          else expect(value, metrics[index]).toBeCloseTo(expected[index]!, 10);
        });
      }),
    );
  });

  test('are not defined where a class is absent', () => {
    const onlyNegative = scoreOnce(
      predictionsOf([
        { score: 0.2, positive: false },
        { score: 0.7, positive: false },
      ]),
      ['roc_auc', 'log_loss'],
    );
    expect(onlyNegative.roc_auc).toBeNaN();
    expect(onlyNegative.log_loss).toBeGreaterThan(0);
  });
});

describe('ordering by score', () => {
  test('is that of a stable sort, with ties marked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), fc.constantFrom(0, -0, 0.5, -1)), { maxLength: 200 }),
        fc.boolean(),
        (values, narrow) => {
          const scores = narrow ? Float32Array.from(values) : Float64Array.from(values);
          const expected = values.map((_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
          const { rows, startsGroup } = orderByScore(scores);
          expect([...rows]).toEqual(expected);
          startsGroup.forEach((starts, index) => {
            expect(starts === 1).toBe(index === 0 || scores[rows[index]!] !== scores[rows[index - 1]!]);
          });
        },
      ),
    );
  });
});

describe('curves', () => {
  const many = Array.from({ length: 5000 }, (_, row) => ({ score: ((row * 7919) % 5000) / 5000, positive: (row * 31) % 7 < 2 }));
  const { scores, truth } = predictionsOf(many);
  const ranking = rank(scores, truth);

  test('are thinned for display and say how many points there were', () => {
    const { roc, precisionRecall, threshold } = thresholdCurves(stepsOf(ranking, scores, equalWeights(scores.length)));
    expect(roc.points).toBe(5001);
    expect(roc.x.length).toBeLessThanOrEqual(203);
    expect([roc.x[0], roc.y[0], roc.x.at(-1), roc.y.at(-1)]).toEqual([0, 0, 1, 1]);
    expect(precisionRecall.x.at(-1)).toBe(1);
    expect(threshold.thresholds).toEqual(threshold.thresholds.toSorted((a, b) => a - b));
    expect(threshold.flagged[0]).toBe(1);
  });

  test('a perfect ranking keeps its corner when thinned', () => {
    const perfect = many.map((row) => ({ ...row, score: row.positive ? 0.5 + row.score / 2 : row.score / 2 }));
    const predictions = predictionsOf(perfect);
    const { roc } = thresholdCurves(
      stepsOf(rank(predictions.scores, predictions.truth), predictions.scores, equalWeights(predictions.truth.length)),
    );
    expect(Math.min(...roc.x.map((x, index) => Math.hypot(x, 1 - roc.y[index]!)))).toBeLessThan(0.01);
  });

  test('calibration bins hold every row once, in about equal numbers, ties together', () => {
    const { counts, x, y } = calibrationCurve(ranking, scores, { truth, weights: equalWeights(5000) });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
    expect(counts.every((count) => count === 250)).toBe(true);
    expect(x).toEqual(x.toSorted((a, b) => a - b));
    expect(y.reduce((sum, share) => sum + share * 250, 0)).toBeCloseTo(
      truth.reduce((sum, each) => sum + each, 0),
      0,
    );
    const constant = new Float32Array(100).fill(0.3);
    expect(calibrationCurve(orderByScore(constant), constant, { truth: new Uint8Array(100), weights: equalWeights(100) }).counts).toEqual([
      100,
    ]);
  });

  test('the cost at a threshold is that of counting its errors, and the best one is the cheapest', () => {
    const costs = { falsePositive: 1, falseNegative: 5 };
    const costAt = (threshold: number): number =>
      many.reduce(
        (sum, { score, positive }) =>
          sum + (Math.fround(score) >= threshold ? (positive ? 0 : costs.falsePositive) : positive ? costs.falseNegative : 0),
        0,
      ) / many.length;
    const { thresholds, cost, atThreshold, best, points } = costCurve(stepsOf(ranking, scores, equalWeights(5000)), costs, 0.3);
    expect(points).toBe(5001);
    expect(atThreshold).toBeCloseTo(costAt(0.3), 12);
    expect(best.cost).toBeCloseTo(Math.min(...many.map(({ score }) => costAt(Math.fround(score))), costAt(2)), 12);
    expect(costAt(best.threshold)).toBeCloseTo(best.cost, 12);
    for (const index of [0, 50, 100, thresholds.length - 1]) expect(cost[index]).toBeCloseTo(costAt(thresholds[index]! - 1e-6), 3);
  });

  test('actual values spread around what was predicted', () => {
    const predicted = Float64Array.from({ length: 2000 }, (_, row) => row);
    const {
      low,
      median,
      high,
      counts,
      predicted: shown,
    } = predictedActual(
      orderByScore(predicted),
      predicted,
      predicted.map((value) => value * 2),
    );
    expect(counts).toEqual(new Array(20).fill(100));
    expect(shown[0]).toBeCloseTo(49.5, 9);
    expect([low[0], median[0], high[0]]).toEqual([19.8, 99, 178.2]);
  });

  test('residuals are all counted', () => {
    const predicted = Float32Array.from({ length: 1000 }, (_, row) => Math.sin(row) * 3);
    const actual = Float64Array.from({ length: 1000 }, (_, row) => (row === 5 ? 1e9 : Math.cos(row) * 3));
    const { edges, counts, below, above } = residualHistogram(predicted, actual);
    expect(edges).toHaveLength(counts.length + 1);
    expect(counts.reduce((sum, count) => sum + count, 0) + below + above).toBe(1000);
    expect(below).toBeGreaterThanOrEqual(1);
    expect(residualHistogram(Float32Array.of(1, 2), Float64Array.of(1, 2)).counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

test('the most telling metric of a task leads', () => {
  expect(usualMetrics('regression')[0]).toBe('root_mean_squared_error');
  expect(usualMetrics('binary')[0]).toBe('roc_auc');
});

describe('the order alone', () => {
  test('decides ROC AUC and average precision: no rising function and no other order of the rows changes them', () => {
    fc.assert(
      fc.property(binary, fc.integer({ min: 1, max: 100 }), (rows, seed) => {
        const { truth, scores } = predictionsOf(rows.map((row) => ({ ...row, score: Math.round(row.score * 64) / 64 })));
        const predictions: BinaryPredictions = { task: 'binary', truth, scores: Float64Array.from(scores), threshold: 0.5 };
        const metrics = ['roc_auc', 'precision_recall_auc'] as const;
        const expected = scoreOnce(predictions, metrics);
        const stretched = scoreOnce({ ...predictions, scores: predictions.scores.map((score) => Math.exp(3 * score) - 100) }, metrics);
        const order = Uint32Array.from(rows, (_, row) => row).sort((a, b) => ((a * 7919 + seed) % 61) - ((b * 7919 + seed) % 61));
        const shuffled = scoreOnce(selectRows(predictions, order), metrics);
        const turned = scoreOnce({ ...predictions, scores: predictions.scores.map((score) => -score) }, ['roc_auc']);
        for (const metric of metrics) {
          expect(stretched[metric]).toBeCloseTo(expected[metric]!, 12);
          expect(shuffled[metric]).toBeCloseTo(expected[metric]!, 12);
        }
        expect(turned.roc_auc! + expected.roc_auc!).toBeCloseTo(1, 12);
      }),
    );
  });
});

test('metrics keep to their bounds, for two classes and for several', () => {
  const bounds = { unit: [0, 1], signed: [-1, 1], open: [0, Infinity] } as const;
  const rowOf = (classes: number) =>
    fc.record({
      truth: fc.nat(classes - 1),
      scores: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: classes, maxLength: classes }),
    });
  fc.assert(
    fc.property(
      fc
        .integer({ min: 3, max: 5 })
        .chain((classes) => fc.tuple(fc.constant(classes), fc.array(rowOf(classes), { minLength: 1, maxLength: 40 }))),
      ([classes, rows]) => {
        const predictions = {
          task: 'multiclass' as const,
          classes,
          truth: Int32Array.from(rows, ({ truth }) => truth),
          scores: Float64Array.from(rows.flatMap(({ scores }) => scores)),
        };
        const names = metricNames.filter((name) => metricDefinitions[name].tasks.includes('multiclass')) as MetricKey[];
        for (const [metric, value] of Object.entries<number | undefined>(scoreOnce(predictions, names))) {
          if (value === undefined || Number.isNaN(value)) continue;
          const [least, most] = bounds[definitionOf(metric as MetricKey).range];
          expect(value, metric).toBeGreaterThanOrEqual(least - 1e-12);
          expect(value, metric).toBeLessThanOrEqual((metric === 'brier_score' ? classes : most) + 1e-12);
        }
      },
    ),
  );
});

test('the constant baseline of several classes has the averages that scoring every row would give', () => {
  const truth = Int32Array.of(0, 0, 0, 1, 1, 2, 3, 3);
  const shares = [3 / 8, 2 / 8, 1 / 8, 2 / 8];
  const metrics = metricNames.filter((name) => metricDefinitions[name].tasks.includes('multiclass')) as MetricKey[];
  const scores = Float64Array.from(truth.length === 8 ? [...truth].flatMap(() => shares) : []);
  const weights = Float64Array.of(1, 0, 2, 1, 0.5, 1, 3, 1);
  const expected = createScorer({ task: 'multiclass', classes: 4, truth, scores }, metrics)(weights);
  createPriorScorer(
    { truth },
    shares,
    metrics,
  )(weights).forEach((value, index) => {
    expect(value, metrics[index]).toBeCloseTo(expected[index]!, 12);
  });
});
