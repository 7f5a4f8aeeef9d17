import { describe, expect, it } from 'vitest';
import { headlineMetric } from '../../../src/protocol/headlineMetric.ts';
import { metricTable } from '../../../src/protocol/metricTable.ts';
import { changeWords, runTitle } from '../../../src/protocol/words/runTitle.ts';

describe('what a run is called', () => {
  const rate = { name: 'params.learning_rate', before: '0.1', after: '0.05' };
  const rounds = { name: 'params.max_iter', before: '100', after: '300' };
  const data = { name: 'dataset past', before: 'a'.repeat(64), after: 'b'.repeat(64) };
  it.each([
    ['nothing is known', undefined, undefined, 'train'],
    ['nothing was changed', undefined, [], 'train'],
    ['one setting', undefined, [rate], 'train · learning_rate 0.1 → 0.05'],
    ['more than fit', undefined, [rate, rounds, data], 'train · learning_rate 0.1 → 0.05, max_iter 100 → 300 and 1 more'],
    ['a note says more than settings', 'slower', [rate], 'train · “slower”'],
  ])('%s', (_title, note, changes, expected) => {
    expect(runTitle({ name: 'train', note, changes })).toBe(expected);
  });

  it('cuts a note that is a document', () => {
    expect(runTitle({ name: 'train', note: 'x'.repeat(5000), changes: [] }).length).toBeLessThan(80);
  });

  it.each([
    [{ name: 'params.max_depth', before: undefined, after: '6' }, 'max_depth 6 (new)'],
    [{ name: 'params.max_depth', before: '6', after: undefined }, 'max_depth left out (was 6)'],
    [{ name: 'features.numeric', before: '["rain","temp"]', after: '["temp","wind"]' }, 'numeric + wind − rain'],
    [{ name: 'features.numeric', before: '["a","b"]', after: '["b","a"]' }, 'numeric ["a","b"] → ["b","a"]'],
    [data, 'dataset past changed'],
    [{ ...data, before: undefined }, 'dataset past is new'],
    [{ ...data, after: undefined }, 'dataset past is gone'],
  ])('%j', (change, expected) => {
    expect(changeWords(change)).toBe(expected);
  });
});

describe('the metric to show where there is room for one', () => {
  it.each<[string, Readonly<Record<string, number>>, string | undefined, string | undefined]>([
    ['none', {}, undefined, undefined],
    ['a count of rows is none', { rows: 3 }, undefined, undefined],
    [
      'an evaluated figure before what training saw',
      { validation_roc_auc: 0.8, training_roc_auc: 0.9, roc_auc: 0.7 },
      undefined,
      'roc_auc',
    ],
    ['held-out rows before those learned from', { training_log_loss: 0.1, validation_log_loss: 0.2 }, undefined, 'validation_log_loss'],
    ['the first by definition', { log_loss: 0.4, f1_score: 0.6, roc_auc: 0.7 }, undefined, 'roc_auc'],
    ['what the evaluation judged by', { log_loss: 0.4, roc_auc: 0.7 }, 'log_loss', 'log_loss'],
    ['a judge that was not measured is none', { roc_auc: 0.7 }, 'log_loss', 'roc_auc'],
    ['the first by name among unknown ones', { zeta: 1, alpha: 2 }, undefined, 'alpha'],
    ['a name that objects inherit is none of ours', { toString: 3 }, undefined, 'toString'],
  ])('%s', (_title, metrics, judgedBy, expected) => {
    expect(headlineMetric(metrics, judgedBy)?.name).toBe(expected);
  });

  it('keeps the value, also where it is no number', () => {
    expect(headlineMetric({ roc_auc: Number.NaN }, undefined)).toEqual({ name: 'roc_auc', value: Number.NaN });
  });
});

describe('the table of metrics', () => {
  it('has a column for each part of the data, and one for each evaluation', () => {
    const metrics = {
      training_log_loss: 1,
      validation_log_loss: 2,
      validation_log_loss_std: 0.5,
      log_loss: 3,
      later_log_loss: 4,
      lonely: 5,
    };
    expect(metricTable(metrics, ['evaluate', 'later'])).toEqual({
      columns: ['training', 'validation', 'evaluate', 'later'],
      rows: [
        {
          quantity: 'log_loss',
          cells: [
            { value: 1, spread: undefined },
            { value: 2, spread: 0.5 },
            { value: 3, spread: undefined },
            { value: 4, spread: undefined },
          ],
        },
        { quantity: 'lonely', cells: [undefined, undefined, { value: 5, spread: undefined }, undefined] },
      ],
    });
  });

  it('takes the names of other tools', () => {
    expect(metricTable({ train_loss: 1, val_loss: 2, test_loss: 3 }, [])).toMatchObject({
      columns: ['training', 'validation', 'test'],
      rows: [{ quantity: 'loss' }],
    });
  });
});
