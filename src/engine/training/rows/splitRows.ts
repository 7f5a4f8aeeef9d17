/** Which rows are held out, as the stage says or as the data suggests. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import {
  groupFolds,
  groupSplit,
  randomFolds,
  randomSplit,
  stratifiedFolds,
  stratifiedSplit,
  timeFolds,
  timeSplit,
  type Split,
} from '../../data/rows/split.ts';
import { kindFolds, repeatByNature, splitKinds, type EqualRows } from '../../data/rows/equalRows.ts';
import { trainDefaults, type TrainStage } from '../../project/definitions/stages/trainStage.ts';
import type { TrainingRows } from './trainingRows.ts';
import type { TrainingTarget } from '../trainer/trainerContract.ts';

type Validation = NonNullable<TrainStage['validation']>;

export interface SplitPlan {
  readonly by: 'time' | 'random' | 'stratified' | 'group';
  /** The share held out, where there are no folds. */
  readonly share: number;
  /** Every row is held out in turn, in so many folds; undefined: one part of the rows is held out once. */
  readonly folds: number | undefined;
  /** The column whose values are kept together. */
  readonly group: string | undefined;
  /** The column of the event time. */
  readonly time: string | undefined;
}

/**
 * @param time the data set's time column
 * @throws AppError `training.noTime`, `training.noGroup`
 */
export function planSplit(validation: Validation | undefined, time: string | undefined): SplitPlan {
  const { split, by: foldsBy, share = trainDefaults.validation.share, folds = trainDefaults.validation.folds } = validation ?? {};
  const by = (split === 'kfold' ? foldsBy : split) ?? defaultSplit(validation, time);
  const plan = { by, share, folds: split === 'kfold' ? folds : undefined };
  switch (by) {
    case 'time':
      if (time !== undefined) return { ...plan, group: undefined, time };
      throw new AppError('training.noTime', t('A split by time needs the time column of the data set.'), {
        remedy: t('Name it with "time:" in the data set, or choose another split.'),
      });
    case 'group':
      if (validation?.group !== undefined) return { ...plan, group: validation.group, time: undefined };
      throw new AppError('training.noGroup', t('A split by group needs the column of the groups.'), {
        remedy: t('Name it with "group:" beside "split: group".'),
      });
    default:
      return { ...plan, group: undefined, time: undefined };
  }
}

function defaultSplit(validation: Validation | undefined, time: string | undefined): 'group' | 'stratified' | 'time' {
  if (validation?.group !== undefined) return 'group'; // whoever names a group means it
  return time === undefined ? 'stratified' : 'time';
}

/** What rows are divided by. */
export interface Divided {
  readonly data: TrainingRows;
  readonly target: TrainingTarget;
  /** Which rows are equal in all that the model reads; undefined where none are, or where it does not matter. */
  readonly equal: EqualRows | undefined;
}

/** Whether the split is one that may tear equal rows apart, so that they have to be kept together. */
export function dividesRows({ by }: SplitPlan): boolean {
  return by === 'random' || by === 'stratified';
}

/**
 * One split, or one for each fold. Rows that are equal in all that the model reads stay on one side of random and stratified
 * splits, unless rows repeat by nature.
 * @throws AppError as the splits of `engine/data/split.ts`
 */
export function splitRows(plan: SplitPlan, divided: Divided, seed: number): readonly Split[] {
  const { folds, share } = plan;
  const { data, target } = divided;
  if (plan.by === 'time' && data.times !== undefined)
    return folds === undefined ? [timeSplit(data.times, share)] : timeFolds(data.times, folds);
  if (plan.by === 'group' && data.groups !== undefined)
    return folds === undefined ? [groupSplit(data.groups, share, seed)] : groupFolds(data.groups, folds, seed);
  const together = splitTogether(plan, divided, seed);
  if (together !== undefined) return together;
  if (plan.by === 'stratified' && target.task !== 'regression')
    return folds === undefined ? [stratifiedSplit(target.values, share, seed)] : stratifiedFolds(target.values, folds, seed);
  return folds === undefined ? [randomSplit(data.rows, share, seed)] : randomFolds(data.rows, folds, seed);
}

/** Undefined where equal rows cannot be kept together, or need not be. */
function splitTogether({ by, folds, share }: SplitPlan, { target, equal }: Divided, seed: number): readonly Split[] | undefined {
  if (equal === undefined || equal.different === equal.rows || repeatByNature(equal)) return undefined;
  const classes = by === 'stratified' && target.task !== 'regression' ? target.values : undefined;
  const parting = { kinds: equal.kinds, classes, seed };
  if (folds !== undefined) return kindFolds(parting, folds);
  const split = splitKinds(parting, share);
  return split === undefined ? undefined : [split];
}
