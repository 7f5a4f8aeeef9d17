/**
 * Every trainer and every hyperparameter, stated once: what a trainer predicts, which hyperparameters it has and what holds where a
 * project does not set them. What a hyperparameter means and may be is in the definitions of the project file, which do not compile
 * without a row for each.
 */
import { t } from '../../base/localize.ts';
import { tasks, type Task } from '../evaluation.ts';

/** How a learner takes its features where the project does not say. */
export const featureDefaults = {
  /** Splits on values as they are. */
  trees: { impute: 'none', scale: 'none', encode: 'native' },
  /** Learns one weight for each feature, so that numbers are scaled, levels spread and missing values filled in. */
  linear: { impute: 'median', scale: 'standard', encode: 'one_hot' },
} as const;
export type Learner = keyof typeof featureDefaults;

/** Hyperparameters by scikit-learn's names, each with what XGBoost, LightGBM, CatBoost and older scikit-learn call it. */
const synonymsOf = {
  learning_rate: ['eta', 'lr', 'shrinkage', 'shrinkage_rate'],
  max_iter: ['n_estimators', 'num_boost_round', 'num_iterations', 'num_round', 'num_rounds', 'num_trees', 'iterations', 'n_iter', 'epochs'],
  max_leaf_nodes: ['num_leaves', 'max_leaves', 'num_leaf'],
  max_depth: ['depth'],
  min_samples_leaf: ['min_data_in_leaf', 'min_child_samples'],
  l2_regularization: ['lambda', 'reg_lambda', 'lambda_l2', 'l2_leaf_reg'],
  max_bins: ['max_bin', 'border_count'],
  subsample: ['bagging_fraction'],
  max_features: ['colsample_bytree', 'colsample_bynode', 'feature_fraction'],
  monotonic_cst: ['monotone_constraints', 'monotonic_constraints'],
  class_weight: [],
  sample_weight: ['weight', 'weight_column'],
  C: [],
  alpha: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Hyperparameter = keyof typeof synonymsOf;
export const hyperparameters: Readonly<Record<Hyperparameter, readonly string[]>> = synonymsOf;

export interface TrainerDefinition {
  /** What it makes. */
  readonly words: () => string;
  readonly tasks: readonly Task[];
  readonly learner: Learner;
  /** Whether it can stop once the held-out loss no longer improves. */
  readonly stopsEarly: boolean;
  /** Its hyperparameters with their defaults; null where nothing is set then. */
  readonly parameters: Readonly<Partial<Record<Hyperparameter, number | null>>>;
  /** Those that a proposed project sets. */
  readonly proposed: Readonly<Partial<Record<Hyperparameter, number>>>;
  /** What other tools call it. */
  readonly synonyms: readonly string[];
}

const definitions = {
  gbdt: {
    words: () => t('gradient-boosted trees'),
    tasks,
    learner: 'trees',
    stopsEarly: true,
    parameters: {
      learning_rate: 0.1,
      max_iter: 100,
      max_leaf_nodes: 31,
      max_depth: null,
      min_samples_leaf: 20,
      l2_regularization: 0,
      max_bins: 255,
      subsample: 1,
      max_features: 1,
      monotonic_cst: null,
      class_weight: null,
      sample_weight: null,
    },
    proposed: { learning_rate: 0.1, max_iter: 300, max_leaf_nodes: 31 },
    synonyms: ['xgboost', 'lightgbm', 'lgbm', 'catboost', 'gbm', 'hist_gradient_boosting', 'gradient_boosting'],
  },
  logistic: {
    words: () => t('logistic regression'),
    tasks: ['binary', 'multiclass'],
    learner: 'linear',
    stopsEarly: false,
    parameters: { C: 1, max_iter: 100, class_weight: null, sample_weight: null },
    proposed: { C: 1, max_iter: 300 },
    synonyms: ['logistic_regression'],
  },
  linear: {
    words: () => t('linear regression'),
    tasks: ['regression'],
    learner: 'linear',
    stopsEarly: false,
    parameters: { alpha: 0, sample_weight: null },
    proposed: { alpha: 1 }, // a little of a penalty keeps columns that nearly repeat others from large coefficients
    synonyms: ['linear_regression', 'ridge'],
  },
} as const satisfies Readonly<Record<string, TrainerDefinition>>;

export type Trainer = keyof typeof definitions;
export const trainers: Readonly<Record<Trainer, TrainerDefinition>> = definitions;
export const trainerNames = Object.keys(definitions) as readonly Trainer[];
export const defaultTrainer: Trainer = 'gbdt';

/** The defaults of a trainer's hyperparameters. */
export function parameterDefaults<T extends Trainer>(trainer: T): (typeof definitions)[T]['parameters'] {
  return definitions[trainer].parameters;
}

/** The trainers that predict such a target, the default first. */
export function trainersFor(task: Task): readonly Trainer[] {
  return trainerNames.filter((name) => trainers[name].tasks.includes(task));
}

/** The trainers that take their features as trees do, or as linear trainers do. @param or between the last two */
export function trainersThatLearnBy(learner: Learner, or: string): string {
  return trainerNames.filter((name) => trainers[name].learner === learner).join(or);
}

/** A trainer by what it makes: `gradient-boosted trees` for `gbdt`; one of another name by that. */
export function trainerWords(name: string): string {
  const known = trainerNames.find((trainer) => trainer === name);
  return known === undefined ? name : trainers[known].words();
}
