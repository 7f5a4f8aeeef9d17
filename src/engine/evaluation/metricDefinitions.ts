/** Which metrics exist, for which task, and which way is better. Their mathematics is in the files of the tasks. */
import type { Task } from '../../protocol/evaluation.ts';
import { metricNames, type MetricName } from '../project/definitions/stage.ts';

export interface MetricDefinition {
  readonly tasks: readonly Task[];
  readonly higherIsBetter: boolean;
  /** The metric in words, for a sentence. */
  readonly label: string;
}

const classification: readonly Task[] = ['binary', 'multiclass'];
const regression: readonly Task[] = ['regression'];

export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = {
  roc_auc: { tasks: classification, higherIsBetter: true, label: 'ROC AUC' },
  precision_recall_auc: { tasks: classification, higherIsBetter: true, label: 'average precision' },
  log_loss: { tasks: classification, higherIsBetter: false, label: 'log loss' },
  brier_score: { tasks: classification, higherIsBetter: false, label: 'Brier score' },
  f1_score: { tasks: classification, higherIsBetter: true, label: 'F1' },
  precision_score: { tasks: classification, higherIsBetter: true, label: 'precision' },
  recall_score: { tasks: classification, higherIsBetter: true, label: 'recall' },
  accuracy_score: { tasks: classification, higherIsBetter: true, label: 'accuracy' },
  balanced_accuracy_score: { tasks: classification, higherIsBetter: true, label: 'balanced accuracy' },
  matthews_corrcoef: { tasks: classification, higherIsBetter: true, label: 'Matthews correlation' },
  mean_absolute_error: { tasks: regression, higherIsBetter: false, label: 'mean absolute error' },
  root_mean_squared_error: { tasks: regression, higherIsBetter: false, label: 'root mean squared error' },
  mean_squared_error: { tasks: regression, higherIsBetter: false, label: 'mean squared error' },
  r2_score: { tasks: regression, higherIsBetter: true, label: 'R²' },
  mean_absolute_percentage_error: { tasks: regression, higherIsBetter: false, label: 'mean absolute percentage error' },
};

/** The metrics computed where a stage names none, the leading one first. */
export function usualMetrics(task: Task): readonly MetricName[] {
  const usual = metricNames.filter((name) => metricDefinitions[name].tasks.includes(task));
  return task === 'regression' ? ['root_mean_squared_error', ...usual.filter((name) => name !== 'root_mean_squared_error')] : usual;
}
