/** Names that other tools use for what the project file calls differently. */
import { metricDefinitions, metricNames } from '../../protocol/metrics.ts';

/** Hyperparameters of XGBoost, LightGBM, CatBoost and older scikit-learn, by scikit-learn's names. */
export const hyperparameterSynonyms: Readonly<Record<string, string>> = {
  n_estimators: 'max_iter',
  num_boost_round: 'max_iter',
  num_iterations: 'max_iter',
  num_round: 'max_iter',
  num_rounds: 'max_iter',
  num_trees: 'max_iter',
  iterations: 'max_iter',
  n_iter: 'max_iter',
  epochs: 'max_iter',
  eta: 'learning_rate',
  lr: 'learning_rate',
  shrinkage: 'learning_rate',
  shrinkage_rate: 'learning_rate',
  num_leaves: 'max_leaf_nodes',
  max_leaves: 'max_leaf_nodes',
  num_leaf: 'max_leaf_nodes',
  depth: 'max_depth',
  min_data_in_leaf: 'min_samples_leaf',
  min_child_samples: 'min_samples_leaf',
  lambda: 'l2_regularization',
  reg_lambda: 'l2_regularization',
  lambda_l2: 'l2_regularization',
  l2_leaf_reg: 'l2_regularization',
  max_bin: 'max_bins',
  border_count: 'max_bins',
  bagging_fraction: 'subsample',
  colsample_bytree: 'max_features',
  colsample_bynode: 'max_features',
  feature_fraction: 'max_features',
  monotone_constraints: 'monotonic_cst',
  monotonic_constraints: 'monotonic_cst',
  weight: 'sample_weight',
  weight_column: 'sample_weight',
};

/** Metrics by the names of `mlflow.models.evaluate`. */
export const metricSynonyms: Readonly<Record<string, string>> = Object.fromEntries(
  metricNames.flatMap((name) => (metricDefinitions[name].synonyms ?? []).map((synonym) => [synonym, name])),
);

const trainerSynonyms: Readonly<Record<string, string>> = {
  xgboost: 'gbdt',
  lightgbm: 'gbdt',
  lgbm: 'gbdt',
  catboost: 'gbdt',
  gbm: 'gbdt',
  hist_gradient_boosting: 'gbdt',
  gradient_boosting: 'gbdt',
  logistic_regression: 'logistic',
  linear_regression: 'linear',
  ridge: 'linear',
};

const columnTypeSynonyms: Readonly<Record<string, string>> = {
  int: 'integer',
  int64: 'integer',
  bigint: 'integer',
  float: 'number',
  float64: 'number',
  double: 'number',
  bool: 'boolean',
  string: 'text',
  str: 'text',
  varchar: 'text',
  categorical: 'category',
  enum: 'category',
  date: 'timestamp',
  datetime: 'timestamp',
  time: 'timestamp',
};

const stageKeySynonyms: Readonly<Record<string, string>> = {
  data: 'dataset',
  data_set: 'dataset',
  depends_on: 'needs',
  after: 'needs',
  algorithm: 'trainer',
  estimator: 'trainer',
  hyperparameters: 'params',
  cmd: 'run',
  command: 'run',
  script: 'run',
  outputs: 'outs',
  dependencies: 'deps',
  retries: 'retry',
  gates: 'gate',
};

const topLevelSynonyms: Readonly<Record<string, string>> = {
  data: 'datasets',
  pipeline: 'stages',
  steps: 'stages',
  jobs: 'stages',
  parameters: 'params',
  random_state: 'seed',
  project: 'name',
  env: 'environment',
};

const tables = [hyperparameterSynonyms, metricSynonyms, trainerSynonyms, columnTypeSynonyms, stageKeySynonyms, topLevelSynonyms];

/** The legal name that `name` is another word for, or undefined. */
export function synonymOf(name: string, legal: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  for (const table of tables) {
    const meant = Object.hasOwn(table, wanted) ? table[wanted] : undefined;
    if (meant !== undefined && legal.includes(meant)) return meant;
  }
  return undefined;
}
