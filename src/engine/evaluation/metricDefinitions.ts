/** Which metrics exist, for which task, and which way is better. Their mathematics is in the files of the tasks. */
import type { Task } from '../../protocol/evaluation.ts';
import { metricNames, type MetricName } from '../project/definitions/stage.ts';

export interface MetricDefinition {
  readonly tasks: readonly Task[];
  readonly higherIsBetter: boolean;
  /** What of a prediction it reads. */
  readonly needs: Need;
  /** Computed only where a stage names it, or its gate. */
  readonly onlyOnRequest?: true;
  /** Counts in a verdict even where it is not the leading metric: a model that loses in it is not simply better. */
  readonly weighs?: true;
}

/**
 * `probability`: one from 0 to 1. `order`: any score that rises with the probability. `decision`: a class, or a score
 * with a threshold. `value`: the number of a regression. `group`: an order within groups.
 */
export type Need = 'probability' | 'order' | 'decision' | 'value' | 'group';

const classification = ['binary', 'multiclass'] as const;
const multiclass = ['multiclass'] as const;

const ordering = { tasks: classification, higherIsBetter: true, needs: 'order' } as const;
const loss = { tasks: classification, higherIsBetter: false, needs: 'probability' } as const;
const decision = { tasks: classification, higherIsBetter: true, needs: 'decision' } as const;
const error = { tasks: ['regression'], higherIsBetter: false, needs: 'value' } as const;
const ranking = { tasks: ['binary', 'regression'], higherIsBetter: true, needs: 'group', onlyOnRequest: true } as const;

const definitions = {
  roc_auc: { ...ordering, weighs: true },
  precision_recall_auc: { ...ordering, weighs: true },
  log_loss: { ...loss, weighs: true },
  brier_score: { ...loss, weighs: true },
  f1_score: { ...decision },
  precision_score: { ...decision },
  recall_score: { ...decision },
  accuracy_score: { ...decision },
  balanced_accuracy_score: { ...decision },
  matthews_corrcoef: { ...decision },
  roc_auc_macro: { ...ordering, tasks: multiclass, onlyOnRequest: true },
  roc_auc_micro: { ...ordering, tasks: multiclass, onlyOnRequest: true },
  precision_recall_auc_macro: { ...ordering, tasks: multiclass, onlyOnRequest: true },
  precision_recall_auc_micro: { ...ordering, tasks: multiclass, onlyOnRequest: true },
  f1_score_macro: { ...decision, onlyOnRequest: true },
  f1_score_micro: { ...decision, onlyOnRequest: true },
  precision_score_macro: { ...decision, onlyOnRequest: true },
  precision_score_micro: { ...decision, onlyOnRequest: true },
  recall_score_macro: { ...decision, onlyOnRequest: true },
  recall_score_micro: { ...decision, onlyOnRequest: true },
  mean_absolute_error: { ...error, weighs: true },
  root_mean_squared_error: { ...error, weighs: true },
  mean_squared_error: { ...error },
  r2_score: { ...error, weighs: true, higherIsBetter: true },
  mean_absolute_percentage_error: { ...error },
  ndcg_at_k: { ...ranking },
  map_at_k: { ...ranking },
} as const satisfies Readonly<Record<MetricName, MetricDefinition>>;

export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = definitions;

type WithNeed<N extends Need> = { [K in MetricName]: (typeof definitions)[K]['needs'] extends N ? K : never }[MetricName];
/** Metrics that are computed from predicted numbers, and those from classes or their scores: each must have its formula. */
export type RegressionMetric = WithNeed<'value'>;
export type ClassMetric = WithNeed<'order' | 'probability' | 'decision'>;

/** Metrics of the first k rows of each group, by the name they have once k is known: `ndcg_at_10`. */
export type RankingKey = `ndcg_at_${number}` | `map_at_${number}`;
/** A metric as it is measured and logged. */
export type MetricKey = Exclude<MetricName, 'ndcg_at_k' | 'map_at_k'> | RankingKey;

/** Each metric of the first k rows of a group becomes one metric per k. */
export function metricKeys(names: readonly MetricName[], ks: readonly number[]): readonly MetricKey[] {
  return names.flatMap((name): MetricKey | MetricKey[] => {
    if (name === 'ndcg_at_k') return ks.map((k): RankingKey => `ndcg_at_${k}`);
    if (name === 'map_at_k') return ks.map((k): RankingKey => `map_at_${k}`);
    return name;
  });
}

/** A metric taken apart: its name in the project file, and its k. */
export function parseMetric(key: MetricKey): { readonly name: MetricName; readonly k: number | undefined } {
  const found = /^(ndcg|map)_at_(\d+)$/.exec(key);
  if (found === null) return { name: key as MetricName, k: undefined };
  return { name: found[1] === 'ndcg' ? 'ndcg_at_k' : 'map_at_k', k: Number(found[2]) };
}

export function definitionOf(key: MetricKey): MetricDefinition {
  return metricDefinitions[parseMetric(key).name];
}

/** A metric that every model of a task has, whatever its rows. */
export type UsualMetric = Exclude<MetricName, 'ndcg_at_k' | 'map_at_k'>;

/** The metrics computed where a stage names none, the leading one first. */
export function usualMetrics(task: Task): readonly UsualMetric[] {
  return metricNames.filter(
    (name): name is UsualMetric => metricDefinitions[name].tasks.includes(task) && metricDefinitions[name].onlyOnRequest !== true,
  );
}
