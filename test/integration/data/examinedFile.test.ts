/** What is remembered of a file between two proposals for it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LastExamined } from '../../../src/engine/proposal/examinedFile.ts';
import { proposeProject } from '../../../src/engine/proposal/proposeProject.ts';
import type { ReadOptions } from '../../../src/engine/project/definitions/dataset.ts';
import { budget, dataFolder, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const csv = (rows: number, missing = 'NA'): string =>
  `size,kind,price\n${Array.from({ length: rows }, (_, row) => `${row % 7 === 3 ? missing : (row * 37) % 211},${row % 3 === 0 ? 'a' : 'b'},${(row * 53) % 97}`).join('\n')}\n`;

test('another target is proposed from what is remembered as it would be without, until the file or its reading is another', async () => {
  const path = folder.write('sold.csv', csv(200));
  const last = new LastExamined();
  const propose = (options: { target: string; read?: ReadOptions }, remembered?: LastExamined) =>
    proposeProject(path, { ...options, projectRoot: folder.root, budget, last: remembered });
  const first = await propose({ target: 'price' }, last);
  const second = await propose({ target: 'kind' }, last);
  expect(second.profile.columns).toBe(first.profile.columns);
  expect(second).toEqual(await propose({ target: 'kind' }));

  const otherwise = await propose({ target: 'price', read: { null_values: ['b'] } }, last);
  expect(otherwise.profile.columns.find(({ name }) => name === 'kind')?.missing).toBe(133);

  await propose({ target: 'price' }, last);
  folder.write('sold.csv', csv(240, '?'));
  const changed = await propose({ target: 'kind' }, last);
  expect(changed.profile.rows).toBe(240);
  expect(changed.yaml).toContain('null_values: ["?"]');
  expect(changed).toEqual(await propose({ target: 'kind' }));
});
