/** User SQL that reaches for more than it was given: refused by Millwright's own guard, before DuckDB's lock is even tried. */
import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckdb, type Duckdb } from '../../../src/engine/data/sql/duckdb.ts';
import { guardExpression, guardQuery } from '../../../src/engine/data/sql/sqlGuard.ts';

let duckdb: Duckdb;
beforeAll(async () => {
  duckdb = await openDuckdb({ threads: 1, memoryBytes: 2 ** 28 });
  await duckdb.query('CREATE TABLE rows AS SELECT 1 AS a, 2 AS b');
});
afterAll(async () => duckdb.close());

const query = async (sql: string): Promise<string> => guardQuery(duckdb, { key: 'datasets.q.query', sql }, ['rows']);
const expression = async (sql: string): Promise<string> => guardExpression(duckdb, { key: 'datasets.q.where', sql });
const refused = /^dataset\.(query|expression|unsteady)$/;

/** Table functions that read files, settings, secrets or queries in texts. */
const reaching = [
  ...["read_text('x')", "read_blob('x')", "read_csv('x')", "read_csv_auto('x')", "read_json('x')", "read_ndjson('x')", "read_parquet('x')"],
  ...[
    "parquet_metadata('x')",
    "parquet_schema('x')",
    "parquet_file_metadata('x')",
    "sniff_csv('x')",
    "glob('*')",
    "read_json_objects('x')",
  ],
  ...['duckdb_secrets()', 'duckdb_settings()', 'duckdb_functions()', 'duckdb_databases()', 'duckdb_extensions()', 'duckdb_logs()'],
  ...['duckdb_temporary_files()', 'duckdb_memory()', "which_secret('x', 's3')", 'pragma_database_list()', "pragma_table_info('rows')"],
  ...[
    'pragma_version()',
    "query('SELECT 1')",
    "query_table('rows')",
    "json_execute_serialized_sql('{}')",
    'checkpoint()',
    'force_checkpoint()',
  ],
  ...["sqlite_scan('x', 'y')", "postgres_scan('x', 'y', 'z')", "st_read('x')", "read_xlsx('x')", "iceberg_scan('x')", "delta_scan('x')"],
  ...['repeat_row(1, num_rows = 10)', 'test_all_types()', "seq_scan('rows')", 'arrow_scan(1, 2, 3)', 'enable_logging()', 'summary(rows)'],
];

/** Ways to put a table into a query. */
const places: readonly ((table: string) => string)[] = [
  (table) => `SELECT * FROM ${table} ORDER BY 1`,
  (table) => `SELECT a FROM rows, ${table} ORDER BY 1`,
  (table) => `SELECT (SELECT count(*) FROM ${table}) FROM rows ORDER BY 1`,
  (table) => `WITH x AS (SELECT * FROM ${table}) SELECT a FROM rows ORDER BY 1`,
  (table) => `SELECT a FROM rows WHERE a IN (SELECT 1 FROM ${table}) ORDER BY 1`,
  (table) => `SELECT a FROM rows UNION ALL SELECT 1 FROM ${table} ORDER BY 1`,
  (table) => `SELECT a FROM rows ORDER BY (SELECT count(*) FROM ${table})`,
  (table) => `FROM ${table} SELECT 1 ORDER BY 1`,
];

