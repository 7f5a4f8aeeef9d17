/** What a column can be used for, whatever a person knows of it; what is proposed is another question. Pure. */
import { AppError } from '../../base/errors.ts';
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { columnUses, type ColumnProfile, type ColumnUse, type DatasetProfile } from '../../protocol/dataset.ts';
import { familyOf } from '../data/sql/sqlText.ts';
import { nearestName } from '../project/text/nearestName.ts';

export function possibleUses(column: ColumnProfile, rows: number): readonly ColumnUse[] {
  return columnUses.filter((use) => obstacleTo(use, column, rows) === undefined);
}

/** Why a column cannot be used so; undefined where it can. */
export function obstacleTo(use: ColumnUse, column: ColumnProfile, rows: number): string | undefined {
  if (use === 'ignored') return undefined;
  if (column.name.includes('${')) return t('its name holds "${", which means a reference in the project file');
  if (column.missing === rows) return t('it has no value');
  if (familyOf(column.storedAs) === 'nested' || column.storedAs === 'BLOB') return t('it is stored as {type}', { type: column.storedAs });
  if (use === 'time') return obstacleToTime(column, rows);
  if (column.type === 'timestamp') return t('it holds times');
  return use === 'numeric' && (column.type === 'category' || column.type === 'text') ? t('it holds texts') : undefined;
}

const fewestTimes = 10;

/** To be cut by, a time is known in every row, and there are enough different ones to cut between. */
function obstacleToTime({ type, missing, distinct }: ColumnProfile, rows: number): string | undefined {
  if (type !== 'timestamp') return t('it holds no times');
  if (missing > 0) return t('its time is missing in {count} rows', { count: formatCount(missing) });
  return distinct < Math.min(fewestTimes, rows) ? t('it has only {count} different times', { count: distinct }) : undefined;
}

/**
 * Refuses choices that cannot be followed.
 * @param target where it is a column
 * @throws AppError `proposal.unknownColumn`, `proposal.impossibleUse`, `proposal.severalTimes`
 */
export function checkUses(chosen: ReadonlyMap<string, ColumnUse>, { columns, rows }: DatasetProfile, target: string | undefined): void {
  for (const [name, use] of chosen) {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) throw unknownColumn(name, columns);
    const obstacle = name === target ? t('it is what the model predicts') : obstacleTo(use, column, rows);
    if (obstacle !== undefined) throw impossibleUse(column, { use, obstacle, uses: name === target ? [] : possibleUses(column, rows) });
  }
  const times = [...chosen].filter(([, use]) => use === 'time').map(([name]) => name);
  if (times.length > 1) throw severalTimes(times);
}

function unknownColumn(column: string, columns: readonly ColumnProfile[]): AppError {
  const names = columns.map(({ name }) => name);
  const nearest = nearestName(column, names);
  const args = { column, columns: names.slice(0, 30).join(', '), ...(nearest === undefined ? {} : { nearest }) };
  return new AppError('proposal.unknownColumn', t('There is no column "{column}" to be used.', { column }), {
    kind: 'usage',
    args,
    remedy: nearest === undefined ? t('The columns are {columns}.', args) : t('Did you mean "{nearest}"? The columns are {columns}.', args),
  });
}

function impossibleUse(
  { name }: ColumnProfile,
  { use, obstacle, uses }: { use: ColumnUse; obstacle: string; uses: readonly ColumnUse[] },
): AppError {
  const args = { column: name, use, obstacle, uses: uses.join(', ') };
  return new AppError('proposal.impossibleUse', t('"{column}" cannot be {use}: {obstacle}.', args), {
    kind: 'usage',
    args,
    remedy: uses.length === 0 ? t('Say nothing of it, or choose another target.') : t('It can be {uses}.', args),
  });
}

function severalTimes(times: readonly string[]): AppError {
  const args = { times: times.join(', ') };
  return new AppError('proposal.severalTimes', t('Several columns are to be the time of a row: {times}.', args), {
    kind: 'usage',
    args,
    remedy: t('Use one of them as time.'),
  });
}
