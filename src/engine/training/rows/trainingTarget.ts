/** The target of training: which task it poses, its classes, and every row's class index or value. */
import { AppError } from '../../../base/errors.ts';
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import { trainers, trainersFor, type Trainer } from '../../../protocol/tables/trainers.ts';
import type { ColumnVector } from '../../data/rows/columns.ts';
import { classNames, findClass, sortedClasses } from '../../data/statistics/classNames.ts';
import type { TrainingTarget } from '../trainer/trainerContract.ts';
import { targetDefinition, type FeaturesSpec, type TargetDefinition } from '../../project/definitions/feature.ts';
import { listed } from '../../project/schema/describeValue.ts';

export interface TargetPlan extends TargetDefinition {
  readonly column: Column | undefined;
  /** Whether it is true or false in every row, as a column or by its expression. */
  readonly isTruth: boolean;
}

/** @throws AppError `training.targetColumn`, `training.targetNames` */
export function planTarget(spec: FeaturesSpec['target'], columns: readonly Column[]): Omit<TargetPlan, 'isTruth'> {
  const target = targetDefinition(spec);
  if (target === undefined) {
    throw new AppError('training.targetNames', t('The target must be exactly one name with one expression.'), {
      remedy: t('Write, for example, target: {late: "delay > 15"}.'),
    });
  }
  if (target.expression !== undefined) return { ...target, column: undefined };
  const column = columns.find((known) => known.name === target.name);
  if (column !== undefined) return { ...target, column };
  const args = { target: target.name, columns: columns.map((known) => known.name).join(', ') };
  throw new AppError('training.targetColumn', t('There is no column "{target}" for the target.', args), {
    args,
    remedy: t('The columns are {columns}. A computed target has a name: {late: "delay > 15"}.', args),
  });
}

/** More classes than this are no classes. */
const mostClasses = 1000;
/** So many are never too many, however few the rows. */
const fewClasses = 10;

/**
 * Texts and truth values are classes, and so are numbers that are 0 or 1 only; a trainer that only tells classes apart takes any whole
 * numbers as classes, one that only estimates numbers any numbers as values. All other numbers are the values of a regression.
 * @throws AppError `training.targetMissing`, `training.targetInfinite`, `training.targetScale`, `training.trainerTask`,
 * `training.tooManyClasses`, `training.positiveClass`
 */
export function readTrainingTarget(plan: TargetPlan, vector: ColumnVector, trainer: Trainer): TrainingTarget {
  if (vector.kind === 'number') refuseUnusable(plan, vector.values);
  const { tasks } = trainers[trainer];
  const mayBeNumber = tasks.includes('regression');
  const isClass = tasks.includes('binary') && (plan.isTruth || vector.kind !== 'number' || looksLikeClasses(vector.values, mayBeNumber));
  if (!isClass) return regressionTarget(plan, vector, trainer);
  const names = classNames(vector, plan.column);
  const missing = names.filter((name) => name === undefined).length;
  if (missing > 0) throw missingTarget(plan, missing, names.length);
  const classes = withPositiveLast(plan, sortedClasses(new Set(names.filter((name) => name !== undefined))));
  refuseManyClasses(plan, classes.length, names.length);
  const indices = new Map(classes.map((name, index) => [name, index]));
  const values = Float64Array.from(names, (name) => indices.get(name ?? '') ?? NaN);
  return { task: classes.length > 2 ? 'multiclass' : 'binary', classes, values };
}

/** Of two classes the second is the positive one. @throws AppError `training.positiveClass` */
function withPositiveLast(plan: TargetPlan, classes: string[]): string[] {
  if (plan.positive === undefined) return classes;
  const place = findClass(plan.positive, classes);
  const args = { target: plan.name, positive: String(plan.positive), classes: classes.slice(0, 20).join(', '), count: classes.length };
  if (classes.length > 2) {
    throw new AppError(
      'training.positiveClass',
      t('The target "{target}" has {count} classes, so none of them is the positive one.', args),
      {
        args,
        remedy: t('Take "positive" away, or make two classes of them by an expression.'),
      },
    );
  }
  if (place < 0) {
    throw new AppError('training.positiveClass', t('"{positive}" is no class of the target "{target}".', args), {
      args,
      remedy: t('Its classes are {classes}. Name one of them as "positive".', args),
    });
  }
  return [...classes.filter((_, index) => index !== place), ...classes.slice(place, place + 1)];
}

