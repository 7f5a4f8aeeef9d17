/** What each column would be used for, with the reason. Pure. */
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { ColumnProfile, ColumnProposal, ColumnUse, SplitName } from '../../protocol/dataset.ts';
import { isIdentifier } from './identifiers.ts';
import { obstacleTo, possibleUses } from './possibleUses.ts';
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
  /** What a person uses columns for, by name. */
  readonly chosen: ReadonlyMap<string, ColumnUse>;
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

/** A column's use as it is proposed, or as a person chose it, with the reason of the proposal. */
export function proposeUse(column: ColumnProfile, context: UseContext): ColumnProposal {
  const proposed = decide(column, context);
  const chosen = context.chosen.get(column.name);
  const isTarget = proposed.use === 'target';
  const uses = isTarget ? [] : possibleUses(column, context.rows);
  return { column: column.name, ...(chosen === undefined || isTarget ? proposed : asChosen(chosen, proposed)), uses };
}

function asChosen(use: ColumnUse, { use: proposed, reason }: Decision): Decision {
  if (use === proposed) return { use, reason };
  return {
    use,
    reason: proposed === 'ignored' ? t('taken by you, although {reason}', { reason }) : t('chosen by you: {reason}', { reason }),
  };
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

function uselessness(column: ColumnProfile, { rows, told, chosen, time, first }: UseContext): Decision | undefined {
  if (chosen.get(column.name) === 'ignored') return ignored(t('left out by you'));
  const obstacle = obstacleTo(column.type === 'timestamp' ? 'time' : 'categorical', column, rows);
  if (obstacle !== undefined) return ignored(obstacle);
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
      return column.name === time ? { use: 'time', reason: timeReason('time') } : ignored(t('another column already gives the time'));
    case 'integer':
      if (codeName.test(column.name) && column.distinct > fewCodes) {
        return {
          use: 'categorical',
          reason: t('it is a code with {count} values, by its name, and no quantity', { count: formatCount(column.distinct) }),
        };
      }
      return { use: 'numeric', reason: t('it is a number with {count} different values', { count: formatCount(column.distinct) }) };
    case 'number':
      return { use: 'numeric', reason: t('it is a number with {count} different values', { count: formatCount(column.distinct) }) };
    case 'boolean':
      return { use: 'numeric', reason: t('it is true or false') };
    case 'category':
    case 'text':
      return column.distinct > Math.max(mostLevelsShare * rows, Math.min(fewLevels, rows / 3))
        ? ignored(t('it has {count} levels, too many for {rows} rows', { count: formatCount(column.distinct), rows: formatCount(rows) }))
        : { use: 'categorical', reason: t('it is a text with {count} levels', { count: formatCount(column.distinct) }) };
  }
}

/** What the column of times is for. */
export function timeReason(split: SplitName): string {
  return split === 'time'
    ? t('it holds the time of each row: later rows are held out, and hours and weekdays come from it')
    : t('it holds the time of each row: hours and weekdays come from it');
}

function ignored(reason: string): Decision {
  return { use: 'ignored', reason };
}
