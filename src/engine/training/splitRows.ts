/** Which rows are held out, as the stage says or as the data suggests. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { groupSplit, randomSplit, stratifiedSplit, timeSplit, type Split } from '../data/split.ts';
import type { TrainStage } from '../project/definitions/stage.ts';
import type { TrainingRows } from './trainingRows.ts';
import type { TrainingTarget } from './trainingTarget.ts';

type Validation = NonNullable<TrainStage['validation']>;

export interface SplitPlan {
  readonly by: 'time' | 'random' | 'stratified' | 'group';
  readonly share: number;
  /** The column whose values are kept together. */
  readonly group: string | undefined;
  /** The column of the event time. */
  readonly time: string | undefined;
}

const defaultShare = 0.2;

/**
 * @param time the data set's time column
 * @throws AppError `training.noTime`, `training.noGroup`, `training.noFolds`
 */
export function planSplit(validation: Validation | undefined, time: string | undefined): SplitPlan {
  const share = validation?.share ?? defaultShare;
  const by = validation?.split ?? (time === undefined ? 'stratified' : 'time');
  switch (by) {
    case 'time':
      if (time !== undefined) return { by, share, group: undefined, time };
      throw new AppError('training.noTime', t('A split by time needs the time column of the data set.'), {
        remedy: t('Name it with "time:" in the data set, or choose another split.'),
      });
    case 'group':
      if (validation?.group !== undefined) return { by, share, group: validation.group, time: undefined };
      throw new AppError('training.noGroup', t('A split by group needs the column of the groups.'), {
        remedy: t('Name it with "group:" beside "split: group".'),
      });
    case 'kfold':
      throw new AppError('training.noFolds', t('Training in folds is not yet supported.'), {
        remedy: t('Choose the split time, random, stratified or group.'),
      });
    default:
      return { by, share, group: undefined, time: undefined };
  }
}

/** @throws AppError as the splits of `engine/data/split.ts` */
export function splitRows(plan: SplitPlan, data: TrainingRows, target: TrainingTarget, seed: number): Split {
  if (plan.by === 'time' && data.times !== undefined) return timeSplit(data.times, plan.share);
  if (plan.by === 'group' && data.groups !== undefined) return groupSplit(data.groups, plan.share, seed);
  if (plan.by === 'stratified' && target.task !== 'regression') return stratifiedSplit(target.values, plan.share, seed);
  return randomSplit(data.rows, plan.share, seed);
}
