/** Weights of rows: those of a column times those of their classes. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { TrainStage } from '../project/definitions/stage.ts';
import type { TrainingTarget } from './trainingTarget.ts';

type ClassWeight = NonNullable<NonNullable<TrainStage['params']>['class_weight']>;

/**
 * One weight per row, or undefined where all count alike. `balanced` is scikit-learn's: rows / (classes × rows of the class).
 * @throws AppError `training.classWeight`, `training.weights`
 */
export function rowWeights(
  classWeight: ClassWeight | undefined,
  target: TrainingTarget,
  sampleWeights: Float64Array | undefined,
): Float64Array | undefined {
  if (classWeight === undefined) return sampleWeights === undefined ? undefined : refuseAllZero(sampleWeights);
  const byClass = classWeights(classWeight, target);
  return refuseAllZero(target.values.map((label, row) => (byClass[label] ?? 1) * (sampleWeights?.[row] ?? 1)));
}

function classWeights(classWeight: ClassWeight, target: TrainingTarget): readonly number[] {
  if (target.task === 'regression') {
    throw new AppError('training.classWeight', t('A regression has no classes to weigh.'), {
      remedy: t('Leave "class_weight" out, or use "sample_weight".'),
    });
  }
  if (classWeight === 'balanced') {
    const counts = target.classes.map((_, index) => target.values.reduce((sum, label) => sum + (label === index ? 1 : 0), 0));
    return counts.map((count) => target.values.length / (counts.length * count));
  }
  const unknown = Object.keys(classWeight).find((name) => !target.classes.includes(name));
  if (unknown === undefined) return target.classes.map((name) => classWeight[name] ?? 1);
  const args = { class: unknown, classes: target.classes.join(', ') };
  throw new AppError('training.classWeight', t('"class_weight" names the class "{class}", which does not occur.', args), {
    args,
    remedy: t('The classes are {classes}.', args),
  });
}

function refuseAllZero(weights: Float64Array): Float64Array {
  if (weights.some((weight) => weight > 0)) return weights;
  throw new AppError('training.weights', t('Every row has the weight 0, so there is nothing to learn from.'), {
    remedy: t('Mend the weights, or leave them out.'),
  });
}
