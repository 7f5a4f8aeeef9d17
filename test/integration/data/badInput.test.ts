/** Every kind of data a user can get wrong: a clear error with its place and a remedy, and nothing changed. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestPath } from '../../../src/engine/pipeline/records/pathDigest.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import { dataFolder, failureOf, flights, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

function snapshot(): string {
  const hash = createHash('sha256');
  for (const name of folder.files()) hash.update(name);
  return hash.digest('hex');
}

interface Expected {
  readonly code: string;
  readonly text: RegExp;
  readonly key?: string;
  readonly line?: number;
}

async function expectFailure(datasets: Record<string, DatasetSpec>, expected: Expected): Promise<void> {
  const before = snapshot();
  const error = await failureOf(() => readAll(folder.root, datasets, 'd'));
  expect({ code: error.code, kind: error.kind }).toEqual({ code: expected.code, kind: 'input' });
  expect(error.message).toMatch(expected.text);
  expect(error.message).not.toMatch(/exception_type|auto_detect|ignore_errors/);
  expect(error.remedy).toMatch(/\w{3}/);
  if (expected.key !== undefined) expect(error.args.key).toBe(expected.key);
  if (expected.line !== undefined) expect(error.at).toMatchObject({ line: expected.line });
  expect(snapshot()).toBe(before);
}

test('a file that does not exist, with the one that may be meant', async () => {
  folder.write('data/flights.csv', 'a\n1\n');
  const error = await failureOf(() => readAll(folder.root, { d: { path: 'data/flights.parquet' } }, 'd'));
  expect(error.code).toBe('dataset.fileMissing');
  expect(error.remedy).toContain('flights.csv');
  await expectFailure({ d: { path: 'nothing.csv' } }, { code: 'dataset.fileMissing', text: /nothing\.csv/, key: 'datasets.d.path' });
});

test('a glob that matches nothing, a folder, and a name without a format', async () => {
  folder.write('data/x', 'a\n1\n');
  await expectFailure({ d: { path: '*.csv' } }, { code: 'dataset.noMatch', text: /\*\.csv/, key: 'datasets.d.path' });
  await expectFailure({ d: { path: 'data' } }, { code: 'dataset.notAFile', text: /folder/ });
  await expectFailure({ d: { path: 'data/x' } }, { code: 'dataset.formatUnknown', text: /format/ });
});

test.runIf(process.platform === 'linux').each<[string, (path: string) => void, RegExp]>([
  [
    'an endless device behind a link',
    (path) => {
      symlinkSync('/dev/zero', path);
    },
    /is a device/,
  ],
  [
    'a device without an end of its own',
    (path) => {
      symlinkSync('/dev/random', path);
    },
    /is a device/,
  ],
  [
    'a named pipe',
    (path) => {
      execFileSync('mkfifo', [path]);
    },
    /is a named pipe/,
  ],
])('%s in the place of data, and among the matches of a glob', async (_what, make, text) => {
  folder.write('parts/a.csv', 'a\n1\n');
  make(join(folder.root, 'parts/b.csv'));
  await expectFailure({ d: { path: 'parts/b.csv' } }, { code: 'files.notPlain', text });
  await expectFailure({ d: { path: 'parts/*.csv' } }, { code: 'files.notPlain', text });
  await expect(digestPath(folder.root, join(folder.root, 'parts/b.csv'))).rejects.toMatchObject({ code: 'files.notPlain' });
});

test('an empty file, and files with nothing but a header', async () => {
  folder.write('empty.csv', '');
  folder.write('header.csv', 'a,b\n');
  folder.write('header.tsv', 'a\tb\r\n');
  await expectFailure({ d: { path: 'empty.csv' } }, { code: 'dataset.emptyFile', text: /empty\.csv is empty/ });
  folder.write('lines.csv', '\n'.repeat(10));
  await expectFailure({ d: { path: 'lines.csv' } }, { code: 'dataset.emptyFile', text: /lines\.csv is empty/ });
  await expectFailure({ d: { path: 'header.csv' } }, { code: 'dataset.noRows', text: /no rows.*header/ });
  await expectFailure({ d: { path: 'header.tsv' } }, { code: 'dataset.noRows', text: /no rows.*header/ });
});

test('a Parquet file cut in half', async () => {
  const whole = readFileSync(flights);
  folder.write('half.parquet', whole.subarray(0, whole.length / 2));
  await expectFailure({ d: { path: 'half.parquet' } }, { code: 'dataset.unreadable', text: /half\.parquet cannot be read as parquet/ });
});

test('CSV rows of differing widths, with the line', async () => {
  folder.write('wide.csv', 'a,b\n1,2\n"x\ny",4\n5,6,7\n8,9\n');
  await expectFailure({ d: { path: 'wide.csv' } }, { code: 'dataset.badRow', text: /Line 5 of wide\.csv has 3 values/, line: 5 });
  folder.write('narrow.csv', 'a,b\r\n1,2\r\n3\r\n');
  await expectFailure({ d: { path: 'narrow.csv' } }, { code: 'dataset.badRow', text: /Line 3 of narrow\.csv has 1 value/, line: 3 });
  folder.write('open.csv', 'a,b\n1,"2\n3,4\n');
  await expectFailure({ d: { path: 'open.csv' } }, { code: 'dataset.badRow', text: /quote is opened on line 2/, line: 2 });
});

test('rows far down a long file', async () => {
  const rows = Array.from({ length: 60_000 }, (_, row) => `${row},${row * 2}`);
  rows[50_000] = '1,2,3';
  folder.write('long.csv', `a,b\n${rows.join('\n')}\n`);
  await expectFailure({ d: { path: 'long.csv' } }, { code: 'dataset.badRow', text: /Line 50002/, line: 50_002 });
});

test('bytes that are not UTF-8, with the line', async () => {
  folder.write('latin.csv', Buffer.concat([Buffer.from('a,b\n1,x\n2,'), Buffer.from([0xe9, 0xff]), Buffer.from('\n')]));
  await expectFailure({ d: { path: 'latin.csv' } }, { code: 'dataset.encoding', text: /Line 3 of latin\.csv.*utf-8/, line: 3 });
  folder.write('latin.jsonl', Buffer.concat([Buffer.from('{"a": 1}\n{"a": "'), Buffer.from([0xe9]), Buffer.from('"}\n')]));
  await expectFailure({ d: { path: 'latin.jsonl' } }, { code: 'dataset.badRow', text: /Line 2 of latin\.jsonl/, line: 2 });
});

test('a column that is absent, or of another type', async () => {
  folder.write('t.csv', 'a,b\n1,2\nx,3\n');
  await expectFailure(
    { d: { path: 't.csv', columns: { c: { type: 'integer' } } } },
    { code: 'dataset.columnMissing', text: /no column "c"/, key: 'datasets.d.columns.c' },
  );
  await expectFailure(
    { d: { path: 't.csv', columns: { a: { type: 'integer' } } } },
    {
      code: 'dataset.wrongType',
      text: /Row 2 of t\.csv: "x" in the column "a" is not of the declared type integer/,
      key: 'datasets.d.columns.a.type',
    },
  );
  await expectFailure(
    { d: { path: flights, columns: { origin: { type: 'number' } } } },
    { code: 'dataset.wrongType', text: /"origin".*declared number, but stored as VARCHAR/ },
  );
  await expectFailure({ d: { path: 't.csv', time: 'b' } }, { code: 'dataset.wrongType', text: /declared type timestamp/ });
});

test.each([
  ['integer', '1.5'],
  ['integer', '9007199254740993'],
  ['number', 'abc'],
  ['boolean', 'perhaps'],
  ['timestamp', '2001-02-30'],
] as const)('a declared %s is not guessed from %s', async (type, value) => {
  folder.write('t.csv', `a,b\n,1\n${value},2\n`);
  const error = await failureOf(() => readAll(folder.root, { d: { path: 't.csv', columns: { a: { type } } } }, 'd'));
  expect(['dataset.wrongType', 'dataset.integerTooLarge']).toContain(error.code);
  expect(error.message).toContain(value);
  expect(error.message).toContain('Row 2');
});

test('a fraction in a Parquet column that is declared integer', async () => {
  await readAll(
    folder.root,
    { src: { path: folder.write('t.csv', 'a\n1\n2.5\n') }, d: { query: 'SELECT a::DOUBLE AS a FROM src ORDER BY a' } },
    'd',
  );
  const error = await failureOf(() =>
    readAll(
      folder.root,
      {
        src: { path: 't.csv' },
        q: { query: 'SELECT a::DOUBLE AS a FROM src ORDER BY a' },
        d: { from: 'q', columns: { a: { type: 'integer' } } },
      },
      'd',
    ),
  );
  expect(error.code).toBe('dataset.wrongType');
  expect(error.message).toMatch(/Row 2 .*"2\.5"/);
});

test('no row left after the condition or the window', async () => {
  const base: DatasetSpec = { path: flights, time: 'date' };
  await expectFailure(
    { base, d: { from: 'base', where: 'delay > 100000' } },
    { code: 'dataset.noRows', text: /No row is left/, key: 'datasets.d.where' },
  );
  await expectFailure({ base, d: { from: 'base', during: { since: '2030-01-01' } } }, { code: 'dataset.noRows', text: /No row is left/ });
});

test.each([
  ['an unknown column', 'dellay > 15', 'dataset.expression', /dellay/],
  ['not a condition', 'delay + 1', 'dataset.expression', /no condition/],
  ['no SQL', 'delay >', 'dataset.expression', /not SQL/],
  ['a second statement', '1=1); DROP TABLE x; SELECT (1=1', 'dataset.expression', /not one expression/],
  ['a FROM of its own', '1=1) FROM range(3) WHERE (1=1', 'dataset.expression', /not one expression/],
  ['a subquery', "delay > (SELECT count(*) FROM read_csv('/etc/passwd'))", 'dataset.expression', /not one expression/],
  ['a window', 'row_number() OVER () < 5', 'dataset.expression', /several rows/],
  ['chance', 'random() < 0.5', 'dataset.unsteady', /random/],
  ['the clock', 'date < now()', 'dataset.unsteady', /now/],
  ['a failing cast', 'CAST(origin AS INTEGER) = 1', 'dataset.expression', /fails/],
] as const)('a condition that is %s', async (_, where, code, text) => {
  await expectFailure({ d: { path: flights, where } }, { code, text, key: 'datasets.d.where' });
});

test.each([
  ['writes a file', `COPY src TO 'stolen.csv'`, /not a single SELECT/],
  ['deletes', 'DELETE FROM src', /not a single SELECT/],
  ['attaches', `ATTACH 'x.db'`, /not a single SELECT/],
  ['sets', 'SET threads = 1', /not a single SELECT/],
  ['calls a pragma', 'PRAGMA version', /not a single SELECT/],
  ['has two statements', 'SELECT 1 AS a ORDER BY a; SELECT 2 AS a ORDER BY a', /not a single SELECT/],
  ['reads another file', `SELECT * FROM read_csv('/etc/passwd') ORDER BY 1`, /read_csv/],
  ['reads another file by name', `SELECT * FROM '/etc/passwd' ORDER BY 1`, /passwd/],
  ['reads the catalog', 'SELECT * FROM duckdb_settings() ORDER BY 1', /duckdb_settings/],
  ['has no order', 'SELECT a FROM src', /order/],
  ['fails', 'SELECT b FROM src ORDER BY 1', /"b"/],
] as const)('a query that %s', async (_, query, text) => {
  folder.write('t.csv', 'a\n1\n');
  await expectFailure(
    { src: { path: 't.csv' }, d: { query } },
    { code: /"b"/.source === text.source ? 'dataset.expression' : 'dataset.query', text, key: 'datasets.d.query' },
  );
});

test('definitions that lead nowhere', async () => {
  await expectFailure({ a: { from: 'd' }, d: { from: 'a' } }, { code: 'dataset.cycle', text: /d → a → d/ });
  await expectFailure(
    { d: { query: 'SELECT * FROM e ORDER BY ALL' }, e: { query: 'SELECT * FROM d ORDER BY ALL' } },
    { code: 'dataset.cycle', text: /defined by itself/ },
  );
  await expectFailure({ d: {} }, { code: 'dataset.noSource', text: /where its rows come from/ });
  await expectFailure({ d: { from: 'nowhere' } }, { code: 'dataset.unknown', text: /nowhere/ });
  await expectFailure({ d: { path: flights, during: { since: '2001-01-01' } } }, { code: 'dataset.noTime', text: /which column/ });
});

test('JSON Lines with a broken line, gzip cut short, files that differ', async () => {
  folder.write('t.jsonl', '{"a": 1}\n{"a": \n{"a": 3}\n');
  await expectFailure({ d: { path: 't.jsonl' } }, { code: 'dataset.badRow', text: /Line 2 of t\.jsonl/, line: 2 });
  const zipped = gzipSync(Buffer.from(`a,b\n${Array.from({ length: 5000 }, (_, row) => `${row},${Math.sin(row)}`).join('\n')}\n`));
  folder.write('t.csv.gz', zipped.subarray(0, zipped.length / 2));
  await expectFailure({ d: { path: 't.csv.gz' } }, { code: 'dataset.unreadable', text: /not a whole gzip file/ });
  folder.write('many/1.csv', 'a,b\n1,2\n');
  folder.write('many/2.csv', 'a,c\n1,2\n');
  await expectFailure({ d: { path: 'many/*.csv' } }, { code: 'dataset.filesDiffer', text: /2\.csv has other columns than/ });
  folder.write('many/3.jsonl', '{"a": 1}\n');
  await expectFailure({ d: { path: 'many/*' } }, { code: 'dataset.mixedFiles', text: /different formats/ });
  expect(folder.files()).not.toContain(join('many', 'stolen.csv'));
});

test('a byte order mark before a quoted name that holds the delimiter is read past', async () => {
  folder.write('t.csv', '\uFEFF"x, y",z\n"a, b",1\nc,2\n');
  expect(await readAll(folder.root, { t: { path: 't.csv' } }, 't')).toEqual({ 'x, y': ['a, b', 'c'], z: [1, 2] });
});
