/** What SQL a project file may hold: one expression over one row, or one SELECT over the project's own data sets. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { shorten, sqlFailure } from './sqlFailure.ts';
import type { Duckdb } from './duckdb.ts';
import { parseSyntaxTree, writeSyntaxTree } from './sqlTree.ts';
import { quoteText } from './sqlText.ts';

export interface UserSql {
  /** Where it is written, such as `datasets.winter.where`. */
  readonly key: string;
  readonly sql: string;
}

/** A node of DuckDB's own syntax tree, as `json_serialize_sql` gives it. */
type Node = Readonly<Record<string, unknown>>;

/** Table functions that make rows out of nothing. */
const harmlessTables = new Set(['range', 'generate_series', 'unnest']);

/** Words that DuckDB reads as a call of the function of this name where no column has it. */
const clockWords = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']);
/** Functions that DuckDB calls consistent although they tell the time or the settings of this process. */
const unsteadyThough = new Set(['current_localtime', 'current_localtimestamp', 'current_setting', 'getvariable', 'ago', 'pg_sleep']);

/**
 * @returns the expression, safe to be put between other SQL
 * @throws AppError `dataset.expression` for anything but one expression that gives the same at every reading
 */
export async function guardExpression(duckdb: Duckdb, user: UserSql): Promise<string> {
  const wrapped = `(\n${user.sql}\n)`;
  const statements = await parse(duckdb, `SELECT ${wrapped}`, { user, refuse: notAnExpression });
  const node = statements[0];
  const list = node?.select_list;
  const alone = statements.length === 1 && node?.type === 'SELECT_NODE' && Array.isArray(list) && list.length === 1;
  if (!alone || typeOf(node.from_table) !== 'EMPTY' || !isBare(node)) throw notAnExpression(user);
  // In brackets as well: "a) OR (b" is an expression in parentheses only, and would tear apart what stands around it.
  await parse(duckdb, `SELECT [\n${user.sql}\n]`, { user, refuse: notAnExpression });
  for (const inner of walk(list)) {
    if (inner.class === 'SUBQUERY') throw notAnExpression(user);
    if (inner.class === 'WINDOW') throw severalRows(user);
    if (inner.class === 'STAR') throw notAnExpression(user);
  }
  await refuseUnsteady(duckdb, user, walk(list));
  return wrapped;
}

function isBare(node: Node): boolean {
  return (
    node.where_clause === null &&
    node.having === null &&
    node.qualify === null &&
    node.sample === null &&
    isEmpty(node.modifiers) &&
    isEmpty(node.group_expressions)
  );
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/**
 * @param tables names a FROM clause may use
 * @returns the query with its ORDER BY made total: rows equal in its keys are ordered by all their columns
 * @throws AppError `dataset.query`
 */
export async function guardQuery(duckdb: Duckdb, user: UserSql, tables: readonly string[]): Promise<string> {
  const statements = await parse(duckdb, user.sql, { user, refuse: notOneSelect });
  const [node] = statements;
  if (statements.length !== 1 || node === undefined) throw notOneSelect(user);
  checkTables(node, new Set(tables.map((name) => name.toLowerCase())), { user, tables });
  await refuseUnsteady(duckdb, user, walk(node));
  const order = (Array.isArray(node.modifiers) ? (node.modifiers as Node[]) : []).find((one) => typeOf(one) === 'ORDER_MODIFIER');
  if (order === undefined) throw notOrdered(user);
  return withTotalOrder(duckdb, user);
}

interface QueryPlace {
  readonly user: UserSql;
  readonly tables: readonly string[];
}

/**
 * A name that WITH makes means what it made in that part of the query alone; elsewhere it would mean a file, or a view of DuckDB's.
 * @param scope names that mean a table here, in small letters
 */
function checkTables(value: unknown, scope: ReadonlySet<string>, place: QueryPlace): void {
  if (Array.isArray(value)) {
    for (const item of value) checkTables(item, scope, place);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  checkTable(node, scope, place);
  let known = scope;
  for (const { key, value: made } of commonTables(node)) {
    checkTables(made, known, place);
    known = withName(known, key);
  }
  const isRecursive = node.type === 'RECURSIVE_CTE_NODE' && typeof node.cte_name === 'string';
  for (const [name, member] of Object.entries(node)) {
    if (name === 'cte_map') continue;
    checkTables(member, isRecursive && name === 'right' ? withName(known, String(node.cte_name)) : known, place);
  }
}

function withName(scope: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...scope, name.toLowerCase()]);
}

