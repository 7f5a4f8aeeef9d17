/** Which of a run's metrics to show where there is room for one. */

/** Evaluated figures first, then what training saw on held-out rows. */
const preference = [
  'roc_auc',
  'f1_score',
  'accuracy_score',
  'precision_recall_auc',
  'root_mean_squared_error',
  'r2_score',
  'mean_absolute_error',
  'log_loss',
];

/** The metric a reader looks for first; the first by name where none is well known; undefined where there is none. */
export function keyMetric(metrics: Readonly<Record<string, number>>): { readonly name: string; readonly value: number } | undefined {
  const names = Object.keys(metrics).sort();
  const candidates = [...preference, ...preference.map((name) => `validation_${name}`), ...preference.map((name) => `training_${name}`)];
  const name = candidates.find((candidate) => Object.hasOwn(metrics, candidate)) ?? names[0];
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? undefined : { name, value };
}
