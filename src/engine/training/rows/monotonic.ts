/** Constraints on the direction of a feature's effect, from `monotonic_cst` to the columns that trees read. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import type { FeatureColumn } from '../../features/compileFeatures.ts';
import type { FeaturePlan } from '../../features/planFeatures.ts';
import type { TrainStage } from '../../project/definitions/stages/trainStage.ts';
import { nearestName } from '../../project/text/nearestName.ts';

type Constraints = NonNullable<NonNullable<TrainStage['params']>['monotonic_cst']>;
/** 1: the prediction may only rise with the column, −1: only fall, 0: anything. */
export type Direction = Constraints[string];

/** @throws AppError `training.monotonicFeature` where a constraint names no feature, or one whose values have no order */
export function checkMonotonic(constraints: Constraints | undefined, { features }: FeaturePlan): void {
  for (const [name, direction] of Object.entries(constraints ?? {})) {
    const feature = features.find((other) => other.name === name);
    if (feature === undefined)
      throw unknownFeature(
        name,
        features.filter(({ kind }) => kind === 'numeric').map((other) => other.name),
      );
    if (feature.kind === 'numeric' || direction === 0) continue;
    const message =
      feature.kind === 'categorical'
        ? t('The feature "{name}" is categorical: its levels have no order, so "monotonic_cst" cannot constrain it.', { name })
        : t('The feature "{name}" is cyclical: it has no lowest value, so "monotonic_cst" cannot constrain it.', { name });
    throw new AppError('training.monotonicFeature', message, {
      args: { name },
      remedy: t('Constrain numeric features only.'),
    });
  }
}

function unknownFeature(name: string, candidates: readonly string[]): AppError {
  const nearest = nearestName(name, candidates);
  return new AppError('training.monotonicFeature', t('"monotonic_cst" names the feature "{name}", which does not exist.', { name }), {
    args: { name, ...(nearest === undefined ? {} : { nearest }) },
    remedy:
      nearest === undefined
        ? t('The numeric features are: {names}.', { names: candidates.join(', ') })
        : t('Did you mean "{nearest}"?', { nearest }),
  });
}

/**
 * The direction of each column; undefined where nothing is constrained.
 * @throws AppError `training.monotonicClasses` for more than two classes, whose probabilities cannot all rise
 */
export function monotonicColumns(
  constraints: Constraints | undefined,
  columns: readonly FeatureColumn[],
  task: Task,
): readonly Direction[] | undefined {
  const directions = columns.map(({ name }) => constraints?.[name] ?? 0);
  if (directions.every((direction) => direction === 0)) return undefined;
  if (task !== 'multiclass') return directions;
  throw new AppError('training.monotonicClasses', t('"monotonic_cst" needs a number or two classes to predict; this target has more.'), {
    remedy: t('Leave "monotonic_cst" out, or make a target of two classes.'),
  });
}
