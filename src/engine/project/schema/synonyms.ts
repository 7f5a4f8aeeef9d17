/** Names that other tools use for what the project file calls differently. */
import { metricDefinitions, metricNames } from '../../../protocol/tables/metrics.ts';
import { hyperparameters, trainerNames, trainers } from '../../../protocol/tables/trainers.ts';

/** The table that leads from each synonym to the name it means. */
function synonymsOf(names: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).flatMap(([name, synonyms]) => synonyms.map((synonym) => [synonym, name])));
}

/** Hyperparameters of XGBoost, LightGBM, CatBoost and older scikit-learn, by scikit-learn's names. */
export const hyperparameterSynonyms = synonymsOf(hyperparameters);

/** Metrics by the names of `mlflow.models.evaluate`. */
export const metricSynonyms = synonymsOf(Object.fromEntries(metricNames.map((name) => [name, metricDefinitions[name].synonyms ?? []])));

const trainerSynonyms = synonymsOf(Object.fromEntries(trainerNames.map((name) => [name, trainers[name].synonyms])));

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
