/**
 * Every metric, stated once: what it is called, for which task it is, which way is better, what it needs and when it is measured.
 * Its mathematics is in `engine/evaluation`, in tables that do not compile without a formula for each.
 */
import type { Task } from '../evaluation.ts';

export interface MetricDefinition {
  /** In a sentence. */
  readonly label: string;
  readonly tasks: readonly Task[];
  readonly higherIsBetter: boolean;
  /** What of a prediction it reads. */
  readonly needs: Need;
  /** Where it lies by nature: from 0 to 1, from below 0 to 1, or from 0 without end. */
  readonly range: 'unit' | 'signed' | 'open';
  /** Computed only where a stage names it, or its gate. */
  readonly onlyOnRequest?: true;
  /**
   * Counts in a verdict even where it is not the leading metric: a model that loses in it is not simply better. One that counts
   * `withoutScores` does so where no metric of scores was measured.
   */
  readonly weighs?: 'always' | 'withoutScores';
  /** A threshold can be chosen by it. */
  readonly choosesThreshold?: true;
  /** What other tools call it. */
  readonly synonyms?: readonly string[];
}

/**
 * `probability`: one from 0 to 1. `order`: any score that rises with the probability. `decision`: a class, or a score
 * with a threshold. `value`: the number of a regression. `group`: an order within groups.
 */
export type Need = 'probability' | 'order' | 'decision' | 'value' | 'group';

const classification = ['binary', 'multiclass'] as const;

const ordering = { tasks: classification, higherIsBetter: true, needs: 'order', range: 'unit' } as const;
const averagedOrder = { ...ordering, tasks: ['multiclass'], onlyOnRequest: true } as const;
const probability = { tasks: classification, higherIsBetter: false, needs: 'probability', weighs: 'always' } as const;
const decision = { tasks: classification, higherIsBetter: true, needs: 'decision', range: 'unit' } as const;
const averagedDecision = { ...decision, onlyOnRequest: true } as const;
const error = { tasks: ['regression'], higherIsBetter: false, needs: 'value', range: 'open' } as const;
const ranking = { tasks: ['binary', 'regression'], higherIsBetter: true, needs: 'group', range: 'unit', onlyOnRequest: true } as const;

