/** Which rows the proposed project keeps back for its evaluation, and from its training: the latest, or a share of them. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column, SplitName } from '../../protocol/dataset.ts';
import { resolveHoldout, rowNumber } from '../data/dataset/drawRows.ts';
import type { Duckdb } from '../data/sql/duckdb.ts';
import { formatInstant } from '../data/rows/instants.ts';
import { quoteName, quoteText } from '../data/sql/sqlText.ts';

export type HoldOut = TimeHoldOut | DrawnHoldOut;

interface Seeded {
  /** The seed of the project. */
  readonly seed: number;
}

export interface TimeHoldOut extends Seeded {
  readonly kind: 'time';
  readonly column: string;
  readonly cutoff: string;
  /** Classes that only the latest of the rows to learn from have: those are not held out by time again. */
  readonly lateInLearnt: readonly string[];
}

export interface DrawnHoldOut extends Seeded {
  readonly kind: 'random';
  /** Columns that make no two rows differ. */
  readonly ignore: readonly string[];
  /** Which share of the rows is held out in fact. */
  readonly share: number;
  /** Whether rows come back again and again, so that they are drawn one by one. */
  readonly isByRow: boolean;
  /** SQL of the rows to draw from, where some classes are too rare to be held out. */
  readonly where: string | undefined;
  /** Those classes. */
  readonly alwaysLearnt: readonly string[];
  /** Where there is a column of times that could not be cut: the classes that only its latest rows have. */
  readonly lateClasses: { readonly column: string; readonly classes: readonly string[] } | undefined;
}

