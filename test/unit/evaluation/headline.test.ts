import { describe, expect, test } from 'vitest';
import { headlineOf, objectionTo, weighed, type Comparison } from '../../../src/engine/evaluation/report/headline.ts';
import type { EvaluationReport, Headline } from '../../../src/protocol/evaluation.ts';
import type { MetricKey } from '../../../src/protocol/tables/metrics.ts';
import { verdictOf } from '../../../src/protocol/verdict.ts';

/** A comparison whose difference is known to a tenth of itself, or not at all. */
function compared(metric: MetricKey, model: number, baseline: number, isCertain = true): Comparison {
  const exact = (value: number): Comparison['model'] => ({ value, low: value, high: value });
  const value = model - baseline;
  const margin = Math.abs(value) * (isCertain ? 0.1 : 2);
  return { metric, model: exact(model), baseline: exact(baseline), difference: { value, low: value - margin, high: value + margin } };
}

describe('a model is', () => {
  test.each<[Headline['outcome'], string, [Comparison, ...Comparison[]]]>([
    ['better', 'where nothing that counts is worse', [compared('roc_auc', 0.7, 0.5), compared('log_loss', 0.5, 0.6)]],
    ['better', 'where what is worse may be chance', [compared('roc_auc', 0.7, 0.5), compared('log_loss', 0.7, 0.6, false)]],
    ['better', 'where what is worse does not matter', [compared('roc_auc', 0.7, 0.5), compared('log_loss', 0.6005, 0.6)]],
    ['mixed', 'where it orders rows well and is wrong about probabilities', [compared('roc_auc', 0.66, 0.5), compared('log_loss', 1, 0.6)]],
    [
      'mixed',
      'where the lead is unclear and others disagree',
      [compared('roc_auc', 0.6, 0.5, false), compared('brier_score', 0.3, 0.2), compared('precision_recall_auc', 0.5, 0.4)],
    ],
    ['worse', 'where only something besides the lead is worse', [compared('roc_auc', 0.6, 0.5, false), compared('log_loss', 1, 0.6)]],
    ['worse', 'where all is worse', [compared('root_mean_squared_error', 3, 2), compared('mean_absolute_error', 2, 1)]],
    ['unclear', 'where nothing is certain', [compared('roc_auc', 0.6, 0.5, false), compared('log_loss', 0.5, 0.6)]],
    ['unclear', 'where a figure is not defined', [compared('roc_auc', NaN, 0.5)]],
  ])('%s %s', (outcome, _where, comparisons) => {
    expect(headlineOf(comparisons, 'the mean').outcome).toBe(outcome);
  });

  test('mixed in words that name what is worse', () => {
    const headline = headlineOf(
      [compared('roc_auc', 0.6587, 0.5), compared('log_loss', 1.0018, 0.6034), compared('brier_score', 0.2902, 0.2065)],
      'always predicting the most frequent class',
    );
    expect(headline.message).toBe(
      'Mixed against always predicting the most frequent class: better in ROC AUC (0.6587 against 0.5000), worse in log loss (1.0018 against 0.6034), Brier score (0.2902 against 0.2065).',
    );
  });
});

test('a verdict weighs the leading metric with those of order and of probabilities, of classes alone the accuracy', () => {
  expect(weighed(['f1_score', 'accuracy_score'])).toEqual(['f1_score', 'accuracy_score']);
  expect(weighed(['f1_score', 'roc_auc', 'log_loss', 'accuracy_score'])).toEqual(['f1_score', 'roc_auc', 'log_loss']);
  expect(weighed(['root_mean_squared_error', 'mean_absolute_percentage_error', 'r2_score'])).toEqual([
    'root_mean_squared_error',
    'r2_score',
  ]);
  expect(weighed(['ndcg_at_10', 'roc_auc'])).toEqual(['ndcg_at_10', 'roc_auc']);
});

const headline = (outcome: Headline['outcome']): Headline => ({ outcome, metric: 'roc_auc', message: `${outcome}.` });

test.each<[Headline['outcome'], 'majority' | 'model', Headline['outcome'] | undefined, string | undefined]>([
  ['better', 'majority', undefined, undefined],
  ['unclear', 'majority', undefined, 'unclear.'],
  ['mixed', 'majority', 'better', 'mixed.'],
  ['better', 'majority', 'unclear', undefined],
  ['better', 'majority', 'worse', 'worse.'],
  ['better', 'majority', 'mixed', 'mixed.'],
  ['unclear', 'majority', 'worse', 'unclear. worse.'],
  ['unclear', 'model', undefined, undefined],
  ['worse', 'model', undefined, 'worse.'],
])('%s than the baseline %s, %s than the champion: the alias stays for %s', (outcome, baselineKind, champion, objection) => {
  expect(objectionTo({ headline: headline(outcome), baselineKind }, champion === undefined ? undefined : headline(champion))).toBe(
    objection,
  );
});

test('the verdict is as good as its worst part', () => {
  const report = (own: Headline['outcome'], its: Headline['outcome']): Parameters<typeof verdictOf>[0] => ({
    headline: headline(own),
    champion: { name: 'm@champion', headline: headline(its), metrics: [] } satisfies EvaluationReport['champion'],
    gates: [],
    leakage: [],
  });
  expect(verdictOf(report('better', 'better'))).toMatchObject({ tone: 'good', sign: '▲', message: 'better. better.' });
  expect(verdictOf(report('better', 'unclear'))).toMatchObject({ tone: 'neutral', sign: '●' });
  expect(verdictOf(report('mixed', 'better'))).toMatchObject({ tone: 'neutral', sign: '◐' });
  expect(verdictOf(report('better', 'worse'))).toMatchObject({ tone: 'bad', sign: '▼' });
});
