/** Figures over several fits, and the threshold of all their held-out rows together. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Predictions } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { chooseThreshold } from '../../../src/engine/training/fit/chooseThreshold.ts';
import { measureDecisions, measureScores, spreadOf, thresholdOf } from '../../../src/engine/training/fit/heldOut.ts';

const part = (scores: readonly number[], truth: readonly number[]): Predictions => ({
  task: 'binary',
  scores: Float32Array.from(scores),
  truth: Uint8Array.from(truth),
  threshold: 0.5,
});

it('gives mean and sample standard deviation', () => {
  const { figures, incomplete } = spreadOf([
    { a: 1, b: 5 },
    { a: 2, b: 5 },
    { a: 6, b: 5 },
  ]);
  expect(figures.a).toBe(3);
  expect(figures.a_std).toBeCloseTo(Math.sqrt(7), 12); // (4 + 1 + 9) / 2
  expect([figures.b, figures.b_std, incomplete]).toEqual([5, 0, []]);
});

it('gives no mean of a metric that some fit does not have, and names it', () => {
  expect(spreadOf([{ a: 1, b: 1 }, { a: 2 }])).toEqual({ figures: { a: 1.5, a_std: Math.SQRT1_2 }, incomplete: ['b'] });
});

it('chooses the threshold of all parts together', () => {
  const scored = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.array(scored, { minLength: 1, maxLength: 4 }), (parts) => {
      const all = parts.flat();
      const together = { probabilities: Float32Array.from(all, ([score]) => score), labels: Uint8Array.from(all, ([, label]) => label) };
      const spec = { maximize: 'f1_score' } as const;
      const given = parts.map((rows) =>
        part(
          rows.map(([score]) => score),
          rows.map(([, label]) => label),
        ),
      );
      expect(thresholdOf(spec, given)).toBe(chooseThreshold(spec, together));
    }),
  );
  expect(thresholdOf(0.3, [part([0.1], [0])])).toBe(Math.fround(0.3));
  expect(thresholdOf(undefined, [{ task: 'regression', truth: Float64Array.of(1), scores: Float32Array.of(1) }])).toBeUndefined();
});

it('measures what depends on the threshold apart from what does not', () => {
  const predictions = part([0.9, 0.6, 0.4, 0.1], [1, 0, 1, 0]);
  expect(measureScores(predictions)).toMatchObject({ validation_roc_auc: 0.75 });
  expect(Object.keys(measureScores(predictions)).sort()).toEqual(
    ['brier_score', 'log_loss', 'precision_recall_auc', 'roc_auc'].map((name) => `validation_${name}`),
  );
  expect(measureDecisions(predictions, 0.3)).toMatchObject({ validation_recall_score: 1, validation_accuracy_score: 0.75 });
  expect(measureDecisions(predictions, 0.7)).toMatchObject({ validation_recall_score: 0.5, validation_precision_score: 1 });
});

it('leaves out what rows of one class cannot tell', () => {
  expect(Object.keys(measureScores(part([0.2, 0.8], [1, 1])))).not.toContain('validation_roc_auc');
});