function commonTables(node: Node): { readonly key: string; readonly value: unknown }[] {
  const map = (node.cte_map as { readonly map?: readonly { readonly key?: unknown; readonly value?: unknown }[] } | undefined)?.map ?? [];
  return map.flatMap(({ key, value }) => (typeof key === 'string' ? [{ key, value }] : []));
}

function checkTable(node: Node, local: ReadonlySet<string>, { user, tables }: QueryPlace): void {
  const type = typeOf(node);
  if (type === 'BASE_TABLE') {
    const name = String(node.table_name);
    if (!local.has(name.toLowerCase()) || node.schema_name !== '' || node.catalog_name !== '') throw unknownTable(user, name, tables);
  }
  if (type === 'TABLE_FUNCTION') {
    const call = node.function as { readonly function_name?: unknown } | undefined;
    const name = String(call?.function_name);
    if (!harmlessTables.has(name)) throw unknownTable(user, `${name}(…)`, tables);
  }
  if (type === 'SHOW_REF') throw notOneSelect(user);
  if (typeof node.sample === 'object' && node.sample !== null) throw unsteady(user, 'SAMPLE');
}

/** Adds every output column to the ORDER BY, so that ties cannot come out in one order today and in another tomorrow. */
async function withTotalOrder(duckdb: Duckdb, user: UserSql): Promise<string> {
  const text = user.sql.trim().replace(/;\s*$/, '');
  try {
    const columns = await duckdb.query(`DESCRIBE (\n${text}\n)`);
    const tree = await serialize(duckdb, text);
    const statement = (tree as { statements: { node: { modifiers: { type: string; orders?: Node[] }[] } }[] }).statements[0];
    const orders = statement?.node.modifiers.find((one) => one.type === 'ORDER_MODIFIER')?.orders;
    if (orders?.some((one) => (one.expression as Node).class === 'STAR') === false) {
      for (let position = 1; position <= columns.length; position++) orders.push(orderByPosition(position));
    }
    const [row] = await duckdb.query(`SELECT json_deserialize_sql(${quoteText(writeSyntaxTree(tree))}::JSON) AS sql`);
    return String(row?.sql);
  } catch (error) {
    throw sqlFailure(error, user);
  }
}

function orderByPosition(position: number): Node {
  return {
    type: 'ORDER_DEFAULT',
    null_order: 'ORDER_DEFAULT',
    expression: {
      class: 'CONSTANT',
      type: 'VALUE_CONSTANT',
      alias: '',
      query_location: 0,
      value: { type: { id: 'INTEGER', type_info: null }, is_null: false, value: position },
    },
  };
}

async function serialize(duckdb: Duckdb, sql: string): Promise<unknown> {
  const [row] = await duckdb.query(`SELECT CAST(json_serialize_sql(${quoteText(sql)}) AS VARCHAR) AS tree`);
  return parseSyntaxTree(String(row?.tree));
}

/** The SELECTs in a text. Whatever is no SELECT (writes, COPY, ATTACH, PRAGMA, SET, …) is refused by the parser's own answer. */
async function parse(
  duckdb: Duckdb,
  sql: string,
  { user, refuse }: { user: UserSql; refuse: (user: UserSql) => AppError },
): Promise<Node[]> {
  const tree = (await serialize(duckdb, sql)) as {
    readonly error: boolean;
    readonly error_type?: string;
    readonly error_message?: string;
    readonly statements?: readonly { readonly node: Node }[];
  };
  if (!tree.error) return (tree.statements ?? []).map((statement) => statement.node);
  if (tree.error_type !== 'parser') throw refuse(user);
  const args = { key: user.key, sql: shorten(user.sql), reason: (tree.error_message ?? '').split('\n')[0] ?? '' };
  throw new AppError('dataset.expression', t('"{sql}" in {key} is not SQL: {reason}', args), {
    args: { ...user },
    remedy: t('Write it in SQL as DuckDB understands it.'),
  });
}

