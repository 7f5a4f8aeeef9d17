/** From figures to verdicts: which checks a data set passes, in sentences for people. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { CheckedTarget, ValidationCheck, Verdict } from '../../../protocol/validation.ts';
import { validateDefaults, type ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import type { ReadingNote } from '../texts/readingNotes.ts';
import { limitOf, severityOf } from './validationLimits.ts';

/** The worst of the verdicts. */
export function worstVerdict(checks: readonly ValidationCheck[]): Verdict {
  if (checks.some((check) => check.verdict === 'failed')) return 'failed';
  return checks.some((check) => check.verdict === 'warned') ? 'warned' : 'passed';
}

/** A measurement that is to be held against its limit. */
export interface Measurement extends Pick<ValidationCheck, 'check' | 'unit' | 'figure' | 'limit'> {
  readonly column?: string;
  /** Default: `max`. */
  readonly bound?: ValidationCheck['bound'];
  readonly count?: number;
  readonly expected?: string | undefined;
  readonly example?: string | undefined;
  /** The sentence for either outcome. */
  readonly passed: string;
  readonly broken: string;
}

/** Holds a measurement against its limit; one without a figure does not pass. */
export function judge(stage: ValidateStage, { passed, broken, ...measured }: Measurement): ValidationCheck {
  const { check, unit, figure, limit, bound = 'max', column, count, expected, example } = measured;
  const holds = figure !== undefined && (bound === 'max' ? figure <= limit : figure >= limit);
  const severity = severityOf(stage, check);
  const verdict = holds ? 'passed' : severity === 'error' ? 'failed' : 'warned';
  return { check, column, verdict, severity, unit, figure, limit, bound, count, expected, example, message: holds ? passed : broken };
}

export function checkRows(rows: number, stage: ValidateStage): ValidationCheck {
  const limit = limitOf(stage, 'min_rows');
  const args = { rows: formatCount(rows), limit: formatCount(limit) };
  return judge(stage, {
    check: 'rows',
    unit: 'count',
    figure: rows,
    limit,
    bound: 'min',
    passed: t('Rows: {rows}.', args),
    broken: t('Rows: {rows}, fewer than the {limit} asked for.', args),
  });
}

/** @param absent declared columns that the files do not have */
export function checkColumns(absent: readonly string[], stage: ValidateStage): ValidationCheck {
  return judge(stage, {
    check: 'columns',
    unit: 'count',
    figure: absent.length,
    limit: 0,
    example: absent[0],
    passed: t('Every declared column is there.'),
    broken: t('Declared, but not in the files: {names}.', { names: listNames(absent) }),
  });
}

/** @param extra columns that are not declared */
export function checkExtraColumns(extra: readonly string[], stage: ValidateStage): ValidationCheck[] {
  if ((stage.extra_columns ?? validateDefaults.extra_columns) === 'allow') return [];
  const check = judge(stage, {
    check: 'extra_columns',
    unit: 'count',
    figure: extra.length,
    limit: 0,
    example: extra[0],
    passed: t('Every column is declared.'),
    broken: t('In the files, but not declared: {names}.', { names: listNames(extra) }),
  });
  return [check];
}

/** What is to be said of how a column is read: two readings were possible, or a few values keep it from its type. */
export function checkReading(note: ReadingNote, stage: ValidateStage): ValidationCheck[] {
  if (note.kind === 'level') return [];
  const { column, count, example, message, remedy } = note;
  const said = `${message} ${remedy}`;
  return [
    judge(stage, {
      check: 'reading',
      column,
      unit: 'count',
      figure: Math.max(1, count),
      limit: 0,
      count,
      example,
      passed: said,
      broken: said,
    }),
  ];
}

/** @param duplicates rows that equal an earlier one in every column */
/** @param leftOut how many columns make no two rows differ, as neither features nor target read them */
export function checkDuplicates(
  { duplicates, rows, leftOut }: { duplicates: number; rows: number; leftOut: number },
  stage: ValidateStage,
): ValidationCheck {
  const limit = limitOf(stage, 'max_duplicates');
  const share = shareOf(duplicates, rows);
  const args = { rows: ofRows(duplicates, rows), share: percent(share), limit: percent(limit), columns: leftOut };
  const within = leftOut === 0 ? '' : ` ${t('Columns that the features do not read do not count ({columns}).', args)}`;
  return judge(stage, {
    check: 'duplicates',
    unit: 'share',
    figure: share,
    limit,
    count: duplicates,
    passed: `${t('{rows} ({share}) repeat an earlier row.', args)}${within}`,
    broken: `${t('{rows} ({share}) repeat an earlier row; at most {limit} may.', args)}${within}`,
  });
}

/** The checks of a target; a target that is a quantity has no classes to check. */
export function checkTarget(target: CheckedTarget, rows: number, stage: ValidateStage): ValidationCheck[] {
  const { name } = target;
  const { missing } = target.statistics;
  const args = { target: name, rows: ofRows(missing, rows) };
  const missingCheck = judge(stage, {
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
  if (target.isQuantity) return [missingCheck];
  const smallest = target.classes.at(-1);
  const classes = checkClasses(target, stage);
  return smallest === undefined || target.classCount < 2
    ? [missingCheck, classes]
    : [missingCheck, classes, checkClassShare(target, smallest, stage)];
}

function checkClasses(target: CheckedTarget, stage: ValidateStage): ValidationCheck {
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

type Class = CheckedTarget['classes'][number];

function checkClassShare({ name }: CheckedTarget, { value, count, share }: Class, stage: ValidateStage): ValidationCheck {
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

/** `77 of 3,000,000 rows`. */
export function ofRows(count: number, rows: number): string {
  return t('{count} of {rows} rows', { count: formatCount(count), rows: formatCount(rows) });
}

/** No share of nothing is broken: an empty data set fails by its number of rows. */
export function shareOf(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}

/** A share as a percentage with as many digits as it takes to tell it from nothing. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value * 10) / 10} %`;
  if (value < 0.001) return '< 0.001 %';
  return `${Number(value.toPrecision(2))} %`;
}

const namesShown = 10;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(', ');
  return names.length <= namesShown
    ? shown
    : t('{names} and {count} more', { names: shown, count: formatCount(names.length - namesShown) });
}
