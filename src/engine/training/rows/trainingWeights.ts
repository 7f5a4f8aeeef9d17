/** Weights of rows: those of a column times those of their classes. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { findClass } from '../../data/statistics/classNames.ts';
import type { TrainStage } from '../../project/definitions/stages/trainStage.ts';
import type { TrainingTarget } from '../trainer/trainerContract.ts';
import type { FitRows } from './trainingTarget.ts';

type ClassWeight = NonNullable<NonNullable<TrainStage['params']>['class_weight']>;

/**
 * One weight per row, or undefined where all count alike. `balanced` is scikit-learn's: rows / (classes × rows of the class),
 * counted over the training rows.
 * @throws AppError `training.classWeight`, `training.weights`
 */
export function rowWeights(
  classWeight: ClassWeight | undefined,
  target: TrainingTarget,
  { sampleWeights, ...rows }: FitRows & { readonly sampleWeights: Float64Array | undefined },
): Float64Array | undefined {
  if (classWeight === undefined && sampleWeights === undefined) return undefined;
  const byClass = classWeight === undefined ? [] : classWeights(classWeight, target, rows.training);
  const weights = target.values.map((label, row) => (byClass[label] ?? 1) * (sampleWeights?.[row] ?? 1));
  refuseWeightless(weights, target, rows);
  refuseOtherScale(weights);
  return weights;
}

function classWeights(classWeight: ClassWeight, target: TrainingTarget, training: Uint32Array): readonly number[] {
  if (target.task === 'regression') {
    throw new AppError('training.classWeight', t('A regression has no classes to weigh.'), {
      remedy: t('Leave "class_weight" out, or use "sample_weight".'),
    });
  }
  if (classWeight === 'balanced') {
    const counts = new Array<number>(target.classes.length).fill(0);
    for (const row of training) counts[target.values[row] ?? 0] = (counts[target.values[row] ?? 0] ?? 0) + 1;
    return counts.map((count) => training.length / (counts.length * count));
  }
  const unknown = Object.keys(classWeight).find((name) => findClass(name, target.classes) < 0);
  if (unknown === undefined) {
    const byClass = new Map(Object.entries(classWeight).map(([name, weight]) => [findClass(name, target.classes), weight]));
    return target.classes.map((_, index) => byClass.get(index) ?? 1);
  }
  const args = { class: unknown, classes: target.classes.join(', ') };
  throw new AppError('training.classWeight', t('"class_weight" names the class "{class}", which does not occur.', args), {
    args,
    remedy: t('The classes are {classes}.', args),
  });
}

/** Sums of gradients and hessians lose all digits, or what a leaf must hold at least, beyond these. */
const weightSizes = { smallest: 1e-6, largest: 1e15 } as const;

function refuseOtherScale(weights: Float64Array): void {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (largest >= weightSizes.smallest && largest <= weightSizes.largest) return;
  const args = { largest: largest.toExponential(1), from: weightSizes.smallest, to: weightSizes.largest };
  throw new AppError('training.weights', t('The largest weight is {largest}; it must lie between {from} and {to}.', args), {
    args,
    remedy: t('Only the ratios of weights matter: scale them so that their mean is near 1.'),
  });
}

/** Nothing can be learned of rows, or of a class, without weight; nothing be measured on held-out rows without it. */
function refuseWeightless(weights: Float64Array, target: TrainingTarget, { training, validation }: FitRows): void {
  const isWeighty = (rows: Uint32Array, label?: number): boolean =>
    rows.some((row) => (weights[row] ?? 0) > 0 && (label === undefined || target.values[row] === label));
  const remedy = t('Mend the weights, or leave them out.');
  if (!isWeighty(training)) {
    throw new AppError('training.weights', t('Every training row has the weight 0, so there is nothing to learn from.'), { remedy });
  }
  const weightless = target.classes.find((_, label) => !isWeighty(training, label));
  if (weightless !== undefined) {
    const args = { class: weightless };
    throw new AppError(
      'training.weights',
      t('Every training row of the class "{class}" has the weight 0, so it cannot be learned.', args),
      {
        args,
        remedy: t('Mend the weights, or leave the rows of this class out with a "where:" in the data set.'),
      },
    );
  }
  if (validation.length > 0 && !isWeighty(validation)) {
    throw new AppError('training.weights', t('Every held-out row has the weight 0, so nothing can be measured on them.'), { remedy });
  }
}
