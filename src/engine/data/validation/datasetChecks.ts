/** The checks of a whole data set. Pure. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { DatasetCheck } from '../../../protocol/tables/dataChecks.ts';
import type { ValidationCheck } from '../../../protocol/validation.ts';
import { validateDefaults, type ValidateStage } from '../../project/definitions/stages/validateStage.ts';
import type { ReadingNote } from '../texts/readingNotes.ts';
import { judge, ofRows, percent, shareOf } from './validationChecks.ts';
import { limitOf } from './validationLimits.ts';

/** What was found of a data set. */
export interface DatasetFindings {
  readonly rows: number;
  /** Declared columns that the files do not have. */
  readonly absent: readonly string[];
  /** Columns that are not declared. */
  readonly extra: readonly string[];
  readonly notes: readonly ReadingNote[];
  /** Rows that equal an earlier one in every column that makes rows differ. */
  readonly duplicates: number;
  /** How many columns make no two rows differ, as neither features nor target read them. */
  readonly leftOut: number;
}

const checks: Readonly<
  Record<DatasetCheck, (found: DatasetFindings, stage: ValidateStage) => readonly ValidationCheck[] | ValidationCheck>
> = {
  rows: checkRows,
  columns: checkColumns,
  extra_columns: checkExtraColumns,
  reading: ({ notes }, stage) => notes.flatMap((note) => checkReading(note, stage)),
  duplicates: checkDuplicates,
};

export function checkDataset(found: DatasetFindings, stage: ValidateStage): ValidationCheck[] {
  return Object.values(checks).flatMap((check) => check(found, stage));
}

function checkRows({ rows }: DatasetFindings, stage: ValidateStage): ValidationCheck {
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

function checkColumns({ absent }: DatasetFindings, stage: ValidateStage): ValidationCheck {
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

function checkExtraColumns({ extra }: DatasetFindings, stage: ValidateStage): ValidationCheck[] {
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
function checkReading(note: ReadingNote, stage: ValidateStage): ValidationCheck[] {
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

function checkDuplicates({ duplicates, rows, leftOut }: DatasetFindings, stage: ValidateStage): ValidationCheck {
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

const namesShown = 10;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(', ');
  return names.length <= namesShown
    ? shown
    : t('{names} and {count} more', { names: shown, count: formatCount(names.length - namesShown) });
}
