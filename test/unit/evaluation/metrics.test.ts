import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BinaryPredictions } from '../../../src/engine/evaluation/predictions.ts';
import { selectRows } from '../../../src/engine/evaluation/predictions.ts';
import { rank } from '../../../src/engine/evaluation/rankMetrics.ts';
import { calibrationCurve, residualHistogram, thresholdCurves } from '../../../src/engine/evaluation/curves.ts';
import { orderByScore } from '../../../src/engine/evaluation/scoreOrder.ts';
import { createPriorScorer, createScorer, scoreOnce } from '../../../src/engine/evaluation/scorer.ts';
import { metricDefinitions, usualMetrics } from '../../../src/engine/evaluation/metricDefinitions.ts';
import { metricNames } from '../../../src/engine/project/definitions/stage.ts';

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
          scores: new Float32Array(truth.length).fill(share),
          threshold: share > 0.5 ? 0 : 1.1,
        };
        const expected = createScorer(constant, metrics)(weights);
        createPriorScorer(
          truth,
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
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 200 }), (values) => {
        const scores = Float32Array.from(values);
        const expected = values.map((_, row) => row).sort((a, b) => scores[a]! - scores[b]! || a - b);
        const finite = values.every(Number.isFinite);
        const { rows, startsGroup } = orderByScore(scores);
        if (finite) expect([...rows]).toEqual(expected);
        startsGroup.forEach((starts, index) => {
          expect(starts === 1).toBe(index === 0 || scores[rows[index]!] !== scores[rows[index - 1]!]);
        });
      }),
    );
  });
});

describe('curves', () => {
  const many = Array.from({ length: 5000 }, (_, row) => ({ score: ((row * 7919) % 5000) / 5000, positive: (row * 31) % 7 < 2 }));
  const { scores, truth } = predictionsOf(many);
  const ranking = rank(scores, truth);

  test('are thinned for display and say how many points there were', () => {
    const { roc, precisionRecall, threshold } = thresholdCurves(ranking, scores);
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
    const { roc } = thresholdCurves(rank(predictions.scores, predictions.truth), predictions.scores);
    expect(Math.min(...roc.x.map((x, index) => Math.hypot(x, 1 - roc.y[index]!)))).toBeLessThan(0.01);
  });

  test('calibration bins hold every row once, in about equal numbers, ties together', () => {
    const { counts, x, y } = calibrationCurve(ranking, scores, truth);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
    expect(counts.every((count) => count === 250)).toBe(true);
    expect(x).toEqual(x.toSorted((a, b) => a - b));
    expect(y.reduce((sum, share) => sum + share * 250, 0)).toBeCloseTo(
      truth.reduce((sum, each) => sum + each, 0),
      0,
    );
    const constant = new Float32Array(100).fill(0.3);
    expect(calibrationCurve(orderByScore(constant), constant, new Uint8Array(100)).counts).toEqual([100]);
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

test('every metric of the project file has a definition and a task', () => {
  expect(Object.keys(metricDefinitions).sort()).toEqual([...metricNames].sort());
  expect(usualMetrics('regression')[0]).toBe('root_mean_squared_error');
  expect(usualMetrics('binary')[0]).toBe('roc_auc');
});
