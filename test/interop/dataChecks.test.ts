/** The figures of checks are those of pandas on the same files. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateDataset } from '../../src/engine/data/validation/validateDataset.ts';
import type { ColumnSpec } from '../../src/engine/project/definitions/dataset.ts';
import type { ValidationReport } from '../../src/protocol/validation.ts';
import { runPython } from '../support/python.ts';

/** What `check_data.py` prints. */
interface PandasFigures {
  readonly rows: number;
  readonly columns: Readonly<Record<string, PandasColumn>>;
  readonly outOfRange: Readonly<Record<string, number>>;
  readonly notAllowed: Readonly<Record<string, number>>;
  readonly classes?: Readonly<Record<string, number>>;
  readonly duplicates: number;
}

interface PandasColumn {
  readonly type: string;
  readonly missing: number;
  readonly distinct: number;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly standardDeviation?: number;
  readonly outliers?: number;
  readonly infinite?: number;
}

let root = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'millwright-checks-')));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const vega = (name: string): string => resolve(import.meta.dirname, '../../node_modules/vega-datasets/data', name);

interface CheckedFile {
  readonly file: string;
  readonly target: string | undefined;
  readonly columns: Readonly<Record<string, ColumnSpec>>;
}

test.each<CheckedFile>([
  {
    file: 'flights-3m.parquet',
    target: 'delay > 15',
    columns: {
      delay: { type: 'integer', min: -1500, max: 1000 },
      distance: { type: 'integer', min: 100, max: 5000 },
      origin: { values: ['ORD', 'DFW'] },
    },
  },
  {
    file: 'penguins.json',
    target: 'Species',
    columns: { 'Body Mass (g)': { type: 'integer', min: 3000, max: 6000 }, Island: { values: ['Dream', 'Biscoe'] } },
  },
  {
    file: 'movies.json',
    target: undefined,
    columns: { 'IMDB Rating': { type: 'number', min: 2, max: 9 }, Source: { values: ['Remake'] } },
  },
])('$file', async ({ file, target, columns }) => {
  const report = await check(vega(file), columns, target);
  const expected = await runPython<PandasFigures>('mlflow-newest', 'check_data.py', {
    cwd: root,
    args: [vega(file), JSON.stringify(specOf(columns, target))],
  });
  expect(report).toMatchObject({ rows: expected.rows, duplicates: expected.duplicates });
  for (const [name, figures] of Object.entries(expected.columns)) compareColumn(report, name, figures);
  const countOf = (name: string, rule: string) => report.checks.find((one) => one.check === rule && one.column === name)?.count;
  for (const [name, count] of Object.entries(expected.outOfRange)) expect(countOf(name, 'range')).toBe(count);
  for (const [name, count] of Object.entries(expected.notAllowed)) expect(countOf(name, 'values')).toBe(count);
  const classes = Object.fromEntries((report.target?.classes ?? []).map(({ value, share }) => [value.toLowerCase(), share]));
  expect(classes).toEqual(expected.classes ?? {});
});

async function check(path: string, columns: Readonly<Record<string, ColumnSpec>>, target: string | undefined): Promise<ValidationReport> {
  const features: Record<string, { target: Record<string, string> }> = target === undefined ? {} : { f: { target: { y: target } } };
  return validateDataset(
    { root, datasets: { d: { path, columns } }, features },
    { uses: 'validate', dataset: 'd', ...(target === undefined ? {} : { features: 'f' }) },
    {
      asOf: new Date(),
      budget: { threads: 2, memoryBytes: 2 ** 30 },
      signal: new AbortController().signal,
      log: () => undefined,
      progress: () => undefined,
    },
  );
}

function specOf(columns: Readonly<Record<string, ColumnSpec>>, target: string | undefined) {
  const ranges = Object.entries(columns).flatMap(([name, { min, max }]) => (min === undefined ? [] : [[name, [min, max]] as const]));
  const values = Object.entries(columns).flatMap(([name, spec]) => (spec.values === undefined ? [] : [[name, spec.values] as const]));
  return { ranges: Object.fromEntries(ranges), values: Object.fromEntries(values), ...(target === undefined ? {} : { target }) };
}

/** Counts are equal, means and deviations to nine digits. Columns that pandas holds as objects of several types are only counted. */
function compareColumn(report: ValidationReport, name: string, figures: PandasColumn): void {
  const column = report.columns.find((one) => one.name === name);
  expect(column?.missing, `missing values of ${name}`).toBe(figures.missing);
  if (column?.distinctIsEstimate === false && figures.type !== 'object')
    expect(column.distinct, `different values of ${name}`).toBe(figures.distinct);
  if (column?.distinctIsEstimate === true)
    expect(Math.abs(column.distinct / figures.distinct - 1), `estimate of ${name}`).toBeLessThan(0.25);
  if (figures.mean === undefined || column?.mean === undefined) return;
  expect({ min: column.min, max: column.max, infinite: column.infinite, outliers: column.outliers }, name).toEqual({
    min: figures.min,
    max: figures.max,
    infinite: figures.infinite,
    outliers: figures.outliers,
  });
  expect(column.mean / figures.mean).toBeCloseTo(1, 9);
  expect((column.standardDeviation ?? NaN) / (figures.standardDeviation ?? NaN)).toBeCloseTo(1, 9);
}
