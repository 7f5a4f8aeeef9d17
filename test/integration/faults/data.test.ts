/** What reading and writing data do when several processes want the same cache, and when the disk is full. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readCsvHead, uniqueNames } from '../../../src/engine/data/files/csvHead.ts';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { openDuckdb, StreamCutShort } from '../../../src/engine/data/sql/duckdb.ts';
import { openTableWriter } from '../../../src/engine/data/files/writeTable.ts';
import { startMillwright } from '../../support/millwright.ts';
import { mountSmall } from '../../support/smallDisk.ts';
import { sweep } from '../../support/sweep.ts';
import { random as randomStream } from '../../support/trainingProject.ts';
import { asOf, budget, dataFolder, failureOf, readAll } from '../data/dataFolder.ts';

const source = resolve(import.meta.dirname, '../../../src/engine/data/dataset/fileHashCache.ts');
const vega = resolve(import.meta.dirname, '../../../node_modules/vega-datasets/data');

it('eight processes hash the same files at once: all are right, and the cache they share is whole', async () => {
  using folder = dataFolder();
  const paths = readdirSync(vega)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => join(vega, name));
  const script = `
    const { hashKnownFile } = await import(${JSON.stringify(source)});
    const hashes = [];
    for (const path of ${JSON.stringify(paths)}) hashes.push((await hashKnownFile(${JSON.stringify(folder.root)}, path)).sha256);
    console.log(JSON.stringify(hashes));`;
  const started = Array.from({ length: 8 }, async () => execa(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]));
  const expected = paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'));
  for (const { stdout } of await Promise.all(started)) expect(JSON.parse(stdout)).toEqual(expected);
  const cache = new DatabaseSync(join(folder.root, '.millwright/cache/hashes.db'), { readOnly: true });
  try {
    expect(cache.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    const remembered = cache.prepare('SELECT path, sha256 FROM marked_files').all();
    expect(new Map(remembered.map((row) => [row.path, row.sha256]))).toEqual(new Map(paths.map((path, index) => [path, expected[index]])));
  } finally {
    cache.close();
  }
});

it.for(['parquet', 'csv'])('a %s file that does not fit on the disk is refused, and the older one stays', async (format, context) => {
  const folder = await mountSmall(context, '3m');
  const path = join(folder, `rows.${format}`);
  writeFileSync(path, 'older');
  const failure = await failureOf(async () => {
    await using writer = await openTableWriter(path, { columns: [{ name: 'text', type: 'text' }], budget });
    for (let part = 0; part < 3; part++) {
      const values = Array.from({ length: 20_000 }, () => randomBytes(128).toString('base64'));
      await writer.write({ rows: values.length, columns: { text: { kind: 'text', values } } });
    }
    await writer.commit();
  });
  expect(failure).toMatchObject({ code: 'files.diskFull', kind: 'environment' });
  expect(readdirSync(folder)).toEqual([`rows.${format}`]);
  expect(readFileSync(path, 'utf8')).toBe('older');
});

it('what needs more memory than its budget is a named error, by whatever way it is asked', async () => {
  await using duckdb = await openDuckdb({ threads: 1, memoryBytes: 1 });
  const sql = 'SELECT len(list(number)) AS n FROM range(60_000_000) AS numbers(number)';
  const rows = duckdb.stream(sql, async function* (result) {
    yield await result.getRowObjectsJS();
    throw new StreamCutShort();
  });
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    query: async () => duckdb.query(sql),
    stream: async () => rows.next().then(async () => rows.next()),
  };
  for (const ask of Object.values(ways)) expect(await failureOf(ask)).toMatchObject({ code: 'dataset.outOfMemory', kind: 'environment' });
  expect(await duckdb.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('a Parquet file with damaged pages is named, whatever bytes are turned, or read where nothing shows it', async () => {
  using folder = dataFolder();
  const path = join(folder.root, 'whole.parquet');
  const rows = 4000;
  await using writer = await openTableWriter(path, {
    columns: [
      { name: 'n', type: 'number' },
      { name: 'text', type: 'text' },
    ],
    budget,
  });
  const n = Float64Array.from({ length: rows }, (_, row) => Math.sin(row));
  const values = Array.from({ length: rows }, (_, row) => `text ${row % 97}`);
  await writer.write({ rows, columns: { n: { kind: 'number', values: n }, text: { kind: 'text', values } } });
  await writer.commit();
  const whole = readFileSync(path);
  const random = randomStream(7);
  for (let turned = 0; turned < 30; turned++) {
    const bytes = Buffer.from(whole);
    const at = 4 + Math.floor(random() * (bytes.length - 8));
    for (let byte = at; byte < Math.min(at + 8, bytes.length - 4); byte++) bytes[byte] = Math.floor(random() * 256);
    folder.write('damaged.parquet', bytes);
    const failure = await readAll(folder.root, { d: { path: 'damaged.parquet' } }, 'd').then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure !== undefined) expect(failure, `byte ${at}`).toMatchObject({ code: 'dataset.unreadable' });
  }
});

describe('lines longer than any table has', () => {
  const mega = 2 ** 20;
  const size = sweep({ sample: 24, whole: 120 }) * mega;
  const x = 'x'.repeat(size);

  it.each([
    ['a value', `a,b\n1,${x}\n2,y\n`, 'dataset.longRow'],
    ['a value of a file with several line ends', `a,b\r\n1,2\n3,${x}\n2,y\n`, 'dataset.longRow'],
    ['a value in quotes', `a,b\n1,"${x}"\n2,y\n`, 'dataset.longRow'],
    ['a quote that is never closed', `a,b\n1,"${x}\n2,y\n`, 'dataset.badRow'],
    ['a header', `a,${x}\n2,y\n`, 'dataset.longRow'],
    ['a header in a quote that is never closed', `"a,${x}\n2,y\n`, 'dataset.badRow'],
    ['a header of delimiters', `${','.repeat(size)}\n2,y\n`, 'dataset.longRow'],
    ['a name of a column', `a,${'x'.repeat(mega)}\n2,y\n`, 'dataset.longName'],
    ['zeros', `a,b\n1,${'\0'.repeat(size)}\n2,y\n`, 'dataset.longRow'],
  ])('%s: named in time that grows with the file', { timeout: 120_000 }, async (_, text, code) => {
    using folder = dataFolder();
    folder.write('long.csv', text);
    expect(await failureOf(async () => readAll(folder.root, { d: { path: 'long.csv' } }, 'd'))).toMatchObject({ code });
  });

  it('are found in packed files, too', { timeout: 120_000 }, async () => {
    using folder = dataFolder();
    folder.write('long.csv.gz', gzipSync(`a,b\n1,${x}\n2,y\n`, { level: 1 }));
    expect(await failureOf(async () => readAll(folder.root, { d: { path: 'long.csv.gz' } }, 'd'))).toMatchObject({
      code: 'dataset.longRow',
      message: expect.stringContaining('Line 2 of long.csv.gz') as string,
    });
  });

  it.each(['last.csv', 'last.csv.gz'])('are found at the end of a file, beyond the last buffer: %s', { timeout: 120_000 }, async (name) => {
    using folder = dataFolder();
    const text = `a,b\n1,2\n${'x'.repeat(36 * mega)},y`;
    folder.write(name, name.endsWith('.gz') ? gzipSync(text, { level: 1 }) : text);
    expect(await failureOf(async () => readAll(folder.root, { d: { path: name } }, 'd'))).toMatchObject({
      code: 'dataset.longRow',
      message: expect.stringContaining(`Line 3 of ${name}`) as string,
    });
  });

  it('of JSON need memory', { timeout: 120_000 }, async () => {
    using folder = dataFolder();
    folder.write('long.jsonl', `{"a": 1}\n{"a": "${'x'.repeat(36 * mega)}"}\n`);
    const opened = async (memoryBytes: number): Promise<unknown> => {
      await using reader = await openDataset({ root: folder.root, datasets: { d: { path: 'long.jsonl' } } }, 'd', {
        asOf,
        budget: { threads: 2, memoryBytes },
      });
      return reader.columns.length;
    };
    expect(await opened(2 ** 30)).toBe(1);
    expect(await failureOf(async () => opened(2 ** 28))).toMatchObject({ code: 'dataset.outOfMemory' });
  });

  it('are read as long as they may be, and so are carriage returns without end', { timeout: 120_000 }, async () => {
    using folder = dataFolder();
    folder.write('long.csv', `a,b\n1,${'x'.repeat(15 * mega)}\n2,y\n`);
    folder.write('returns.csv', `a,b\n1,2${'\r'.repeat(4 * mega)}\n3,4\r\n5,6\r`);
    const { b } = await readAll(folder.root, { d: { path: 'long.csv' } }, 'd');
    expect(b?.map((value) => String(value).length)).toEqual([15 * mega, 1]);
    expect(await readAll(folder.root, { d: { path: 'returns.csv' } }, 'd')).toEqual({ a: [1, 3, 5], b: [2, 4, 6] });
  });

  it('end with the process that reads them', { timeout: 120_000 }, async () => {
    using folder = dataFolder();
    folder.write('long.csv', `a,b\n1,"${'x'.repeat(120 * mega)}\n`);
    folder.write(
      'millwright.yaml',
      'name: x\nenvironment: development\ndatasets: {d: {path: long.csv}}\nstages: {v: {uses: validate, dataset: d}}\n',
    );
    const started = startMillwright(folder.root, ['run']);
    await new Promise((done) => setTimeout(done, 3000));
    started.kill('SIGTERM');
    const { signal, exitCode } = await started;
    expect([signal === 'SIGTERM', exitCode === 130, exitCode === 3]).toContain(true);
  });
});

it('the start of a file is read, not the whole, to find its columns', async () => {
  using folder = dataFolder();
  const path = folder.write('rows.csv', `a,b\n${'1,2\n'.repeat(2_000_000)}\xff`);
  writeFileSync(path, Buffer.from([0xff]), { flag: 'a' }); // whoever decodes the end fails
  expect(await readCsvHead(path, { gzip: false, encoding: 'utf-8' })).toMatchObject({ names: ['a', 'b'], delimiter: ',' });
});

it('names that repeat thousands of times are told apart without comparing each with each', () => {
  const names = uniqueNames(Array.from({ length: 200_000 }, () => 'a'));
  expect(new Set(names).size).toBe(200_000);
  expect(uniqueNames(['a', 'A', 'a_1', 'a', ''])).toEqual(['a', 'A_2', 'a_1', 'a_3', 'column4']);
});