describe('a query', () => {
  it.each(reaching)('reads no rows of %s, wherever it stands', async (table) => {
    for (const place of places) {
      await expect(query(place(table)), place(table)).rejects.toMatchObject({ code: expect.stringMatching(refused) as string });
    }
  });

  it.each([
    ...[
      "'secret.csv'",
      '"secret.parquet"',
      "'https://example.org/x.csv'",
      "'*.json'",
      'duckdb_settings',
      'sqlite_master',
      'information_schema.tables',
    ],
    ...['pg_catalog.pg_tables', 'duckdb_logs', 'main.rows', 'memory.main.rows', 'system.information_schema.tables', 'temp.x', 'other'],
  ])('reads nothing that is called %s', async (table) => {
    for (const place of places) await expect(query(place(table)), place(table)).rejects.toMatchObject({ code: 'dataset.query' });
  });

  it.each([
    `SELECT * FROM 'secret.csv' WHERE 1 IN (WITH "secret.csv" AS (SELECT 1 AS a) SELECT a FROM "secret.csv") ORDER BY 1`,
    `SELECT a FROM rows UNION ALL (WITH duckdb_settings AS (SELECT 1 AS a) SELECT a FROM duckdb_settings) UNION ALL SELECT 1 FROM duckdb_settings ORDER BY 1`,
    `WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings ORDER BY 1`,
    `WITH x AS (SELECT * FROM y), y AS (SELECT 1 AS a) SELECT * FROM x ORDER BY 1`,
    `WITH RECURSIVE sqlite_master AS (SELECT 1 AS a FROM sqlite_master UNION ALL SELECT a + 1 FROM sqlite_master WHERE a < 3) SELECT * FROM sqlite_master ORDER BY 1`,
    `SELECT (WITH "x.json" AS (SELECT 1 AS a) SELECT max(a) FROM "x.json"), b FROM "x.json" ORDER BY 1`,
  ])('takes no name for a table where WITH did not make it: %s', async (sql) => {
    await expect(query(sql)).rejects.toMatchObject({ code: 'dataset.query' });
  });

  it.each([
    `WITH x AS (SELECT * FROM rows), y AS (SELECT a FROM x) SELECT * FROM x JOIN y USING (a) ORDER BY 1`,
    `WITH x AS (WITH x AS (SELECT 1 AS a) SELECT a FROM x) SELECT * FROM x ORDER BY 1`,
    `WITH RECURSIVE n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n WHERE a < 3) SELECT * FROM n ORDER BY 1`,
    `SELECT (WITH y AS (SELECT max(a) AS a FROM rows) SELECT a FROM y) AS m FROM rows ORDER BY 1`,
    `WITH x AS (SELECT 1 AS a) SELECT a FROM x UNION ALL SELECT a FROM x ORDER BY 1`,
    `SELECT r.a FROM rows AS r, range(3) AS t(i), unnest([1, 2]) AS u(v) ORDER BY ALL`,
    `PIVOT rows ON a USING sum(b) ORDER BY 1`,
  ])('that is honest passes: %s', async (sql) => {
    if (sql.startsWith('PIVOT'))
      await expect(query(sql)).rejects.toMatchObject({ code: 'dataset.query' }); // no SELECT
    else await duckdb.query(await query(sql));
  });

  it.each([
    ...[
      "COPY rows TO 'x.csv'",
      "COPY (SELECT 1) TO 'x'",
      "COPY rows FROM 'x'",
      "ATTACH 'x'",
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET threads = 1',
      'RESET threads',
    ],
    ...[
      "EXPORT DATABASE 'x'",
      "IMPORT DATABASE 'x'",
      'PRAGMA version',
      'CALL pragma_version()',
      'DROP TABLE rows',
      'CREATE TABLE x AS SELECT 1',
      'CREATE MACRO f(a) AS a',
    ],
    ...[
      'CREATE SECRET (TYPE s3)',
      'DELETE FROM rows',
      'UPDATE rows SET a = 1',
      'INSERT INTO rows VALUES (1, 2)',
      'DESCRIBE rows',
      'SUMMARIZE rows',
      'SHOW TABLES',
    ],
    ...[
      'EXPLAIN SELECT 1',
      'VACUUM',
      'CHECKPOINT',
      'BEGIN',
      'USE memory',
      'PREPARE x AS SELECT 1',
      'EXECUTE x',
      'SELECT 1; SELECT 2',
      "SELECT 1; COPY rows TO 'x'",
    ],
    ...[
      "WITH x AS (COPY rows TO 'x') SELECT * FROM x ORDER BY 1",
      'WITH x AS (DELETE FROM rows RETURNING *) SELECT * FROM x ORDER BY 1',
      'FROM (SHOW TABLES) ORDER BY 1',
      'FROM (DESCRIBE rows) ORDER BY 1',
    ],
    ...[
      'SELECT * FROM (SUMMARIZE rows) ORDER BY 1',
      'SELECT a FROM rows',
      'MERGE INTO rows USING rows AS s ON true WHEN MATCHED THEN DELETE',
      "COMMENT ON TABLE rows IS 'x'",
      'ALTER TABLE rows RENAME TO s',
    ],
  ])('is one SELECT with an order, unlike %s', async (sql) => {
    await expect(query(sql)).rejects.toMatchObject({ code: expect.stringMatching(refused) as string });
  });

  it.each([
    'random()',
    'now()',
    'uuid()',
    "current_setting('threads')",
    "getvariable('x')",
    'txid_current()',
    "nextval('s')",
    'current_query()',
    'get_current_time()',
    "write_log('x')",
    'current_localtime()',
    'current_timestamp',
  ])('tells nothing of this process or moment by %s', async (call) => {
    await expect(query(`SELECT ${call} AS x FROM rows ORDER BY 1`)).rejects.toMatchObject({ code: 'dataset.unsteady' });
    await expect(expression(`${call} IS NULL`)).rejects.toMatchObject({ code: 'dataset.unsteady' });
  });
});

