/** What each trainer can do, and which of the settings of a train stage bear on it. One that would do nothing is refused, not ignored. */
import type { Task } from '../../../protocol/evaluation.ts';
import { trainerNames, type TrainStage } from './stage.ts';

export type Trainer = NonNullable<TrainStage['trainer']>;
type Parameter = keyof NonNullable<TrainStage['params']>;

const rowSettings = ['class_weight', 'sample_weight'] as const;

/** Hyperparameters by trainer. */
export const trainerParameters: Readonly<Record<Trainer, readonly Parameter[]>> = {
  gbdt: [
    'learning_rate',
    'max_iter',
    'max_leaf_nodes',
    'max_depth',
    'min_samples_leaf',
    'l2_regularization',
    'max_bins',
    'subsample',
    'max_features',
    'monotonic_cst',
    ...rowSettings,
  ],
  logistic: ['C', 'max_iter', ...rowSettings],
  linear: ['alpha', 'sample_weight'],
};

export const defaultTrainer: Trainer = 'gbdt';

/** What a model of each trainer predicts. */
const trainerTasks: Readonly<Record<Trainer, readonly Task[]>> = {
  gbdt: ['binary', 'multiclass', 'regression'],
  logistic: ['binary', 'multiclass'],
  linear: ['regression'],
};

/** The trainers that predict such a target, the default first. */
export function trainersFor(task: Task): readonly Trainer[] {
  return trainerNames.filter((trainer) => trainerTasks[trainer].includes(task));
}

/** Whether it learns one weight for each feature, so that numbers are scaled, levels spread and missing values filled in. */
export function isLinear(trainer: Trainer): boolean {
  return trainer !== 'gbdt';
}

/** A path below a train stage. */
export type SettingPath = readonly ['early_stopping'] | readonly ['params', string] | readonly [string];

export function isForeignSetting(trainer: Trainer, [first, name]: SettingPath): boolean {
  const known: readonly string[] = trainerParameters[trainer];
  if (first === 'early_stopping') return trainer !== 'gbdt';
  return first === 'params' && name !== undefined && !known.includes(name);
}

/** The settings of a stage that its trainer does not have. */
export function foreignSettings(stage: TrainStage): readonly SettingPath[] {
  const given = Object.entries(stage.params ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [['params', name] as const]));
  const stopping = stage.early_stopping === undefined ? [] : [['early_stopping'] as const];
  return [...given, ...stopping].filter((setting) => isForeignSetting(stage.trainer ?? defaultTrainer, setting));
}
