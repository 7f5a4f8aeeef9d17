import { expect, it } from 'vitest';
import {
  findMetric,
  metricDefinitions,
  metricKeys,
  metricLabel,
  metricNames,
  metricTitle,
  parseMetric,
  thresholdMetrics,
} from '../../../src/protocol/tables/metrics.ts';

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

it('takes apart the names of measured metrics, and finds what is known of them', () => {
  const keys = metricKeys(['roc_auc', 'ndcg_at_k', 'map_at_k'], [5, 10]);
  expect(keys).toEqual(['roc_auc', 'ndcg_at_5', 'ndcg_at_10', 'map_at_5', 'map_at_10']);
  expect(keys.map(parseMetric)).toEqual([
    { name: 'roc_auc' },
    { name: 'ndcg_at_k', k: 5 },
    { name: 'ndcg_at_k', k: 10 },
    { name: 'map_at_k', k: 5 },
    { name: 'map_at_k', k: 10 },
  ]);
  expect(findMetric('map_at_5')).toBe(metricDefinitions.map_at_k);
  expect(['toString', 'my_metric', 'hits_at_5'].map(findMetric)).toEqual([undefined, undefined, undefined]);
});

it('calls no two metrics by the same word, and none by the name of another', () => {
  const synonyms = metricNames.flatMap((name) => metricDefinitions[name].synonyms ?? []);
  expect(synonyms.length).toBeGreaterThan(20);
  expect(new Set([...synonyms, ...metricNames]).size).toBe(synonyms.length + metricNames.length);
});

it('chooses thresholds by decisions alone, by F1 first', () => {
  expect(thresholdMetrics[0]).toBe('f1_score');
  for (const name of thresholdMetrics) expect(metricDefinitions[name]).toMatchObject({ needs: 'decision', higherIsBetter: true });
});