function regressionTarget(plan: TargetPlan, vector: ColumnVector, trainer: Trainer): TrainingTarget {
  const args = { target: plan.name, trainer, classifiers: classifiers(), estimators: listed(trainersFor('regression')) };
  if (vector.kind !== 'number' || plan.isTruth) {
    const message = plan.isTruth
      ? t('The trainer "{trainer}" needs a number, but the target "{target}" is true or false.', args)
      : t('The trainer "{trainer}" needs a number, but the target "{target}" is a text.', args);
    throw new AppError('training.trainerTask', message, { args, remedy: t('Trainers that tell classes apart: {classifiers}.', args) });
  }
  if (!trainers[trainer].tasks.includes('regression')) {
    throw new AppError(
      'training.trainerTask',
      t('The trainer "{trainer}" tells classes apart, but the target "{target}" is a number.', args),
      {
        args,
        remedy: t('Use another trainer ({estimators}), or make two classes of it: {example}.', { ...args, example: '{high: "… > 10"}' }),
      },
    );
  }
  if (plan.positive !== undefined) {
    throw new AppError('training.positiveClass', t('The target "{target}" is estimated as a number, so it has no positive class.', args), {
      args,
      remedy: t('Take "positive" away, or use a trainer that tells classes apart: {classifiers}.', args),
    });
  }
  refuseOtherScale(plan, vector.values);
  return { task: 'regression', classes: [], values: vector.values };
}

function classifiers(): string {
  return listed(trainersFor('binary'));
}

/** What the user should know of the task that was chosen. */
export function targetNotes(plan: TargetPlan, { task, values }: TrainingTarget): string[] {
  if (task !== 'regression' || !looksLikeClasses(values, true)) return [];
  return [
    t('The target "{target}" is 0 or 1 in every row, but is estimated as a number. Trainers that tell the two apart: {classifiers}.', {
      target: plan.name,
      classifiers: classifiers(),
    }),
  ];
}

/** Errors are squared and added up on the way: sizes beyond these would be lost. */
const targetSizes = { smallest: 1e-140, largest: 1e140 } as const;

function refuseOtherScale(plan: TargetPlan, values: Float64Array): void {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (size === 0 || (size >= targetSizes.smallest && size <= targetSizes.largest)) return;
  const args = { target: plan.name, size: size.toExponential(1), ...targetSizes };
  throw new AppError(
    'training.targetScale',
    t('The largest value of the target "{target}" is {size}; a model can tell sizes from {smallest} to {largest}.', args),
    { args, remedy: t('Scale the target by an expression, such as {example}.', { example: `{scaled: "${plan.name} / ${args.size}"}` }) },
  );
}

/** What has a class for every other row identifies rows, or is a number with a text among it. */
function refuseManyClasses(plan: TargetPlan, classes: number, rows: number): void {
  const limit = Math.min(mostClasses, Math.max(fewClasses, Math.floor(rows / 2)));
  if (classes <= limit) return;
  const args = { target: plan.name, classes: formatCount(classes), rows: formatCount(rows), limit: formatCount(limit) };
  throw new AppError(
    'training.tooManyClasses',
    t('The target "{target}" has {classes} classes in {rows} rows; at most {limit} can be learned.', args),
    {
      args,
      remedy: t(
        'Choose another target, or group its values by an expression. If it should hold numbers, declare it "type: number" in the data set: the value that is none is then named.',
      ),
    },
  );
}

