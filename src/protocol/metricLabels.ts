/** Metrics in words: in a sentence, and where a person reads rather than writes a project file. */

const labels: Readonly<Record<string, string>> = {
  roc_auc: 'ROC AUC',
  precision_recall_auc: 'average precision',
  log_loss: 'log loss',
  brier_score: 'Brier score',
  f1_score: 'F1',
  precision_score: 'precision',
  recall_score: 'recall',
  accuracy_score: 'accuracy',
  balanced_accuracy_score: 'balanced accuracy',
  matthews_corrcoef: 'Matthews correlation',
  roc_auc_macro: 'macro ROC AUC',
  roc_auc_micro: 'micro ROC AUC',
  precision_recall_auc_macro: 'macro average precision',
  precision_recall_auc_micro: 'micro average precision',
  f1_score_macro: 'macro F1',
  f1_score_micro: 'micro F1',
  precision_score_macro: 'macro precision',
  precision_score_micro: 'micro precision',
  recall_score_macro: 'macro recall',
  recall_score_micro: 'micro recall',
  mean_absolute_error: 'mean absolute error',
  root_mean_squared_error: 'root mean squared error',
  mean_squared_error: 'mean squared error',
  r2_score: 'R²',
  mean_absolute_percentage_error: 'mean absolute percentage error',
};

/** `ROC AUC` for `roc_auc`, `NDCG@10` for `ndcg_at_10`; a metric that is none of ours by its name. */
export function metricLabel(metric: string): string {
  const ranked = /^(ndcg|map)_at_(\w+)$/.exec(metric);
  if (ranked !== null) return `${(ranked[1] ?? '').toUpperCase()}@${ranked[2] ?? ''}`;
  return labels[metric] ?? metric;
}

/** The label as it begins a line. */
export function metricTitle(metric: string): string {
  const label = metricLabel(metric);
  return Object.hasOwn(labels, metric) ? label.charAt(0).toUpperCase() + label.slice(1) : label;
}