/** Every object in a syntax tree, parents first. */
function* walk(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (typeof value === 'object' && value !== null) {
    yield value as Node;
    for (const member of Object.values(value)) yield* walk(member);
  }
}

function typeOf(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'type' in node ? node.type : undefined;
}

/** Functions such as random() and now() would give other rows at every reading; DuckDB knows which they are. */
async function refuseUnsteady(duckdb: Duckdb, user: UserSql, nodes: Iterable<Node>): Promise<void> {
  const names = new Set<string>();
  for (const node of nodes) {
    if (typeof node.function_name === 'string') names.add(node.function_name.toLowerCase());
    const [word, ...rest] = node.class === 'COLUMN_REF' && Array.isArray(node.column_names) ? (node.column_names as unknown[]) : [];
    if (typeof word === 'string' && rest.length === 0 && clockWords.has(word.toLowerCase())) throw unsteady(user, word);
    if (node.function_name === 'age' && Array.isArray(node.children) && node.children.length === 1) throw unsteady(user, 'age');
  }
  if (names.size === 0) return;
  const known = [...names].find((name) => unsteadyThough.has(name));
  if (known !== undefined) throw unsteady(user, known);
  const list = [...names].map((name) => quoteText(name)).join(', ');
  const [found] = await duckdb.query(
    `SELECT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT' AND lower(function_name) IN (${list}) LIMIT 1`,
  );
  if (found !== undefined) throw unsteady(user, String(found.function_name));
}

function unsteady({ key, sql }: UserSql, name: string): AppError {
  return new AppError(
    'dataset.unsteady',
    t('"{sql}" in {key} calls {name}, which gives something else at every reading.', { sql: shorten(sql), key, name }),
    {
      args: { key, name },
      remedy: t('Use "during: {last: …}" for a window that moves with the date, and fixed values elsewhere.', { last: '{last: …}' }),
    },
  );
}

function notAnExpression({ key, sql }: UserSql): AppError {
  return new AppError('dataset.expression', t('"{sql}" in {key} is not one expression over one row.', { sql: shorten(sql), key }), {
    args: { key, sql },
    remedy: t('Write a single condition or value, such as {example}. What needs several rows is a data set with "query:".', {
      example: 'delay > 15',
    }),
  });
}

function severalRows({ key, sql }: UserSql): AppError {
  return new AppError('dataset.expression', t('"{sql}" in {key} looks at several rows.', { sql: shorten(sql), key }), {
    args: { key, sql },
    remedy: t('Compute it in a data set with "query:".'),
  });
}

function notOneSelect({ key, sql }: UserSql): AppError {
  return new AppError('dataset.query', t('"{sql}" in {key} is not a single SELECT.', { sql: shorten(sql), key }), {
    args: { key, sql },
    remedy: t('Data sets are only read: write one SELECT, without statements that change or export anything.'),
  });
}

function notOrdered({ key, sql }: UserSql): AppError {
  return new AppError('dataset.query', t('The query in {key} does not say in which order its rows come.', { key }), {
    args: { key, sql },
    remedy: t('End it with ORDER BY, so that the same data gives the same rows in the same order every time.'),
  });
}

function unknownTable({ key, sql }: UserSql, name: string, tables: readonly string[]): AppError {
  return new AppError('dataset.query', t('The query in {key} reads {name}, which is not a data set of this project.', { key, name }), {
    args: { key, sql, name },
    remedy: t('A query reads data sets by their names: {names}.', { names: tables.join(', ') }),
  });
}
