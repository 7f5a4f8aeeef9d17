/** Files with thousands of columns: they are described and checked like narrow ones, up to a limit that is said. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mostColumns } from '../../../src/engine/data/files/sourceColumns.ts';
import { profileFile } from '../../../src/engine/data/profileFile.ts';
import { validateDataset } from '../../../src/engine/data/validation/validateDataset.ts';
import { asOf, budget, dataFolder, failureOf, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const rows = 40;

/** Column i holds `row + i`; every hundredth is missing in the first row, and the last one is 1e6 in the last row. */
function wideCsv(columns: number): string {
  const valueAt = (row: number, column: number): string => {
    if (row === 0 && column % 100 === 0) return '';
    return String(row === rows - 1 && column === columns - 1 ? 1e6 : row + column);
  };
  const names = Array.from({ length: columns }, (_, column) => `c${column}`);
  const lines = Array.from({ length: rows }, (_, row) => names.map((_name, column) => valueAt(row, column)).join(','));
  return `${names.join(',')}\n${lines.join('\n')}\n`;
}

test('two thousand columns are described, each with its own figures', async () => {
  const path = folder.write('wide.csv', wideCsv(2000));
  const { columns } = await profileFile(path, { budget });
  expect(columns).toHaveLength(2000);
  expect(columns[1]).toMatchObject({ name: 'c1', type: 'integer', missing: 0, min: 1, max: 40, mean: 20.5 });
  expect(columns[1900]).toMatchObject({ name: 'c1900', missing: 1, min: 1901, max: 1939, mean: 1920 });
});

test('two thousand columns are checked: missing values, outliers and declared ranges', async () => {
  folder.write('wide.csv', wideCsv(2000));
  const declared = Object.fromEntries(
    Array.from({ length: 200 }, (_, column) => [`c${column}`, { min: 0, max: column === 150 ? 180 : 1e9 }]),
  );
  const project = { root: folder.root, datasets: { wide: { path: 'wide.csv', columns: declared } }, features: {} };
  const signal = new AbortController().signal;
  const context = { asOf, budget, signal, log: () => undefined, progress: () => undefined };
  const report = await validateDataset(project, { uses: 'validate', dataset: 'wide', max_missing: 0, max_outliers: 0 }, context);
  const broken = report.checks.filter(({ verdict }) => verdict !== 'passed').map(({ check, column, figure }) => [check, column, figure]);
  const missing = Array.from({ length: 20 }, (_, index) => ['missing', `c${index * 100}`, 1 / rows]);
  expect(report).toMatchObject({ rows, verdict: 'failed' });
  expect(report.columns).toHaveLength(2000);
  expect(broken).toEqual([...missing, ['range', 'c150', 9 / rows], ['outliers', 'c1999', 1 / rows]]);
});

test('a file with more columns than can be handled is refused with the limit', async () => {
  const path = folder.write('wider.csv', `${Array.from({ length: mostColumns + 1 }, (_, column) => `c${column}`).join(',')}\n`);
  const refused = await failureOf(async () => profileFile(path, { budget }));
  expect(refused.code).toBe('dataset.tooManyColumns');
  expect(refused.message).toContain(`at most ${mostColumns} can be read`);
});