export interface HoldOutRequest {
  readonly duckdb: Duckdb;
  /** The quoted name of the rows. */
  readonly from: string;
  /** SQL of the rows whose target is known. */
  readonly known: string;
  /** The column to cut by time at, where there is one. */
  readonly time: string | undefined;
  /** How to hold rows out; by time where undefined and possible. */
  readonly split: SplitName | undefined;
  /** The columns that the project declares. */
  readonly columns: readonly Column[];
  /** The target, where it is one of them. */
  readonly target: string | undefined;
  /** SQL of a target that is a class; undefined for a number. */
  readonly classes: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Which share of the rows is to be held out. */
export const heldShare = 0.2;

/** The seeds to draw by, until rows of two classes are held out. */
const seeds = [42, 43, 44, 45, 46, 47, 48, 49];

export interface ChosenHoldOut {
  readonly holdOut: HoldOut;
  /** The ways in which rows of this file can be held out for this target, the default first. */
  readonly splits: readonly SplitName[];
}

/**
 * A model cannot be measured on a class it has never seen, so every class keeps rows to learn from; and not on one class alone.
 * @throws AppError `proposal.oneClassHeldOut`, `proposal.noTimeSplit`
 */
export async function chooseHoldOut(request: HoldOutRequest): Promise<ChosenHoldOut> {
  const { time, split } = request;
  const byTime = time === undefined ? undefined : await timeHoldOut(request, time);
  if (byTime !== undefined && 'cutoff' in byTime) {
    const holdOut = split === 'random' ? await drawnHoldOut(request, undefined) : byTime;
    return { holdOut, splits: ['time', 'random'] };
  }
  if (split === 'time') throw noTimeSplit(time, byTime);
  return { holdOut: await drawnHoldOut(request, byTime), splits: ['random'] };
}

function noTimeSplit(time: string | undefined, late: LateClasses | undefined): AppError {
  const args = { time: time ?? '', classes: late?.classes.slice(0, 3).join(', ') ?? '' };
  const reason =
    time === undefined
      ? t('no column that is used holds a time in every row')
      : late === undefined
        ? t('too many rows have the same "{time}"', args)
        : t('only the latest rows by "{time}" have {classes}', args);
  return new AppError('proposal.noTimeSplit', t('Rows cannot be held out by time: {reason}.', { reason }), {
    kind: 'usage',
    args: { reason },
    remedy: t('Let rows be drawn at random instead.'),
  });
}

type LateClasses = NonNullable<DrawnHoldOut['lateClasses']>;

/** @returns the classes in the way where the latest rows cannot be held out; undefined where too many have one time */
async function timeHoldOut(request: HoldOutRequest, column: string): Promise<TimeHoldOut | LateClasses | undefined> {
  const cutoff = await timeCutoff(request, column, request.known);
  if (cutoff === undefined) return undefined;
  const classes = await unlearntClasses(request, isBefore(column, cutoff));
  if (classes.length > 0) return { column, classes };
  const learnt = `${request.known} AND ${isBefore(column, cutoff)}`;
  const inner = await timeCutoff(request, column, learnt, false);
  if (inner === undefined) return undefined;
  const lateInLearnt = await unlearntClasses({ ...request, known: learnt }, isBefore(column, inner));
  if ((await countClasses(request, `${request.known} AND NOT ${isBefore(column, cutoff)}`)) < 2) return undefined;
  return { kind: 'time', column, cutoff, lateInLearnt, seed: seeds[0] ?? 0 };
}

/** In SQL, whether a row's time is before a moment. */
export function isBefore(column: string, cutoff: string): string {
  return `${quoteName(column)} < CAST(${quoteText(cutoff)} AS TIMESTAMPTZ)::TIMESTAMP`;
}

/** The classes of which no row meets the condition, in the order of their names. */
async function unlearntClasses({ duckdb, from, classes, known }: HoldOutRequest, isLearnt: string): Promise<string[]> {
  if (classes === undefined) return [];
  const rows = await duckdb.query(
    `SELECT CAST(${classes} AS VARCHAR) AS value FROM ${from} WHERE ${known}
     GROUP BY 1 HAVING count(*) FILTER (${isLearnt}) = 0 ORDER BY value`,
  );
  return rows.map((row) => String(row.value));
}

const dayMicroseconds = 86_400_000_000n;

/** The moment at which the last fifth of the rows begins, at midnight where that leaves rows on both sides. */
async function timeCutoff({ duckdb, from }: HoldOutRequest, column: string, where: string, atMidnight = true): Promise<string | undefined> {
  const name = quoteName(column);
  const [row] = await duckdb.query(
    `SELECT epoch_us(quantile_disc(${name}, ${1 - heldShare})) AS cutoff, epoch_us(min(${name})) AS first FROM ${from} WHERE ${where}`,
  );
  const cutoff = row?.cutoff;
  const first = row?.first;
  if (typeof cutoff !== 'bigint' || typeof first !== 'bigint' || cutoff <= first) return undefined;
  const midnight = cutoff - (cutoff % dayMicroseconds);
  return formatInstant(atMidnight && cutoff > 0n && midnight > first ? midnight : cutoff);
}

/** Of the rows that meet the condition; two for a number. */
async function countClasses({ duckdb, from, classes }: HoldOutRequest, where: string): Promise<number> {
  if (classes === undefined) return 2;
  const [row] = await duckdb.query(`SELECT CAST(count(DISTINCT ${classes}) AS DOUBLE) AS n FROM ${from} WHERE ${where}`);
  return Number(row?.n);
}

/** Draws as the project will, to see what comes out. */
async function drawnHoldOut(request: HoldOutRequest, lateClasses: DrawnHoldOut['lateClasses']): Promise<DrawnHoldOut> {
  for (const seed of seeds) {
    const { heldClasses, ...holdOut } = await drawBy(request, seed);
    if (heldClasses >= 2) return { kind: 'random', lateClasses, seed, ...holdOut };
  }
  throw new AppError(
    'proposal.oneClassHeldOut',
    t('All rows but very few are of one class, so no rows of two classes can be kept back to measure a model.'),
    {
      remedy: t('Choose another target, or bring more rows of the rarer class.'),
    },
  );
}

type DrawnRows = Pick<DrawnHoldOut, 'ignore' | 'share' | 'isByRow' | 'where' | 'alwaysLearnt'> & Pick<Drawn, 'heldClasses'>;

async function drawBy(request: HoldOutRequest, seed: number): Promise<DrawnRows> {
  const { classes, target, known } = request;
  const ignore = target === undefined ? [] : [target];
  const { unlearnt, ...first } = await draw(request, { ignore, seed, among: [known] });
  const rare = unlearnt.filter((value) => !value.includes('${'));
  if (rare.length === 0 || classes === undefined) return { ...first, ignore, where: undefined, alwaysLearnt: [] };
  const where = `CAST(${classes} AS VARCHAR) NOT IN (${rare.map(quoteText).join(', ')})`;
  const { share, isByRow, heldClasses } = await draw(request, { ignore, seed, among: [known, where] });
  return { share, isByRow, heldClasses, ignore, where, alwaysLearnt: rare };
}

interface Drawn {
  /** The classes of which every row is held out. */
  readonly unlearnt: readonly string[];
  /** How many classes have rows that are held out; two for a number. */
  readonly heldClasses: number;
  /** Of the rows whose target is known. */
  readonly share: number;
  readonly isByRow: boolean;
}

async function draw(
  { duckdb, from, columns, known, classes, signal }: HoldOutRequest,
  { ignore, seed, among }: { ignore: readonly string[]; seed: number; among: readonly string[] },
): Promise<Drawn> {
  const names = columns.map(({ name }) => name);
  const holdout = { key: 'holdout', size: { share: heldShare }, seed, group: undefined, columns: names, ignore };
  const table = { name: 'data', base: from, columns, asides: new Map<string, never>() };
  const condition = await resolveHoldout(duckdb, table, { holdout, among, signal });
  const numbered = `(SELECT *, row_number() OVER () AS ${rowNumber} FROM ${from})`;
  const isHeld = `(${[...among, condition].join(' AND ')})`;
  const counted = await duckdb.query(
    `SELECT CAST(${classes ?? 'NULL'} AS VARCHAR) AS value, CAST(count(*) FILTER (${isHeld}) AS DOUBLE) AS held, CAST(count(*) AS DOUBLE) AS n
     FROM ${numbered} WHERE ${known} GROUP BY 1 ORDER BY value`,
    signal,
  );
  const kinds = counted.map(({ value, held, n }) => ({ value: String(value), held: Number(held), rows: Number(n) }));
  const sum = (count: (kind: (typeof kinds)[number]) => number): number => kinds.reduce((total, kind) => total + count(kind), 0);
  return {
    unlearnt: classes === undefined ? [] : kinds.filter(({ held, rows }) => held === rows).map(({ value }) => value),
    heldClasses: classes === undefined ? 2 : kinds.filter(({ held }) => held > 0).length,
    share:
      sum(({ held }) => held) /
      Math.max(
        1,
        sum(({ rows }) => rows),
      ),
    isByRow: condition.includes(rowNumber),
  };
}
