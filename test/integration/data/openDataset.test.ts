/** Data sets as they should be: every format, window, condition, query and name, read back value by value. */
import { appendFileSync, existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { userMark } from '../../../src/base/userMark.ts';
import { CancelledError } from '../../../src/base/abort.ts';
import { sha256 } from '../../../src/base/hash.ts';
import { missingTime } from '../../../src/engine/data/rows/columns.ts';
import { openDuckdb } from '../../../src/engine/data/sql/duckdb.ts';
import { assertUnchanged } from '../../../src/engine/data/dataset/fingerprint.ts';
import { parseInstant } from '../../../src/engine/data/rows/instants.ts';
import { fingerprintDataset, openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { readChunks } from '../../../src/engine/data/rows/readChunks.ts';
import { writeTable } from '../../../src/engine/data/files/writeTable.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import { asOf, budget, dataFolder, failureOf, flights, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const read = async (spec: DatasetSpec, expressions: Record<string, string> = {}) => readAll(folder.root, { d: spec }, 'd', expressions);

test('CSV with a byte order mark, CRLF, quotes and missing values, under a name with spaces, quotes and emoji', async () => {
  const name = `it's "data" 🚀/ä b.csv`;
  folder.write(name, '\ufeffid,größe,when,flag,note\r\n1,1.5,2001-01-01T02:00:00+02:00,true,"a ""b"", c\r\nd"\r\n2,,,,\r\n');
  expect(await read({ path: name, time: 'when', columns: { id: { type: 'category' }, flag: { type: 'boolean' } } })).toEqual({
    id: ['1', '2'],
    größe: [1.5, NaN],
    when: [parseInstant('2001-01-01'), missingTime],
    flag: [1, NaN],
    note: ['a "b", c\r\nd', null],
  });
});

test('read options: delimiter, decimal comma, encoding, texts for missing, no header', async () => {
  folder.write('de.csv', Buffer.from('name;wert\nJürgen;1,5\nÄnne;k.A.\n', 'latin1'));
  const spec = { path: 'de.csv', read: { decimal: ',' as const, encoding: 'latin-1' as const, null_values: ['k.A.'] } };
  expect(await read(spec)).toEqual({ name: ['Jürgen', 'Änne'], wert: [1.5, NaN] });
  expect(await read({ ...spec, columns: { wert: { type: 'number' } } })).toEqual({ name: ['Jürgen', 'Änne'], wert: [1.5, NaN] });
  folder.write('bare.tsv', '1\tx\n2\ty\n');
  expect(await read({ path: 'bare.tsv', read: { header: false } })).toEqual({ column0: [1, 2], column1: ['x', 'y'] });
  folder.write('u16.csv', Buffer.from('\ufeffa,b\n1,é\n', 'utf16le'));
  expect(await read({ path: 'u16.csv', read: { encoding: 'utf-16' } })).toEqual({ a: [1], b: ['é'] });
});

test('gzip, globs in sorted order, JSON Lines', async () => {
  folder.write('part/b.csv.gz', gzipSync('n,x\n3,c\n'));
  folder.write('part/a.csv.gz', gzipSync('n,x\n1,a\n2,b\n'));
  expect(await read({ path: 'part/*.csv.gz' })).toEqual({ n: [1, 2, 3], x: ['a', 'b', 'c'] });
  folder.write('t.jsonl', '{"n": 1, "when": "2001-01-01 10:00:00", "deep": {"a": [1]}}\n{"n": 2.5}\n');
  expect(await read({ path: 't.jsonl', time: 'when' })).toEqual({
    n: [1, 2.5],
    when: [parseInstant('2001-01-01 10:00'), missingTime],
    deep: ['{"a":[1]}', null],
  });
});

test('windows, conditions and data sets upon data sets', async () => {
  folder.write('t.csv', 'when,n\n2026-01-01,1\n2026-01-20,2\n2026-01-30T12:00:00Z,3\n2026-02-01,4\n');
  const datasets: Record<string, DatasetSpec> = {
    all: { path: 't.csv', time: 'when' },
    odd: { from: 'all', where: 'n % 2 = 1' },
    recent: { from: 'all', during: { last: '30d' } },
    oddAndRecent: { from: 'odd', during: { last: '2w' } },
    before: { from: 'all', during: { since: '2026-01-20', before: '2026-01-30T12:00:00Z' } },
  };
  const numbers = async (name: string) => (await readAll(folder.root, datasets, name)).n;
  expect(await numbers('odd')).toEqual([1, 3]);
  expect(await numbers('recent')).toEqual([1, 2, 3]);
  expect(await numbers('oddAndRecent')).toEqual([3]);
  expect(await numbers('before')).toEqual([2]);
});

test('a target that is an expression, and its type', async () => {
  folder.write('t.csv', 'delay\n10\n20\n\n30\n');
  await using reader = await openDataset({ root: folder.root, datasets: { d: { path: 't.csv' } } }, 'd', { asOf, budget });
  expect(await reader.expressionType('delay > 15')).toBe('boolean');
  expect((await read({ path: 't.csv' }, { late: 'delay > 15' })).late).toEqual([0, 1, NaN, 1]);
});

test('a query runs once, in an order made total, and is known by the hash of its rows', async () => {
  folder.write('t.csv', `g,n\n${Array.from({ length: 3000 }, (_, row) => `g${row % 7},${row}`).join('\n')}\n`);
  const datasets = { t: { path: 't.csv' }, d: { query: 'SELECT g, n FROM t ORDER BY g DESC' } };
  const first = await readAll(folder.root, datasets, 'd');
  expect(first.g?.[0]).toBe('g6');
  expect(first.n?.slice(0, 3)).toEqual([6, 13, 20]);
  const fingerprint = await fingerprintDataset({ root: folder.root, datasets }, 'd', { asOf });
  const [file] = fingerprint.files;
  expect(file?.path).toMatch(/^\.millwright\/cache\/queries\/[0-9a-f]{64}\.parquet$/);
  expect(file?.sha256).toBe(sha256(readFileSync(join(folder.root, file?.path ?? ''))));
  expect(await readAll(folder.root, datasets, 'd')).toEqual(first);
});

test('a query keeps its large numbers, its subqueries and its common tables when its order is made total', async () => {
  folder.write('t.csv', 'id,g\n9007199254740993,a\n9007199254740992,b\n1,c\n');
  const query = async (sql: string) =>
    (await readAll(folder.root, { t: { path: 't.csv', columns: { id: { type: 'category' } } }, d: { query: sql } }, 'd')).g;
  expect(await query('SELECT g FROM t WHERE id::BIGINT = 9007199254740993 ORDER BY g')).toEqual(['a']);
  expect(await query('SELECT g FROM (SELECT g FROM t WHERE id <> 1::VARCHAR) ORDER BY g')).toEqual(['a', 'b']);
  expect(await query(`WITH c AS (SELECT 'x"\\ 12' AS s) SELECT g || s AS g FROM t, c ORDER BY g DESC LIMIT 1`)).toEqual(['cx"\\ 12']);
});

test.each([
  ['x = 1) OR (x = 2', 'dataset.expression'],
  ['1); SELECT (2', 'dataset.expression'],
  ['x IN (SELECT 1)', 'dataset.expression'],
  ["read_text('/etc/hostname') <> ''", 'dataset.expression'],
  ['current_date > moment', 'dataset.unsteady'],
  ['localtimestamp > moment', 'dataset.unsteady'],
  ['ago(INTERVAL 1 DAY) > moment', 'dataset.unsteady'],
  ['age(moment) > INTERVAL 1 DAY', 'dataset.unsteady'],
  [`current_setting('threads') = '1'`, 'dataset.unsteady'],
])('the condition %s is refused', async (where, code) => {
  folder.write('t.csv', 'x,moment\n1,2001-01-01\n2,2001-01-02\n');
  expect((await failureOf(async () => read({ path: 't.csv', where }))).code).toBe(code);
});

test.each([
  ['SELECT * FROM t USING SAMPLE 1 ORDER BY x', 'dataset.unsteady'],
  ['SELECT * FROM t TABLESAMPLE 10% ORDER BY x', 'dataset.unsteady'],
  [`SELECT * FROM '/etc/hostname' ORDER BY 1`, 'dataset.query'],
  [`SELECT x FROM t ORDER BY (SELECT max(file) FROM glob('/*'))`, 'dataset.query'],
  [`COPY t TO 'copy.csv'`, 'dataset.query'],
  [`ATTACH 'other.db'`, 'dataset.query'],
  ['SET threads = 1', 'dataset.query'],
  ['WITH w AS (DELETE FROM t RETURNING *) SELECT * FROM w ORDER BY 1', 'dataset.expression'],
])('the query %s is refused', async (query, code) => {
  folder.write('t.csv', 'x\n1\n2\n');
  expect((await failureOf(async () => readAll(folder.root, { t: { path: 't.csv' }, d: { query } }, 'd'))).code).toBe(code);
});

test('three million flights come in the order of the file, the same with one thread and with two', async () => {
  const digestWith = async (threads: number) => {
    await using reader = await openDataset({ root: folder.root, datasets: { d: { path: flights } } }, 'd', {
      asOf,
      budget: { ...budget, threads },
    });
    let rows = 0;
    let digest = 0;
    for await (const chunk of reader.chunks({ columns: ['delay', 'date', 'origin'], expressions: { late: 'delay > 15' } })) {
      rows += chunk.rows;
      const delay = chunk.columns.delay;
      if (delay?.kind === 'number') for (const value of delay.values) digest = (Math.imul(digest, 31) + value) | 0;
    }
    expect(rows).toBe(3_000_000);
    expect(await reader.rows()).toBe(rows);
    return digest;
  };
  expect(await digestWith(1)).toBe(await digestWith(2));
});

test('ten thousand columns', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
  folder.write('wide.csv', `${names.join(',')}\n${names.map((_, index) => index).join(',')}\n`);
  await using reader = await openDataset({ root: folder.root, datasets: { d: { path: 'wide.csv' } } }, 'd', {
    asOf,
    budget: { threads: 2, memoryBytes: 2 ** 31 },
  });
  expect(reader.columns).toHaveLength(10_000);
  for await (const chunk of reader.chunks({ columns: ['c0', 'c9999'] }))
    expect(chunk.columns.c9999).toMatchObject({ values: Float64Array.of(9999) });
});

test('a failure on the way is an error, never a shorter data set', async () => {
  await using duckdb = await openDuckdb(budget);
  const sql = "SELECT CASE WHEN i = 500000 THEN error('on the way') ELSE i::DOUBLE END AS v FROM range(1000000) t(i)";
  const drain = async () => {
    let rows = 0;
    for await (const chunk of duckdb.stream(sql, (result) =>
      readChunks(result, [{ name: 'v', kind: 'number' }], { chunkRows: 65_536, signal: undefined }),
    ))
      rows += chunk.rows;
    return rows;
  };
  await expect(drain()).rejects.toThrow(/on the way/);
});

test('reading stops when it is cancelled', async () => {
  const controller = new AbortController();
  await using reader = await openDataset({ root: folder.root, datasets: { d: { path: flights } } }, 'd', { asOf, budget });
  let chunks = 0;
  const drain = async () => {
    for await (const chunk of reader.chunks({ columns: ['delay'], chunkRows: 5000, signal: controller.signal })) {
      chunks += Math.sign(chunk.rows);
      controller.abort();
    }
  };
  await expect(drain()).rejects.toBeInstanceOf(CancelledError);
  expect(chunks).toBe(1);
});

test('SQL that got past every check still touches no other file and no setting', async () => {
  const secret = folder.write('secret.csv', 'a\n1\n');
  await using duckdb = await openDuckdb(budget, { files: [flights] });
  for (const sql of [
    `SELECT * FROM read_csv('${secret}')`,
    `COPY (SELECT 1) TO '${secret}'`,
    `ATTACH '${secret}.db'`,
    'SET threads = 8',
    'INSTALL httpfs',
  ]) {
    await expect(duckdb.query(sql)).rejects.toThrow(/Permission|locked/);
  }
  expect(readFileSync(secret, 'utf8')).toBe('a\n1\n');
  expect(existsSync(`${secret}.db`)).toBe(false);
});

test('a fingerprint tells content, not place or time of writing', async () => {
  folder.write('t.csv', 'a\n1\n');
  folder.write('copy/t.csv', 'a\n1\n');
  const of = async (spec: DatasetSpec) => fingerprintDataset({ root: folder.root, datasets: { d: spec } }, 'd', { asOf });
  const one = await of({ path: 't.csv' });
  expect(one.files).toMatchObject([{ path: 't.csv', sha256: sha256('a\n1\n'), sizeBytes: 4 }]);
  expect((await of({ path: 'copy/t.csv' })).digest).toBe(one.digest);
  expect((await of({ path: 't.csv', where: 'a > 0' })).digest).not.toBe(one.digest);
  utimesSync(join(folder.root, 't.csv'), new Date(), new Date());
  await assertUnchanged(folder.root, one);
  appendFileSync(join(folder.root, 't.csv'), '2\n');
  expect((await failureOf(() => assertUnchanged(folder.root, one))).code).toBe('dataset.changed');
  expect((await of({ path: 't.csv' })).digest).not.toBe(one.digest);
});

test('a file whose size, times and inode are known is not read again, and a torn cache costs nothing but time', async () => {
  const path = folder.write('t.csv', 'a\n1\n');
  const of = async () => {
    vi.resetModules(); // as a process that has asked for nothing before
    const engine = await import('../../../src/engine/data/dataset/openDataset.ts');
    return (await engine.fingerprintDataset({ root: folder.root, datasets: { d: { path: 't.csv' } } }, 'd', { asOf })).files[0]?.sha256;
  };
  await new Promise((done) => setTimeout(done, 2500)); // younger files are not trusted
  const first = await of();
  const { DatabaseSync } = await import('node:sqlite');
  const cache = join(folder.root, '.millwright/cache/hashes.db');
  const database = new DatabaseSync(cache);
  const row = database.prepare('SELECT path, stamp FROM marked_files').get();
  const mark = (await userMark()).of(['file', row?.path, row?.stamp, 'known'].join('\n'));
  database.prepare("UPDATE marked_files SET sha256 = 'known', mark = ?").run(mark);
  database.close();
  expect(await of()).toBe('known');
  writeFileSync(cache, 'not a database, and long enough to be read as the header of one');
  expect(await of()).toBe(first);
  expect(await Promise.all([of(), of(), of()])).toEqual([first, first, first]);
  expect(path).toContain('t.csv');
});

test.each(['out.parquet', 'out.csv', 'out.jsonl', 'out.csv.gz'])('what is written to %s is read back', async (name) => {
  folder.write(
    't.csv',
    `n,x,when,flag\n${Array.from({ length: 5000 }, (_, row) => `${row % 3 === 0 ? '' : row},"t, ""${row}""",2001-01-01 00:00:01,true`).join('\n')}\n`,
  );
  const datasets = { d: { path: 't.csv' }, back: { path: name, time: 'when' } };
  await using reader = await openDataset({ root: folder.root, datasets }, 'd', { asOf, budget });
  const columns = reader.columns;
  await writeTable(join(folder.root, name), reader.chunks({ columns: columns.map((column) => column.name), chunkRows: 999 }), {
    columns,
    budget,
  });
  expect(await readAll(folder.root, datasets, 'back')).toEqual(await readAll(folder.root, datasets, 'd'));
  expect(folder.files()).toEqual([name, 't.csv'].sort());
});

test('a failed or cancelled write leaves the old file and nothing else', async () => {
  const path = folder.write('out.parquet', 'old');
  const chunk = { rows: 1, columns: { a: { kind: 'number' as const, values: Float64Array.of(1) } } };
  const broken = async function* () {
    yield await Promise.resolve(chunk);
    throw new Error('broken source');
  };
  await expect(writeTable(path, broken(), { columns: [{ name: 'a', type: 'number' }], budget })).rejects.toThrow('broken source');
  const endless = async function* (controller: AbortController) {
    for (;;) {
      yield await Promise.resolve(chunk);
      controller.abort();
    }
  };
  const controller = new AbortController();
  const options = { columns: [{ name: 'a', type: 'number' as const }], budget, signal: controller.signal };
  await expect(writeTable(path, endless(controller), options)).rejects.toBeInstanceOf(CancelledError);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(folder.files()).toEqual(['out.parquet']);
});
