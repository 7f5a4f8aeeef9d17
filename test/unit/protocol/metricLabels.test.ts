import { expect, it } from 'vitest';
import { metricNames } from '../../../src/engine/project/definitions/stage.ts';
import { metricLabel, metricTitle } from '../../../src/protocol/metricLabels.ts';

it('has words for every metric of the project file, and the name of any other', () => {
  for (const name of metricNames) expect(metricLabel(name)).not.toBe(name);
  expect(['roc_auc', 'log_loss', 'ndcg_at_10', 'ndcg_at_k', 'map_at_5', 'my_metric'].map(metricTitle)).toEqual([
    'ROC AUC',
    'Log loss',
    'NDCG@10',
    'NDCG@k',
    'MAP@5',
    'my_metric',
  ]);
});