/** By MLflow's names, the most telling of a task first. `…_at_k` becomes one metric for each k. */
const definitions = {
  roc_auc: { ...ordering, label: 'ROC AUC', weighs: 'always', synonyms: ['auc', 'auroc', 'rocauc', 'roc_auc_score'] },
  precision_recall_auc: { ...ordering, label: 'average precision', weighs: 'always', synonyms: ['pr_auc', 'auprc', 'aucpr'] },
  log_loss: { ...probability, label: 'log loss', range: 'open', synonyms: ['logloss', 'binary_logloss', 'cross_entropy'] },
  brier_score: { ...probability, label: 'Brier score', range: 'unit', synonyms: ['brier', 'brier_score_loss'] },
  f1_score: { ...decision, label: 'F1', choosesThreshold: true, synonyms: ['f1'] },
  precision_score: { ...decision, label: 'precision', synonyms: ['precision'] },
  recall_score: { ...decision, label: 'recall', synonyms: ['recall', 'sensitivity'] },
  accuracy_score: {
    ...decision,
    label: 'accuracy',
    weighs: 'withoutScores',
    choosesThreshold: true,
    synonyms: ['accuracy', 'acc'],
  },
  balanced_accuracy_score: { ...decision, label: 'balanced accuracy', choosesThreshold: true, synonyms: ['balanced_accuracy'] },
  matthews_corrcoef: { ...decision, label: 'Matthews correlation', range: 'signed', choosesThreshold: true, synonyms: ['mcc'] },
  roc_auc_macro: { ...averagedOrder, label: 'macro ROC AUC' },
  roc_auc_micro: { ...averagedOrder, label: 'micro ROC AUC' },
  precision_recall_auc_macro: { ...averagedOrder, label: 'macro average precision' },
  precision_recall_auc_micro: { ...averagedOrder, label: 'micro average precision' },
  f1_score_macro: { ...averagedDecision, label: 'macro F1' },
  f1_score_micro: { ...averagedDecision, label: 'micro F1' },
  precision_score_macro: { ...averagedDecision, label: 'macro precision' },
  precision_score_micro: { ...averagedDecision, label: 'micro precision' },
  recall_score_macro: { ...averagedDecision, label: 'macro recall' },
  recall_score_micro: { ...averagedDecision, label: 'micro recall' },
  root_mean_squared_error: { ...error, label: 'root mean squared error', weighs: 'always', synonyms: ['rmse'] },
  mean_absolute_error: { ...error, label: 'mean absolute error', weighs: 'always', synonyms: ['mae'] },
  mean_squared_error: { ...error, label: 'mean squared error', synonyms: ['mse'] },
  r2_score: { ...error, label: 'R²', higherIsBetter: true, range: 'signed', weighs: 'always', synonyms: ['r2'] },
  mean_absolute_percentage_error: { ...error, label: 'mean absolute percentage error', synonyms: ['mape'] },
  ndcg_at_k: { ...ranking, label: 'NDCG@k' },
  map_at_k: { ...ranking, label: 'MAP@k' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** A metric as the project file names it. */
export type MetricName = keyof typeof definitions;
export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = definitions;
export const metricNames = Object.keys(definitions) as readonly MetricName[];

type Where<D> = { [K in MetricName]: (typeof definitions)[K] extends D ? K : never }[MetricName];
/** Metrics by what their formulas are given. */
export type RegressionMetric = Where<{ needs: 'value' }>;
export type ScoreMetric = Where<{ needs: 'order' | 'probability' }>;
export type DecisionMetric = Where<{ needs: 'decision' }>;
export type RankingMetric = Where<{ needs: 'group' }>;
export type ThresholdMetric = Where<{ choosesThreshold: true }>;
/** A metric that every model of a task has, whatever its rows. */
export type UsualMetric = Exclude<MetricName, RankingMetric>;

/** Metrics that a threshold can be chosen by, the usual one first. */
export const thresholdMetrics: readonly ThresholdMetric[] = metricNames.filter(
  (name): name is ThresholdMetric => metricDefinitions[name].choosesThreshold === true,
);

/** How many of the highest scores of a group are looked at, where nothing says it. */
export const defaultK = 10;

/** Metrics of the first k rows of each group, by the name they have once k is known: `ndcg_at_10`. */
export type RankingKey = RankingMetric extends infer N ? (N extends `${infer Stem}_at_k` ? `${Stem}_at_${number}` : never) : never;
/** A metric as it is measured and logged. */
export type MetricKey = UsualMetric | RankingKey;

export function isRanking(name: MetricName): name is RankingMetric {
  return metricDefinitions[name].needs === 'group';
}

/** Each metric of the first k rows of a group becomes one metric per k. */
export function metricKeys(names: readonly MetricName[], ks: readonly number[]): readonly MetricKey[] {
  return names.flatMap((name) => (isRanking(name) ? ks.map((k) => name.replace(/k$/, String(k)) as RankingKey) : name));
}

/** A metric taken apart: its name in the project file, and its k. */
export function parseMetric(key: MetricKey): { readonly name: UsualMetric } | { readonly name: RankingMetric; readonly k: number } {
  const [, stem, k] = /^(.*_at_)(\d+)$/.exec(key) ?? [];
  return k === undefined ? { name: key as UsualMetric } : { name: `${stem}k` as RankingMetric, k: Number(k) };
}

/** The k of a metric of the first rows of a group; undefined for all others. */
export function kOf(key: MetricKey): number | undefined {
  const parsed = parseMetric(key);
  return 'k' in parsed ? parsed.k : undefined;
}

export function definitionOf(key: MetricKey): MetricDefinition {
  return metricDefinitions[parseMetric(key).name];
}

/** The metrics computed where a stage names none, the leading one first. */
export function usualMetrics(task: Task): readonly UsualMetric[] {
  return metricNames.filter(
    (name): name is UsualMetric => metricDefinitions[name].tasks.includes(task) && metricDefinitions[name].onlyOnRequest !== true,
  );
}

/** What is known of a metric of any name; undefined where it is none of ours. `ndcg_at_k` and `ndcg_at_10` are. */
export function findMetric(metric: string): MetricDefinition | undefined {
  const name = metric.replace(/_at_\d+$/, '_at_k');
  return Object.hasOwn(metricDefinitions, name) ? metricDefinitions[name as MetricName] : undefined;
}

/** `ROC AUC` for `roc_auc`, `NDCG@10` for `ndcg_at_10`; a metric that is none of ours by its name. */
export function metricLabel(metric: string): string {
  const [, k = 'k'] = /_at_(\d+)$/.exec(metric) ?? [];
  return findMetric(metric)?.label.replace(/@k$/, `@${k}`) ?? metric;
}

/** The label as it begins a line. */
export function metricTitle(metric: string): string {
  const label = metricLabel(metric);
  return findMetric(metric) === undefined ? label : label.charAt(0).toUpperCase() + label.slice(1);
}
