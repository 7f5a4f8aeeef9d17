/**
 * Metrics and curves against scikit-learn 1.9.1, also with whole-number row weights (a bootstrap replicate is nothing else).
 * `test/support/python/golden_metrics.py` writes `scikitLearn.golden.json`.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { confusionCells, confusionOf } from '../../../src/engine/evaluation/metrics/confusionMetrics.ts';
import { stepsOf, thresholdCurves } from '../../../src/engine/evaluation/report/curves.ts';
import type { Predictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { rank } from '../../../src/engine/evaluation/metrics/rankMetrics.ts';
import { equalWeights } from '../../../src/engine/evaluation/metrics/rowWeights.ts';
import { createScorer } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { usualMetrics, type UsualMetric } from '../../../src/protocol/tables/metrics.ts';

const measured = [...usualMetrics('binary'), ...usualMetrics('regression')];

interface GoldenCase {
  readonly name: string;
  readonly task: 'binary' | 'multiclass' | 'regression';
  readonly truth: readonly number[];
  readonly scores: readonly number[];
  readonly threshold?: number;
  readonly classes?: number;
  readonly expected: readonly {
    readonly weights: readonly number[];
    readonly metrics: Readonly<Partial<Record<UsualMetric, number | null>>>;
  }[];
  readonly confusion?: readonly (readonly number[])[];
  readonly roc?: { readonly x: readonly number[]; readonly y: readonly number[] };
  readonly precisionRecall?: { readonly x: readonly number[]; readonly y: readonly number[]; readonly thresholds: readonly number[] };
}

const golden = JSON.parse(readFileSync(new URL('scikitLearn.golden.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly GoldenCase[];
};

function predictionsOf(golden: GoldenCase): Predictions {
  const scores = Float32Array.from(golden.scores);
  switch (golden.task) {
    case 'binary':
      return { task: 'binary', truth: Uint8Array.from(golden.truth), scores, threshold: golden.threshold ?? 0.5 };
    case 'multiclass':
      return { task: 'multiclass', truth: Int32Array.from(golden.truth), scores, classes: golden.classes ?? 0 };
    case 'regression':
      return { task: 'regression', truth: Float64Array.from(golden.truth), scores };
  }
}

describe.each(golden.cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
  const predictions = predictionsOf(each);

  test.each(each.expected.map((expected, index) => [index === 0 ? 'every row once' : 'weighted rows', expected] as const))(
    'equals scikit-learn to 1e-9: %s',
    (_weights, { weights, metrics }) => {
      const values = createScorer(predictions, measured)(Float64Array.from(weights));
      for (const [index, metric] of measured.entries()) {
        const expected = metrics[metric];
        if (expected === null) continue; // scikit-learn has no weighted form of it, or it is not defined
        if (expected === undefined) expect(values[index], metric).toBeNaN();
        else expect(Math.abs((values[index] ?? NaN) - expected), metric).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
      }
    },
  );

  test('counts the same confusion table, where there are classes', () => {
    if (predictions.task === 'regression') return;
    const classes = each.confusion?.length ?? 0;
    const { counts } = confusionOf(confusionCells(predictions), classes, new Uint8Array(each.truth.length).fill(1));
    expect([...counts]).toEqual(each.confusion?.flat());
  });

  test('draws the same curves, where there are two classes', () => {
    if (predictions.task !== 'binary') return;
    const { roc, precisionRecall, threshold } = thresholdCurves(
      stepsOf(rank(predictions.scores, predictions.truth), predictions.scores, equalWeights(predictions.truth.length)),
    );
    if (roc.points > 201) return; // thinned: covered by its own test
    expectClose(roc.x, each.roc?.x ?? []);
    expectClose(roc.y, each.roc?.y ?? []);
    expectClose(precisionRecall.x, each.precisionRecall?.x ?? []);
    expectClose(precisionRecall.y, each.precisionRecall?.y ?? []);
    expectClose(threshold.thresholds, (each.precisionRecall?.thresholds ?? []).toReversed());
  });
});

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] ?? NaN, 5);
  });
}
