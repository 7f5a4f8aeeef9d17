/** The columns of a data set are known from its schema, without reading its content for a fingerprint. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fingerprintDataset, readColumns } from '../../../src/engine/data/dataset/openDataset.ts';
import { asOf, budget, dataFolder, flights } from './dataFolder.ts';

test('columns come in their declared types, and no file is hashed for them', async () => {
  using folder = dataFolder();
  folder.write('t.csv', 'id,when,size\n1,2026-01-01,2.5\n2,2026-01-02,3\n');
  const datasets = {
    flights: { path: flights, time: 'date', columns: { origin: { type: 'category' as const } } },
    recent: { from: 'flights', during: { last: '30d' } },
    t: { path: 't.csv', columns: { id: { type: 'text' as const } } },
  };
  const project = { root: folder.root, datasets };
  const typesOf = async (name: string) =>
    Object.fromEntries((await readColumns(project, name, { budget })).map(({ name: column, type }) => [column, type]));
  const types = { date: 'timestamp', delay: 'integer', distance: 'integer', origin: 'category', destination: 'text' };
  expect(await typesOf('flights')).toEqual(types);
  expect(await typesOf('recent')).toEqual(types);
  expect(await typesOf('t')).toEqual({ id: 'text', when: 'timestamp', size: 'number' });
  const hashes = join(folder.root, '.millwright/cache/hashes.db');
  expect(existsSync(hashes)).toBe(false);
  await fingerprintDataset(project, 'flights', { asOf });
  expect(existsSync(hashes)).toBe(true);
});
