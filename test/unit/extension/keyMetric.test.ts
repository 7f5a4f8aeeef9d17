import { describe, expect, it } from 'vitest';
import { keyMetric } from '../../../src/extension/keyMetric.ts';

describe('the metric to show where there is room for one', () => {
  it.each<[string, Readonly<Record<string, number>>, string | undefined]>([
    ['none', {}, undefined],
    ['an evaluated figure before what training saw', { validation_roc_auc: 0.8, training_roc_auc: 0.9, roc_auc: 0.7 }, 'roc_auc'],
    ['held-out rows before those learned from', { training_log_loss: 0.1, validation_log_loss: 0.2 }, 'validation_log_loss'],
    ['the best-known figure', { log_loss: 0.4, f1_score: 0.6, roc_auc: 0.7 }, 'roc_auc'],
    ['the first by name among unknown ones', { zeta: 1, alpha: 2 }, 'alpha'],
    ['a name that objects inherit is none', { toString: 3 }, 'toString'],
  ])('%s', (_title, metrics, expected) => {
    expect(keyMetric(metrics)?.name).toBe(expected);
  });

  it('keeps the value, also where it is no number', () => {
    expect(keyMetric({ roc_auc: Number.NaN })).toEqual({ name: 'roc_auc', value: Number.NaN });
  });
});