describe('an expression', () => {
  it.each([
    ...[
      '(SELECT 1)',
      'a IN (SELECT a FROM rows)',
      "EXISTS (FROM read_text('x'))",
      'a = (FROM duckdb_secrets() SELECT 1)',
      'a > ALL (SELECT 1)',
    ],
    ...[
      'a) OR (b',
      '1) FROM rows --',
      '1 AS x',
      '*',
      'COLUMNS(*)',
      "COLUMNS('a')",
      'rows.*',
      'sum(a) OVER ()',
      'row_number() OVER (ORDER BY a)',
    ],
    ...[
      '1; DROP TABLE rows',
      '1 FROM rows',
      "1 FROM 'x.csv'",
      '1 UNION SELECT 2',
      '1 WHERE true',
      '1 LIMIT 1',
      '1 ORDER BY 1',
      '1 /* ',
      '',
    ],
    ...[
      'ARRAY(SELECT 1)',
      'unnest((SELECT [1]))',
      'list_transform([1], lambda x: (SELECT x))',
      'CASE WHEN true THEN (SELECT 1) END',
      '[x FOR x IN (SELECT [1])]',
    ],
  ])('is one over one row, unlike %s', async (sql) => {
    await expect(expression(sql)).rejects.toMatchObject({ code: expect.stringMatching(refused) as string });
  });

  it.each([
    "a > 1 AND 'x' LIKE '%)('",
    'list_contains([1, 2], a)',
    "CASE WHEN a = 1 THEN 'x' ELSE 'y' END = 'x'",
    'a BETWEEN 1 AND 2 -- why',
    "regexp_matches('x', '^x$')",
  ])('that is honest passes: %s', async (sql) => {
    await duckdb.query(`SELECT a FROM rows WHERE ${await expression(sql)}`);
  });
});

/** A process that asks DuckDB and says what became of it. */
const script = (sql: string): string => `
  import { openDuckdb } from ${JSON.stringify(join(import.meta.dirname, '../../../src/engine/data/sql/duckdb.ts'))};
  await using duckdb = await openDuckdb({ threads: 1, memoryBytes: ${2 ** 28} });
  const stopping = new AbortController();
  process.on('SIGTERM', () => stopping.abort(new Error('stopped')));
  console.log('begun');
  await duckdb.query(${JSON.stringify(sql)}, stopping.signal).then(() => console.log('done'), (error) => console.log(error.code ?? error.name));
  process.exit(0);`;

const ask = (sql: string) => execa(process.execPath, ['--no-warnings', '--input-type=module', '-e', script(sql)], { reject: false });

describe('a query that would take the machine', () => {
  it.each([
    "SELECT sum(length(repeat('x' || i, 20000000))) FROM range(1000) t(i)",
    'SELECT len(list_resize([1], 800000000, 0))',
    'SELECT len(range(2000000000))',
    "SELECT length(replace(replace(repeat('x', 20000), 'x', repeat('y', 1000)), 'y', repeat('z', 1000)))",
    "SELECT string_agg(repeat('x' || i, 1000000), '') FROM range(100000) t(i)",
  ])('ends when its memory does: %s', async (sql) => {
    const { stdout, stderr, signal } = await ask(sql);
    if (signal === 'SIGKILL') expect(stderr).toContain('could not be stopped');
    else expect(stdout.trim().split('\n').at(-1)).toMatch(/dataset\.outOfMemory|^Error$/);
  });

  it.each([
    'SELECT count(*) FROM range(300000000000)',
    'WITH RECURSIVE n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n) SELECT max(a) FROM n',
    "SELECT sum(levenshtein(repeat('x', 100) || i, repeat('y', 100))) FROM range(100000000) t(i)",
    'SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 8',
  ])('ends when it is told to: %s', async (sql) => {
    const asked = ask(sql);
    await new Promise((begun) => asked.stdout.once('data', begun));
    await new Promise((wait) => setTimeout(wait, 300));
    asked.kill('SIGTERM');
    const { stdout, exitCode, signal } = await asked;
    expect([exitCode, signal]).toEqual([0, undefined]);
    expect(stdout).toContain('CancelledError');
  });
});
