/** What each column would be used for, with the reason. Pure. */
import { t } from '../../base/localize.ts';
import type { ColumnProfile, ColumnProposal } from '../../protocol/dataset.ts';
import { isIdentifier } from './identifiers.ts';
import type { ToldTarget } from './tellingColumns.ts';

/** What is known besides the profile. */
export interface UseContext {
  readonly rows: number;
  /** The target's columns: the column itself, or those its expression reads. */
  readonly targetColumns: readonly string[];
  /** Where the target is an expression. */
  readonly targetExpression: string | undefined;
  readonly time: string | undefined;
  /** What tells the target, alone or together. */
  readonly told: ToldTarget;
  readonly leaveOut: readonly string[];
  /** The first column of the file. */
  readonly first: string | undefined;
}

/** A text with more levels than this share of the rows has too few rows for each. */
const mostLevelsShare = 0.1;
/** So few are not too many, as long as there are three rows for each. */
const fewLevels = 10;

const fewestValues = 0.05;

/** Numbers by whose size nothing is meant. */
const codeName = /(^|[_\W])(code|zip(code)?|postcode|fips|flight|route|tract|naics|sic)$/i;
/** So few numbers are as well told apart by their order. */
const fewCodes = 10;

export function proposeUse(column: ColumnProfile, context: UseContext): ColumnProposal {
  const { use, reason } = decide(column, context);
  return { column: column.name, use, reason };
}

type Decision = Pick<ColumnProposal, 'use' | 'reason'>;

function decide(column: ColumnProfile, context: UseContext): Decision {
  return aboutTarget(column, context) ?? uselessness(column, context) ?? usefulness(column, context);
}

function aboutTarget(column: ColumnProfile, context: UseContext): Decision | undefined {
  if (!context.targetColumns.includes(column.name)) return undefined;
  if (context.targetExpression === undefined) return { use: 'target', reason: t('it is what the model predicts') };
  return ignored(t('the target is computed from it, so it gives the answer away'));
}

function uselessness(column: ColumnProfile, { rows, told, leaveOut, time, first }: UseContext): Decision | undefined {
  if (leaveOut.includes(column.name)) return ignored(t('left out by you'));
  if (column.name.includes('${')) return ignored(t('its name holds "${", which means a reference in the project file'));
  if (column.missing >= (1 - fewestValues) * rows) return ignored(t('it is missing in nearly every row'));
  if (column.distinct < 2) return ignored(t('it is the same in every row'));
  if (column.name === time) return undefined;
  if (isIdentifier(column, rows, column.name === first)) return ignored(t('it identifies rows: nearly every row has a value of its own'));
  if (told.sum?.columns.includes(column.name) === true) {
    const [one, other] = told.sum.columns;
    return ignored(
      told.sum.sign === 1
        ? t('the target is {one} + {other}, so it is probably known only with it', { one, other })
        : t('the target is {one} − {other}, so it is probably known only with it', { one, other }),
    );
  }
  if (told.telling.has(column.name)) return ignored(t('it alone tells the target, so it is probably known only afterwards'));
  return undefined;
}

function usefulness(column: ColumnProfile, { rows, time }: UseContext): Decision {
  switch (column.type) {
    case 'timestamp':
      return column.name === time
        ? { use: 'time', reason: t('it holds the time of each row: later rows are held out, and hours and weekdays come from it') }
        : ignored(t('another column already gives the time'));
    case 'integer':
      if (codeName.test(column.name) && column.distinct > fewCodes) {
        return {
          use: 'categorical',
          reason: t('it is a code with {count} values, by its name, and no quantity', { count: column.distinct }),
        };
      }
      return { use: 'numeric', reason: t('it is a number with {count} different values', { count: column.distinct }) };
    case 'number':
      return { use: 'numeric', reason: t('it is a number with {count} different values', { count: column.distinct }) };
    case 'boolean':
      return { use: 'numeric', reason: t('it is true or false') };
    case 'category':
    case 'text':
      return column.distinct > Math.max(mostLevelsShare * rows, Math.min(fewLevels, rows / 3))
        ? ignored(t('it has {count} levels, too many for {rows} rows', { count: column.distinct, rows }))
        : { use: 'categorical', reason: t('it is a text with {count} levels', { count: column.distinct }) };
  }
}

function ignored(reason: string): Decision {
  return { use: 'ignored', reason };
}