function refuseUnusable(plan: TargetPlan, values: Float64Array): void {
  let missing = 0;
  let infinite = 0;
  for (const value of values) {
    if (Number.isNaN(value)) missing++;
    else if (!Number.isFinite(value)) infinite++;
  }
  if (missing > 0) throw missingTarget(plan, missing, values.length);
  if (infinite === 0) return;
  const args = { target: plan.name, infinite };
  throw new AppError('training.targetInfinite', t('The target "{target}" is infinite in {infinite} rows.', args), {
    args,
    remedy: t('Leave these rows out with a "where:" in the data set.'),
  });
}

function missingTarget(plan: TargetPlan, missing: number, rows: number): AppError {
  const args = { target: plan.name, missing, rows };
  return new AppError('training.targetMissing', t('The target "{target}" is missing in {missing} of {rows} rows.', args), {
    args,
    remedy: t('Rows are never dropped in silence: leave them out with "where: {condition}" in the data set.', {
      condition: `(${plan.expression ?? `"${plan.name}"`}) IS NOT NULL`,
    }),
  });
}

/** @param mayBeNumber whether other whole numbers than 0 and 1 would rather be estimated */
function looksLikeClasses(values: Float64Array, mayBeNumber: boolean): boolean {
  const distinct = new Set<number>();
  for (const value of values) {
    if (mayBeNumber && value !== 0 && value !== 1) return false;
    if (!Number.isInteger(value)) return false;
    distinct.add(value);
    if (distinct.size > mostClasses) return false;
  }
  return true;
}

/** The rows of one fit, and which fold it is where there are several. */
export interface FitRows {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
  /** From 1. */
  readonly fold?: number | undefined;
}

/**
 * A model needs at least two classes (or two values), and every class to learn from.
 * @throws AppError `training.oneClass`, `training.constantTarget`, `training.classOnlyInValidation`, `training.classNotInFold`
 */
export function checkLearnable(name: string, target: TrainingTarget, rows: FitRows): void {
  const learned = new Set(Array.from(rows.training, (row) => target.values[row] ?? NaN));
  if (target.task === 'regression') {
    if (learned.size > 1) return;
    throw new AppError('training.constantTarget', t('The target "{name}" has the same value in every training row.', { name }), {
      args: { name },
      remedy: t('There is nothing to learn: check the target and the data set.'),
    });
  }
  const unlearned = rows.validation.find((row) => !learned.has(target.values[row] ?? NaN));
  if (unlearned !== undefined) throw classOnlyInValidation(name, target.classes[target.values[unlearned] ?? NaN] ?? '', rows.fold);
  if (learned.size === 1) {
    const args = { name, class: target.classes[[...learned][0] ?? 0] ?? '' };
    throw new AppError('training.oneClass', t('The target "{name}" has only the class "{class}" in the training rows.', args), {
      args,
      remedy: t('There is nothing to learn: check the target, the data set and its window.'),
    });
  }
  const absent = target.classes.findIndex((_, index) => !learned.has(index));
  if (absent < 0) return;
  const args = { name, class: target.classes[absent] ?? '', fold: rows.fold ?? 1 };
  throw new AppError(
    'training.classNotInFold',
    t('Fold {fold} has no row of the class "{class}" of the target "{name}" to learn from.', args),
    {
      args,
      remedy: t('Use fewer folds or "by: stratified", or give rare classes one name.'),
    },
  );
}

function classOnlyInValidation(name: string, label: string, fold: number | undefined): AppError {
  const args = { name, class: label, ...(fold === undefined ? {} : { fold }) };
  return fold === undefined
    ? new AppError(
        'training.classOnlyInValidation',
        t('The class "{class}" of the target "{name}" occurs in the held-out rows only.', args),
        {
          args,
          remedy: t('Split at random or stratified, or hold out fewer rows.'),
        },
      )
    : new AppError(
        'training.classOnlyInValidation',
        t('In fold {fold}, the class "{class}" of the target "{name}" occurs in the held-out rows only.', args),
        { args, remedy: t('Use fewer folds or "by: stratified", or give rare classes one name.') },
      );
}
