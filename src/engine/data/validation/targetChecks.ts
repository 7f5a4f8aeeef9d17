/** The checks of a target. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { TargetCheck } from '../../../protocol/tables/dataChecks.ts';
import type { CheckedTarget, ValidationCheck } from '../../../protocol/validation.ts';
import type { ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import { judge, ofRows, percent, shareOf } from './validationChecks.ts';
import { limitOf } from './validationLimits.ts';

/** What every check of a target needs. */
interface Checked {
  readonly target: CheckedTarget;
  /** Of the whole data set. */
  readonly rows: number;
  readonly stage: ValidateStage;
}

/** Undefined where there is nothing to check. */
const checks: Readonly<Record<TargetCheck, (checked: Checked) => ValidationCheck | undefined>> = {
  target_missing: checkMissing,
  classes: checkClasses,
  class_share: checkClassShare,
};

/** @param rows of the whole data set */
export function checkTarget(target: CheckedTarget, rows: number, stage: ValidateStage): ValidationCheck[] {
  return Object.values(checks).flatMap((check) => check({ target, rows, stage }) ?? []);
}

function checkMissing({ target, rows, stage }: Checked): ValidationCheck {
  const { name } = target;
  const { missing } = target.statistics;
  const args = { target: name, rows: ofRows(missing, rows) };
  return judge(stage, {
    check: 'target_missing',
    column: name,
    unit: 'share',
    figure: shareOf(missing, rows),
    limit: limitOf(stage, 'max_target_missing'),
    count: missing,
    passed:
      missing === 0 ? t('The target "{target}" is known in every row.', args) : t('The target "{target}" is missing in {rows}.', args),
    broken: t('The target "{target}" is missing in {rows}; a model cannot learn from those.', args),
  });
}

/** A quantity has no classes to check. */
function checkClasses({ target, stage }: Checked): ValidationCheck | undefined {
  if (target.isQuantity) return undefined;
  const { name, classCount, classes } = target;
  const limit = limitOf(stage, 'min_classes');
  const common = { check: 'classes', column: name, unit: 'count', bound: 'min', example: classes[0]?.value } as const;
  const args = { target: name, classes: formatCount(classCount), limit: formatCount(limit), value: classes[0]?.value ?? '' };
  const noPositive = withoutPositive(target);
  if (noPositive !== undefined) return judge(stage, { ...common, figure: undefined, limit, passed: noPositive, broken: noPositive });
  const single = t('The target "{target}" is "{value}" in every row: there is nothing to learn.', args);
  const few = t('The target "{target}" has {classes} classes; at least {limit} are asked for.', args);
  return judge(stage, {
    ...common,
    figure: classCount,
    limit,
    passed: classCount === 1 ? single : classesFound(target),
    broken: classCount === 0 ? t('The target "{target}" has no value in any row.', args) : classCount === 1 ? single : few,
  });
}

function classesFound({ name, classCount, positive }: CheckedTarget): string {
  const args = { target: name, classes: formatCount(classCount), positive: positive ?? '' };
  return positive === undefined
    ? t('The target "{target}" has {classes} classes.', args)
    : t('The target "{target}" has two classes; "{positive}" is the positive one.', args);
}

/** Why the class that the features name as positive is none. */
function withoutPositive({ name, classCount, classes, positive, wantedPositive }: CheckedTarget): string | undefined {
  if (wantedPositive === undefined || positive !== undefined || classCount < 2) return undefined;
  const known = classes.slice(0, 20).map(({ value }) => value);
  const args = { target: name, positive: wantedPositive, classes: known.join(', '), count: formatCount(classCount) };
  return classCount > 2
    ? t('The target "{target}" has {count} classes, so "{positive}" is not the positive one.', args)
    : t('"{positive}" is no class of the target "{target}": it has {classes}.', args);
}

function checkClassShare({ target: { name, isQuantity, classCount, classes }, stage }: Checked): ValidationCheck | undefined {
  const smallest = classes.at(-1);
  if (isQuantity || smallest === undefined || classCount < 2) return undefined;
  const { value, count, share } = smallest;
  const limit = limitOf(stage, 'min_class_share');
  const args = { target: name, value, share: percent(share), limit: percent(limit) };
  return judge(stage, {
    check: 'class_share',
    column: name,
    unit: 'share',
    figure: share,
    limit,
    bound: 'min',
    count,
    example: value,
    passed: t('The smallest class of "{target}", "{value}", has {share} of the rows.', args),
    broken: t('The smallest class of "{target}", "{value}", has {share} of the rows; at least {limit} are asked for.', args),
  });
}
