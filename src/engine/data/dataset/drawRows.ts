/**
 * Draws a share of a data set's rows by their values: the same rows on every machine, from every file format and in whatever order
 * they come. Rows that belong together are drawn together.
 */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Column, ColumnType } from '../../../protocol/dataset.ts';
import type { Duckdb } from '../sql/duckdb.ts';
import { repeatByNature } from '../rows/equalRows.ts';
import type { PlannedHoldout } from './planDataset.ts';
import { quoteName, quoteText } from '../sql/sqlText.ts';

/** The quoted name of the number of each row in the files, where rows are drawn by it. */
export const rowNumber = quoteName('__millwright_row_number__');

/** Rows to draw from; a data set's view is such a table. */
export interface DrawnTable {
  readonly name: string;
  /** For a FROM clause. */
  readonly base: string;
  readonly columns: readonly Column[];
  /** By column: what stands for it in SQL where values that do not fit are set aside. */
  readonly asides: ReadonlyMap<string, { readonly fitting: string }>;
}

export interface HoldoutRequest {
  readonly holdout: Omit<PlannedHoldout, 'among'>;
  /** Conditions of the rows to draw from. */
  readonly among: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Every kind of rows has a place between 0 and 2^128 by the MD5 of seed and values. Kinds up to a place are held out, as many as
 * make the share; kinds with many rows are chosen first, in the order of their places, so that none of them can miss the share
 * by its size. Where rows repeat by nature their numbers take the part of the values.
 * @returns the SQL condition of the rows that are drawn
 * @throws AppError `dataset.columnMissing`, `dataset.holdoutOneKind`, and what reading the files throws; CancelledError
 */
export async function resolveHoldout(duckdb: Duckdb, table: DrawnTable, request: HoldoutRequest): Promise<string> {
  const { holdout, among, signal } = request;
  const { size } = holdout;
  if ('rows' in size) return drawRowByRow(duckdb, table, { ...request, wanted: size.rows });
  const key = placeSql(table, holdout);
  const where = among.length === 0 ? '' : ` WHERE ${among.join(' AND ')}`;
  const from = where.includes(rowNumber) ? numberedRows(table) : table.base;
  await duckdb.query(
    `CREATE OR REPLACE TEMP TABLE ${kinds} AS SELECT key, count(*) AS n FROM (SELECT ${key} AS key FROM ${from}${where}) GROUP BY key`,
    signal,
  );
  const [counts] = await duckdb.query(`SELECT CAST(sum(n) AS DOUBLE) AS rows, CAST(count(*) AS DOUBLE) AS different FROM ${kinds}`, signal);
  const [rows, different] = [Number(counts?.rows), Number(counts?.different)];
  if (rows === 0) return 'false';
  const wanted = Math.min(rows - 1, Math.max(1, Math.round(rows * size.share)));
  if (holdout.group === undefined && repeatByNature({ rows, different })) return drawRowByRow(duckdb, table, { ...request, wanted });
  if (different < 2) throw oneKind(table, holdout);
  return drawKinds(duckdb, { key, wanted, rows, signal });
}

const kinds = quoteName('kinds of rows');

function numberedRows({ base }: DrawnTable): string {
  return `(SELECT *, row_number() OVER () AS ${rowNumber} FROM ${base})`;
}

/** So many rows by their numbers, whatever they hold; every row, where there are no more. */
async function drawRowByRow(
  duckdb: Duckdb,
  table: DrawnTable,
  { holdout, among, signal, wanted }: HoldoutRequest & { readonly wanted: number },
): Promise<string> {
  const place = `md5_number(${quoteText(String(holdout.seed))} || '#' || ${rowNumber})`;
  const where = among.length === 0 ? '' : ` WHERE ${among.join(' AND ')}`;
  const [last] = await duckdb.query(
    `SELECT CAST(${place} AS VARCHAR) AS place FROM ${numberedRows(table)}${where} ORDER BY ${place} LIMIT 1 OFFSET ${wanted - 1}`,
    signal,
  );
  return last === undefined ? 'true' : `${place} <= ${literal(String(last.place))}`;
}

/** A kind with more than this share of the rows to be held out is chosen by itself. */
const largeShare = 0.05;

interface Draw {
  /** SQL of a row's place. */
  readonly key: string;
  readonly wanted: number;
  readonly rows: number;
  readonly signal: AbortSignal | undefined;
}

async function drawKinds(duckdb: Duckdb, { key, wanted, rows, signal }: Draw): Promise<string> {
  const limit = Math.max(1, Math.floor(wanted * largeShare));
  const found = await duckdb.query(
    `SELECT CAST(key AS VARCHAR) AS key, CAST(n AS DOUBLE) AS n FROM ${kinds} WHERE n > ${limit} ORDER BY ${kinds}.key`,
    signal,
  );
  const large = found.map((row) => ({ key: String(row.key), rows: Number(row.n) }));
  const largeRows = large.reduce((sum, kind) => sum + kind.rows, 0);
  const held = chooseLarge(large, (wanted * largeRows) / rows);
  const heldRows = held.reduce((sum, kind) => sum + kind.rows, 0);
  const need = Math.max(0, wanted - heldRows);
  const [cut] = await duckdb.query(
    `SELECT CAST(key AS VARCHAR) AS key, CAST(total AS DOUBLE) AS total
     FROM (SELECT key, sum(n) OVER (ORDER BY key) AS total FROM ${kinds} WHERE n <= ${limit}) ORDER BY abs(total - ${need}), key LIMIT 1`,
    signal,
  );
  const isCut = cut !== undefined && Math.abs(Number(cut.total) - need) < need;
  const chosen = held.length === 0 && !isCut ? [smallest(large)] : held;
  const small = isCut ? `${key} <= ${literal(String(cut.key))}` : 'false';
  if (large.length === 0) return small;
  const list = (some: readonly LargeKind[]): string => `${key} IN (${some.map((kind) => literal(kind.key)).join(', ')})`;
  return `CASE WHEN ${list(large)} THEN ${chosen.length === 0 ? 'false' : list(chosen)} ELSE ${small} END`;
}

interface LargeKind {
  readonly key: string;
  readonly rows: number;
}

/** Whole kinds in their order: first those that fit into the quota, then those that bring it nearer. */
function chooseLarge(large: readonly LargeKind[], quota: number): LargeKind[] {
  const chosen = new Set<LargeKind>();
  let held = 0;
  const take = (kind: LargeKind): void => {
    chosen.add(kind);
    held += kind.rows;
  };
  for (const kind of large) if (held + kind.rows <= quota) take(kind);
  for (const kind of large) if (!chosen.has(kind) && Math.abs(held + kind.rows - quota) < Math.abs(held - quota)) take(kind);
  return large.filter((kind) => chosen.has(kind));
}

function smallest(large: readonly LargeKind[]): LargeKind {
  return large.reduce((best, kind) => (kind.rows < best.rows ? kind : best));
}

function literal(place: string): string {
  return `${quoteText(place)}::UHUGEINT`;
}

/** Columns in the order of their names, which is the same in every file. */
function keyColumns(
  { columns, name: table }: DrawnTable,
  { key, group, columns: declared, ignore }: HoldoutRequest['holdout'],
): readonly Column[] {
  const named = [...(group ?? []), ...ignore];
  const missing = named.find((name) => !columns.some((column) => column.name === name));
  if (missing !== undefined) throw noColumn(table, missing, `${key}.${group?.includes(missing) === true ? 'group' : 'ignore'}`);
  const wanted = group ?? (declared ?? columns.map(({ name }) => name)).filter((name) => !ignore.includes(name));
  return columns.filter(({ name }) => wanted.includes(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fields are parted by the unit separator; a missing value is the record separator, which no text of a table is. */
const [betweenFields, missingValue] = [quoteText('\u001f'), quoteText('\u001e')];

function placeSql(table: DrawnTable, holdout: HoldoutRequest['holdout']): string {
  const texts = keyColumns(table, holdout).map(({ name, type }) => exactText(table.asides.get(name)?.fitting ?? quoteName(name), type));
  const values = [quoteText(String(holdout.seed)), ...texts.map((text) => `coalesce(${text}, ${missingValue})`)];
  return `md5_number(concat_ws(${betweenFields}, ${values.join(', ')}))`;
}

/**
 * A value as a text that is the same however a file stores it: whole numbers as the numbers they are, no negative zero, NaN as missing.
 * Made of nothing that DuckDB would rewrite (constants to fold, NULLIF): it looks at all columns again after each rewriting.
 */
function exactText(value: string, type: ColumnType): string {
  switch (type) {
    case 'integer':
    case 'number':
      return `replace(replace(CAST(CAST(${value} AS DOUBLE) + 0e0 AS VARCHAR), '-nan', ${missingValue}), 'nan', ${missingValue})`;
    case 'timestamp':
      return `CAST(epoch_us(CAST(${value} AS TIMESTAMP)) AS VARCHAR)`;
    case 'boolean':
      return `CAST(CAST(${value} AS BOOLEAN) AS VARCHAR)`;
    case 'category':
    case 'text':
      return `CAST(${value} AS VARCHAR)`;
  }
}

function noColumn(dataset: string, column: string, key: string): AppError {
  return new AppError('dataset.columnMissing', t('The data set "{dataset}" has no column "{column}".', { dataset, column }), {
    args: { dataset, column, key },
    remedy: t('Name one of its columns.'),
  });
}

function oneKind({ name }: DrawnTable, { key }: HoldoutRequest['holdout']): AppError {
  return new AppError('dataset.holdoutOneKind', t('No share of "{name}" can be drawn: all of its rows belong together.', { name }), {
    args: { name, key },
    remedy: t('Group by a column with more values, or ignore fewer columns.'),
  });
}
