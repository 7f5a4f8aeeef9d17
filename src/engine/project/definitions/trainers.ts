/** Which of the settings of a train stage bear on which trainer. One that would do nothing is refused, not ignored. */
import type { TrainStage } from './stage.ts';

type Trainer = NonNullable<TrainStage['trainer']>;
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

/** Where in a train stage something stands that its trainer does not have, as paths below the stage. */
export function foreignSettings(stage: TrainStage): (readonly [string, ...string[]])[] {
  const trainer = stage.trainer ?? 'gbdt';
  const known: readonly string[] = trainerParameters[trainer];
  const given = Object.entries(stage.params ?? {}).filter(([, value]) => value !== undefined);
  const foreign = given.filter(([name]) => !known.includes(name)).map(([name]) => ['params', name] as const);
  return stage.early_stopping === undefined || trainer === 'gbdt' ? foreign : [...foreign, ['early_stopping']];
}
