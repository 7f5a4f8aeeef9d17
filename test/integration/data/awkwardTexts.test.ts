/** Texts arrive as they lie in the file: nothing is cut, trimmed, folded or taken for a byte order mark. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { quoteText } from '../../../src/engine/data/sql/sqlText.ts';
import { asOf, dataFolder } from './dataFolder.ts';

const texts = ['\ufeffa', 'a', 'a ', ' ', 'A', 'ä', 'a\u0308', 'a\r\nb', '\ufefftexts of more than twelve bytes', '👩‍👩‍👧'];

test.each([
  ['parquet', 'parquet', [...texts, '', 'a\0b']],
  ['csv', 'csv', texts],
  ['jsonl', 'json', [...texts, '', 'a\0b']],
])('%s', async (extension, format, values) => {
  using folder = dataFolder();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const rows = values.map((text) => `(${quoteText(text).replaceAll('\0', () => `' || chr(0) || '`)})`).join(', ');
  const path = join(folder.root, `t.${extension}`);
  await connection.run(`COPY (SELECT x FROM (VALUES ${rows}) AS t(x)) TO ${quoteText(path)} (FORMAT ${format})`);
  connection.closeSync();
  await using reader = await openDataset(
    { root: folder.root, datasets: { t: { path: `t.${extension}`, columns: { x: { type: 'text' } } } } },
    't',
    { asOf, budget: { threads: 1, memoryBytes: 2 ** 29 } },
  );
  const read: unknown[] = [];
  for await (const chunk of reader.chunks({ columns: ['x'] })) read.push(...(chunk.columns.x?.values ?? []));
  expect(read).toEqual(values);
});
