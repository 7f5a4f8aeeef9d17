/** Columns that alone tell the target, and so are probably known only with it: by the measure that training stops for. */
import type { ColumnProfile, ProjectProposal } from '../../protocol/dataset.ts';
import {
  association,
  givesAway,
  sampleSizes,
  screeningFigure,
  type Association,
  type FeatureValues,
  type TargetValues,
} from '../data/statistics/association.ts';
import type { Duckdb, SqlRow } from '../data/sql/duckdb.ts';
import { quoteName } from '../data/sql/sqlText.ts';
import { findTargetSum, type TargetSum } from './sumsOfColumns.ts';

export interface TellingRequest {
  /** The quoted name of the rows. */
  readonly from: string;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** SQL of the target. */
  readonly target: string;
  readonly task: ProjectProposal['task'];
  readonly signal: AbortSignal | undefined;
}

/** So many columns are read at once. */
const columnsAtOnce = 64;

export interface ToldTarget {
  /** Columns that alone give the target away. */
  readonly telling: ReadonlySet<string>;
  /** Columns that alone nearly do, with the figure of {@link association}. */
  readonly nearly: ReadonlyMap<string, number>;
  /** Two columns of which the target is the sum or the difference. */
  readonly sum: TargetSum | undefined;
}

/** Looks at evenly spaced rows whose target is known. */
export async function tellingColumns(duckdb: Duckdb, request: TellingRequest): Promise<ToldTarget> {
  const [small, large] = sampleSizes;
  const suspects = await columnsFrom(duckdb, request, { most: small, isFound: isSuspect });
  const columns = request.columns.filter(({ name }) => suspects.has(name));
  const nearly = await columnsFrom(duckdb, { ...request, columns }, { most: large, isFound: isSuspect });
  const telling = await columnsFrom(duckdb, { ...request, columns }, { most: large, isFound: (told) => givesAway(told) !== 'no' });
  for (const name of telling.keys()) nearly.delete(name);
  return { telling: new Set(telling.keys()), nearly, sum: request.task === 'regression' ? await targetSum(duckdb, request) : undefined };
}

function isSuspect({ figure }: Association): boolean {
  return figure >= screeningFigure;
}

/** Pairs of more columns are too many to try. */
const mostPaired = 100;
/** Rows a sum has to hold in. */
const pairedRows = 500;

async function targetSum(duckdb: Duckdb, request: TellingRequest): Promise<TargetSum | undefined> {
  const columns = request.columns.filter(({ type, distinct }) => (type === 'integer' || type === 'number') && distinct > 2);
  if (columns.length < 2 || columns.length > mostPaired) return undefined;
  const sample = await duckdb.query(sampleSql(request, columns, pairedRows), request.signal);
  const values = (key: string): Float64Array => Float64Array.from(sample, (row) => (row[key] === null ? NaN : Number(row[key])));
  return findTargetSum(values('y'), new Map(columns.map(({ name }, index) => [name, values(`c${index}`)])));
}

/** Those of the columns that are found by what they tell, with the figure. */
async function columnsFrom(
  duckdb: Duckdb,
  request: TellingRequest,
  { most, isFound }: { most: number; isFound: (told: Association) => boolean },
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const columns = request.columns.filter(({ type }) => type !== 'timestamp'); // no feature by itself
  for (let first = 0; first < columns.length; first += columnsAtOnce) {
    const batch = columns.slice(first, first + columnsAtOnce);
    const sample = await duckdb.query(sampleSql(request, batch, most), request.signal);
    const target = targetValues(sample, request.task);
    for (const [index, column] of batch.entries()) {
      const told = association(featureValues(sample, `c${index}`, column), target);
      if (isFound(told)) found.set(column.name, told.figure);
    }
  }
  return found;
}

function sampleSql({ from, rows, target, task }: TellingRequest, columns: readonly ColumnProfile[], most: number): string {
  const step = Math.max(1, Math.ceil(rows / most));
  const values = columns.map(
    ({ name, type }, index) => `CAST(${quoteName(name)} AS ${isLevels(type) ? 'VARCHAR' : 'DOUBLE'}) AS c${index}`,
  );
  const y = `CAST(${target} AS ${task === 'regression' ? 'DOUBLE' : 'VARCHAR'}) AS y`;
  return `SELECT ${[y, ...values].join(', ')} FROM ${from} WHERE ${target} IS NOT NULL QUALIFY row_number() OVER () % ${step} = 0`;
}

function isLevels(type: ColumnProfile['type']): boolean {
  return type === 'category' || type === 'text';
}

function targetValues(sample: readonly SqlRow[], task: TellingRequest['task']): TargetValues {
  if (task === 'regression') return { kind: 'numbers', values: Float64Array.from(sample, ({ y }) => Number(y)) };
  const codes = codesOf(sample, 'y');
  return { kind: 'classes', classes: new Set(codes).size, values: Float64Array.from(codes) };
}

function featureValues(sample: readonly SqlRow[], key: string, { type }: ColumnProfile): FeatureValues {
  if (isLevels(type)) return { kind: 'levels', codes: codesOf(sample, key) };
  return { kind: 'numbers', values: Float64Array.from(sample, (row) => (row[key] === null ? NaN : Number(row[key]))) };
}

/** Texts as small whole numbers in the order they come in; −1 where missing. */
function codesOf(sample: readonly SqlRow[], key: string): Int32Array {
  const codes = new Map<unknown, number>();
  return Int32Array.from(sample, (row) => {
    const value = row[key];
    if (value === null) return -1;
    const code = codes.get(value) ?? codes.size;
    codes.set(value, code);
    return code;
  });
}
