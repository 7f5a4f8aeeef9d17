import { expect, test } from 'vitest';
import { tooGoodNotes } from '../../../src/engine/evaluation/report/tooGood.ts';

const importance = [
  { feature: 'week', share: 0.925 },
  { feature: 'age', share: 0.05 },
];

test.each([
  ['a ROC AUC of 1', { roc_auc: 1 }, 86, /^roc_auc is 1\.0000: too good .* "week" \(92\.5 %\)\.$/],
  ['an R² of 0.9997', { r2_score: 0.9997, root_mean_squared_error: 1 }, 200, /^r2_score is 0\.9997/],
  ['of several classes', { roc_auc_macro: 0.9995 }, 200, /^roc_auc_macro/],
])('asks about %s', (_name, metrics, rows, message) => {
  expect(tooGoodNotes({ metrics, rows, importance })).toEqual([expect.stringMatching(message) as string]);
});

test.each([
  ['an honest score', { roc_auc: 0.99, log_loss: 0.02 }, 200],
  ['few rows', { roc_auc: 1 }, 19],
  ['a metric that cannot be had', { roc_auc: NaN }, 200],
])('says nothing of %s', (_name, metrics, rows) => {
  expect(tooGoodNotes({ metrics, rows, importance })).toEqual([]);
});
