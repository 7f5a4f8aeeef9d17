/** What comes round in a column of times: hours, weekdays, months. */
import type { ColumnProfile } from '../../protocol/dataset.ts';
import type { ProfiledFile } from '../data/profileFile.ts';
import { quoteName } from '../data/sql/sqlText.ts';
import type { Cycle } from './proposedProject.ts';

const dayMs = 86_400_000;

/**
 * Cycles that the span of the data shows at least twice.
 * @param taken the names that features have, and columns
 */
export async function cyclesOf(file: ProfiledFile, column: ColumnProfile, taken: readonly string[]): Promise<Cycle[]> {
  const { name, min, max } = column;
  const days = (Date.parse(String(max)) - Date.parse(String(min))) / dayMs;
  const value = /^[a-z_]\w*$/i.test(name) ? name : quoteName(name);
  const cycles = [
    ...((await hoursVary(file, name)) && days >= 2
      ? [{ name: 'hour', value: `hour(${value}) + minute(${value}) / 60.0`, period: 24 }]
      : []),
    ...(days >= 14 ? [{ name: 'weekday', value: `dayofweek(${value})`, period: 7 }] : []),
    ...(days >= 730 ? [{ name: 'month', value: `month(${value})`, period: 12 }] : []),
  ];
  return cycles.map((cycle) => ({ ...cycle, name: freeName(cycle.name, taken) }));
}

/** The name, or a longer one, that neither a column nor a feature has: a cycle becomes a sine and a cosine. */
function freeName(name: string, taken: readonly string[]): string {
  const known = new Set(taken.map((one) => one.toLowerCase()));
  const isFree = (word: string): boolean => ['', '_sin', '_cos'].every((ending) => !known.has(`${word}${ending}`));
  let free = name;
  while (!isFree(free)) free = `cycle_${free}`;
  return free;
}

async function hoursVary(file: ProfiledFile, time: string): Promise<boolean> {
  const [row] = await file.duckdb.query(`SELECT count(DISTINCT hour(${quoteName(time)})) > 1 AS vary FROM ${file.from}`);
  return row?.vary === true;
}
