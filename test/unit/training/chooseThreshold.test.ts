/** The threshold of a model: what it maximises is compared with trying every one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreOnce } from '../../../src/engine/evaluation/metrics/measuresOf.ts';
import { chooseThreshold } from '../../../src/engine/training/fit/chooseThreshold.ts';
import { thresholdMetrics } from '../../../src/protocol/tables/metrics.ts';

const heldOut = { probabilities: [0.1, 0.4, 0.35, 0.8, 0.65, 0.2], labels: [0, 0, 1, 1, 1, 0] };

function f1At(threshold: number, data: { probabilities: readonly number[]; labels: readonly number[] }): number {
  let [tp, fp, fn] = [0, 0, 0];
  data.probabilities.forEach((p, i) => {
    const isPositive = data.labels[i] === 1;
    if (p >= threshold && isPositive) tp++;
    else if (p >= threshold) fp++;
    else if (isPositive) fn++;
  });
  return tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn);
}

describe('chooseThreshold', () => {
  it('is a half unless said otherwise', () => {
    expect(chooseThreshold(undefined, heldOut)).toBe(0.5);
    expect(chooseThreshold(0.25, heldOut)).toBe(0.25);
  });

  it('lies midway between two scores', () => {
    expect(chooseThreshold({ maximize: 'f1_score' }, heldOut)).toBeCloseTo(0.275, 6);
    expect(chooseThreshold({ maximize: 'accuracy_score' }, heldOut)).toBeCloseTo(0.525, 6);
  });

  it('weighs the costs of the two errors', () => {
    expect(chooseThreshold({ cost: { false_positive: 100, false_negative: 1 } }, heldOut)).toBeCloseTo(0.525, 6);
    expect(chooseThreshold({ cost: { false_positive: 1, false_negative: 100 } }, heldOut)).toBeCloseTo(0.275, 6);
  });

  it('parts scores that are neighbours in float32', () => {
    const smallest = Math.fround(2 ** -149);
    const data = { probabilities: [smallest, 0], labels: [1, 0] };
    expect(f1At(chooseThreshold({ maximize: 'f1_score' }, data), data)).toBe(1);
  });

  const row = fc.record({ p: fc.float({ min: 0, max: 1, noNaN: true }), label: fc.constantFrom(0, 1) });

  // At every threshold a row of probability 1 counts as positive: no threshold lies above 1.
  it.each(thresholdMetrics)('finds the best %s that evaluation measures at any threshold up to 1', (metric) => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const scores = Float32Array.from(rows, ({ p }) => p);
        const labels = Uint8Array.from(rows, ({ label }) => label);
        const at = (threshold: number): number => scoreOnce({ task: 'binary', truth: labels, scores, threshold }, [metric])[metric] ?? NaN;
        const found = chooseThreshold({ maximize: metric }, { probabilities: scores, labels });
        const all = [...scores, 1].map(at).filter((figure) => !Number.isNaN(figure));
        if (all.length === 0) expect(found).toBe(0.5);
        else expect(at(found)).toBeGreaterThanOrEqual(Math.max(...all) - 1e-12);
      }),
      {
        examples: [
          [
            [
              { p: 1, label: 0 },
              { p: 0.25, label: 0 },
            ],
          ],
        ],
      },
    );
  });

  it('finds the best F1 there is', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const data = { probabilities: rows.map(({ p }) => p), labels: rows.map(({ label }) => label) };
        const best = Math.max(...data.probabilities.map((p) => f1At(p, data)), 0);
        expect(f1At(chooseThreshold({ maximize: 'f1_score' }, data), data)).toBeGreaterThanOrEqual(best - 1e-12);
      }),
    );
  });
});
