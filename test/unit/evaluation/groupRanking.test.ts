import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averagePrecisionAt, ndcgAt, rankGroups } from '../../../src/engine/evaluation/metrics/groupRanking.ts';
import { selectRows } from '../../../src/engine/evaluation/metrics/predictions.ts';
import { createPriorScorer, scoreOnce } from '../../../src/engine/evaluation/metrics/measuresOf.ts';

const one = (rows: number) => ({ codes: new Uint32Array(rows), count: 1 });

/** Every order of some things. */
function* orders<T>(things: readonly T[]): Generator<readonly T[]> {
  if (things.length <= 1) yield things;
  for (const [index, first] of things.entries()) for (const rest of orders(things.toSpliced(index, 1))) yield [first, ...rest];
}

/** The mean over all orders of the rows that keep higher scores in front. */
function meanOverOrders(relevance: readonly number[], scores: readonly number[], figure: (ranked: readonly number[]) => number): number {
  const rows = relevance.map((grade, row) => ({ grade, score: scores[row]! }));
  const valid = [...orders(rows)].filter((order) => order.every(({ score }, index) => index === 0 || score <= order[index - 1]!.score));
  return valid.reduce((sum, order) => sum + figure(order.map(({ grade }) => grade)), 0) / valid.length;
}

const list = fc.array(fc.record({ grade: fc.nat(3), score: fc.nat(2) }), { minLength: 1, maxLength: 6 });

describe('rows of equal score count as the mean over all their orders', () => {
  test('in NDCG', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 7 }), (rows, k) => {
        const [relevance, scores] = [rows.map(({ grade }) => grade), rows.map(({ score }) => score)];
        const gain = (ranked: readonly number[]): number =>
          ranked.slice(0, k).reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0);
        const ideal = gain(relevance.toSorted((a, b) => b - a));
        const [found] = ndcgAt(k, rankGroups(relevance, Float64Array.from(scores), one(rows.length)));
        expect(found).toBeCloseTo(ideal === 0 ? 0 : meanOverOrders(relevance, scores, gain) / ideal, 10);
      }),
    );
  });

  test('in average precision', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 7 }), (rows, k) => {
        const [relevance, scores] = [rows.map(({ grade }) => Number(grade > 1)), rows.map(({ score }) => score)];
        const relevant = relevance.reduce((sum, each) => sum + each, 0);
        const precisionSum = (ranked: readonly number[]): number => {
          let hits = 0;
          return ranked.slice(0, k).reduce((sum, grade, rank) => (grade > 0 ? sum + ++hits / (rank + 1) : sum), 0);
        };
        const [found] = averagePrecisionAt(k, rankGroups(relevance, Float64Array.from(scores), one(rows.length)));
        expect(found).toBeCloseTo(relevant === 0 ? 0 : meanOverOrders(relevance, scores, precisionSum) / relevant, 10);
      }),
    );
  });
});

test('the example of trec_eval and ranx: two of three relevant rows among the first three', () => {
  const ranked = rankGroups([1, 0, 1, 0, 1], Float64Array.of(5, 4, 3, 2, 1), one(5));
  expect(averagePrecisionAt(3, ranked)[0]).toBeCloseTo((1 + 2 / 3) / 3, 12);
  expect(averagePrecisionAt(5, ranked)[0]).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 12);
});

describe('several groups', () => {
  // Interleaved rows of three groups; the last has nothing relevant.
  const predictions = {
    task: 'binary' as const,
    truth: Uint8Array.of(1, 0, 0, 0, 1, 0),
    scores: Float64Array.of(0.9, 0.8, 0.1, 0.7, 0.2, 0.5),
    threshold: 0.5,
    groups: { codes: Uint32Array.of(0, 1, 2, 0, 1, 2), count: 3 },
  };

  test('count alike, and one without a relevant row counts as 0', () => {
    const second = 1 / Math.log2(3);
    expect(scoreOnce(predictions, ['ndcg_at_5']).ndcg_at_5).toBeCloseTo((1 + second + 0) / 3, 12);
    expect(scoreOnce(predictions, ['map_at_1']).map_at_1).toBeCloseTo((1 + 0 + 0) / 3, 12);
    expect(scoreOnce({ ...predictions, groups: undefined }, ['map_at_1']).map_at_1).toBeNaN();
  });

  test('stay what they are when other rows are left out', () => {
    const selected = selectRows(predictions, Uint32Array.of(4, 1, 5, 2));
    expect(selected.groups?.count).toBe(2);
    expect(scoreOnce(selected, ['ndcg_at_5']).ndcg_at_5).toBeCloseTo(1 / Math.log2(3) / 2, 12);
  });

  test('are ranked by chance where every row has the same score', () => {
    const prior = createPriorScorer(predictions, [2 / 3, 1 / 3], ['ndcg_at_5'])(new Uint8Array(6).fill(1));
    const byChance = (1 + 1 / Math.log2(3)) / 2;
    expect(prior[0]).toBeCloseTo((2 * byChance) / 3, 12);
  });
});
