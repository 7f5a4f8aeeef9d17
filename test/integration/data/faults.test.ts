/** What reading and writing data do when several processes want the same cache, and when the disk is full. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { openTableWriter } from '../../../src/engine/data/writeTable.ts';
import { mountSmall } from '../../support/smallDisk.ts';
import { random as randomStream } from '../../support/trainingProject.ts';
import { budget, dataFolder, failureOf, readAll } from './dataFolder.ts';

const source = resolve(import.meta.dirname, '../../../src/engine/data/fileHashCache.ts');
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
    const remembered = cache.prepare('SELECT path, sha256 FROM files').all();
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
