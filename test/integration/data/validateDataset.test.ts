/** Checks of data, and the projects that are proposed for it, on real files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { profileFile } from '../../../src/engine/data/profileFile.ts';
import { validateDataset } from '../../../src/engine/data/validation/validateDataset.ts';
import type { DatasetSpec } from '../../../src/engine/project/definitions/dataset.ts';
import type { ValidateStage } from '../../../src/engine/project/definitions/stages/validateStage.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import { proposeProject } from '../../../src/engine/proposal/proposeProject.ts';
import { asOf, budget, dataFolder, failureOf, flights, readAll, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const context = { asOf, budget, signal: new AbortController().signal, log: () => undefined, progress: () => undefined };

async function validate(
  spec: DatasetSpec,
  stage: Partial<ValidateStage> = {},
  target: string | Record<string, string> = { late: 'delay > 15' },
) {
  const project = { root: folder.root, datasets: { d: spec }, features: { f: { target } } };
  const report = await validateDataset(project, { uses: 'validate', dataset: 'd', ...stage }, context);
  const find = (check: string, column?: string) => report.checks.find((one) => one.check === check && one.column === column);
  return { report, find };
}

test('three million flights: every figure', async () => {
  const { report, find } = await validate(
    { path: flights, time: 'date', columns: { delay: { type: 'integer', min: -1500, max: 1000 }, distance: { type: 'integer', min: 0 } } },
    { features: 'f', extra_columns: 'warn' },
  );
  expect(report).toMatchObject({ rows: 3_000_000, verdict: 'failed', duplicates: 191 });
  expect(report.columns.map(({ name }) => name)).toEqual(['date', 'delay', 'distance', 'origin', 'destination']);
  expect(find('range', 'delay')).toMatchObject({ verdict: 'failed', figure: 77 / 3_000_000, count: 77, limit: 0 });
  expect(find('range', 'distance')).toMatchObject({ verdict: 'passed', figure: 0 });
  expect(find('duplicates')).toMatchObject({ verdict: 'passed', figure: 191 / 3_000_000 });
  expect(find('class_share', 'late')).toMatchObject({ verdict: 'passed', figure: 599_055 / 3_000_000 });
  expect(find('outliers', 'delay')).toMatchObject({ verdict: 'passed', figure: 59_799 / 3_000_000 });
  expect(find('extra_columns')).toMatchObject({ verdict: 'warned', figure: 2 });
});

test('what is wrong is found, named and counted', async () => {
  const rows = Array.from(
    { length: 100 },
    (_, row) => `${row < 20 ? '' : row},same,${row === 50 ? 'inf' : row / 10},${row < 3 ? 'b' : 'a'},${row < 7 ? -1 : 1}`,
  );
  folder.write('t.csv', `gap,constant,infinite,class,code\n${[...rows, rows[99]].join('\n')}\n`);
  const { report, find } = await validate(
    { path: 't.csv', columns: { gap: { nullable: false }, code: { values: [1] }, infinite: { type: 'number' } } },
    { features: 'f', max_duplicates: 0, min_rows: 1000, severity: { values: 'warn' } },
    'class',
  );
  expect(report.verdict).toBe('failed');
  expect(find('rows')).toMatchObject({ verdict: 'failed', figure: 101, limit: 1000 });
  expect(find('missing', 'gap')).toMatchObject({ verdict: 'failed', figure: 20 / 101, limit: 0.1, count: 20 });
  expect(find('nulls', 'gap')).toMatchObject({ verdict: 'failed', figure: 20 / 101, limit: 0 });
  expect(find('constant', 'constant')).toMatchObject({ verdict: 'warned', figure: 1 });
  expect(find('infinite', 'infinite')).toMatchObject({ verdict: 'failed', count: 1 });
  expect(find('values', 'code')).toMatchObject({ verdict: 'warned', count: 7, example: '-1', expected: '1' });
  expect(find('class_share', 'class')).toMatchObject({ verdict: 'warned', figure: 3 / 101 });
  expect(find('duplicates')).toMatchObject({ verdict: 'warned', figure: 1 / 101 });
  for (const check of report.checks) expect(check.message).toMatch(/^["\w].*\.$/u);
});

test('a column that is absent or of another type fails its check, and the others are still checked', async () => {
  folder.write('t.csv', 'a,b\n1,x\nz,y\n');
  const { report, find } = await validate({ path: 't.csv', columns: { a: { type: 'integer' }, c: { type: 'text' } } });
  expect(report.verdict).toBe('failed');
  expect(find('type', 'a')).toMatchObject({ verdict: 'failed', figure: 0.5, count: 1, example: 'z', expected: 'integer' });
  expect(find('columns')).toMatchObject({ verdict: 'failed', figure: 1, example: 'c' });
  expect(find('constant', 'b')).toMatchObject({ verdict: 'passed', figure: 2 });
});

test('a target with one class, and one with missing values', async () => {
  folder.write('t.csv', 'x,y,z\n1,a,\n2,a,1\n');
  expect((await validate({ path: 't.csv' }, { features: 'f' }, 'y')).find('classes', 'y')).toMatchObject({ verdict: 'failed' });
  expect((await validate({ path: 't.csv' }, { features: 'f' }, 'z')).find('target_missing', 'z')).toMatchObject({
    verdict: 'failed',
    figure: 0.5,
    count: 1,
  });
});

test('a profile has exact figures', async () => {
  const profile = await profileFile(flights, { budget });
  expect(profile.rows).toBe(3_000_000);
  const delay = profile.columns.find((column) => column.name === 'delay');
  expect(delay).toMatchObject({ missing: 0, distinct: 867, distinctIsEstimate: false, min: -1116, max: 1688 });
  expect(delay?.top[0]).toEqual({ value: '0', count: 121_130 });
  expect(profile.columns.find((column) => column.name === 'date')).toMatchObject({ distinctIsEstimate: true, min: '2001-01-01T00:01:00Z' });
  const error = await failureOf(() => profileFile(folder.write('none.csv', 'a\n'), { budget }));
  expect(error.code).toBe('dataset.noRows');
});

const vega = (name: string) => resolve(import.meta.dirname, '../../../node_modules/vega-datasets/data', name);

test.each([
  ['flights-3m.parquet', 'late: delay > 15', 'binary'],
  ['flights-3m.parquet', 'delay', 'regression'],
  ['seattle-weather.csv', undefined, 'multiclass'],
  ['movies.json', 'IMDB Rating', 'regression'],
  ['penguins.json', 'Species', 'multiclass'],
  ['birdstrikes.csv', 'Effect Amount of damage', 'multiclass'],
] as const)(
  'the project proposed for %s (%s) loads, passes its checks, and keeps learning and testing apart',
  async (name, target, task) => {
    const proposal = await proposeProject(vega(name), { ...(target === undefined ? {} : { target }), projectRoot: folder.root, budget });
    expect(proposal.task).toBe(task);
    expect(proposal.columns.every((column) => column.reason.length > 5)).toBe(true);
    writeFileSync(join(folder.root, 'millwright.yaml'), proposal.yaml);
    const { project, diagnostics } = await loadProject(folder.root);
    expect(diagnostics).toEqual([]);
    if (project === undefined) throw new Error('no project');
    const [all = ''] = Object.keys(project.datasets);
    const rows: Record<string, number> = {};
    for (const dataset of [all, 'learn', 'test']) {
      await using reader = await openDataset(project, dataset, { asOf, budget });
      rows[dataset] = await reader.rows();
    }
    const { [all]: whole = 1, learn = 0, test: held = 0 } = rows;
    expect(learn + held).toBe(whole);
    expect(held / whole).toBeGreaterThan(0.1);
    expect(held / whole).toBeLessThan(0.3);
    const report = await validateDataset(project, project.stages.check as ValidateStage, context);
    expect(report.checks.filter((check) => check.verdict === 'failed')).toEqual([]);
  },
  120_000,
);

test('columns that identify, repeat, leak or never change are left out, each with its reason', async () => {
  mkdirSync(join(folder.root, 'my data'));
  const rows = Array.from({ length: 500 }, (_, row) => {
    const churned = (row * 7919) % 10 < 3;
    return [row + 1, `user${row}@example.com`, (row * 37) % 91, churned ? 'gone' : 'here', 'EU', churned ? 'yes' : 'no'].join(',');
  });
  folder.write('my data/cust🚀.csv', `id,mail,age,status,region,churned\n${rows.join('\n')}\n`);
  const proposal = await proposeProject(join(folder.root, 'my data/cust🚀.csv'), { projectRoot: folder.root, budget });
  expect(proposal).toMatchObject({ target: 'churned', task: 'binary' });
  expect(proposal.candidates[0]?.column).toBe('churned');
  const use = Object.fromEntries(proposal.columns.map((column) => [column.column, `${column.use}: ${column.reason}`]));
  expect(use.id).toMatch(/^ignored: it identifies/);
  expect(use.mail).toMatch(/^ignored: it identifies/);
  expect(use.status).toMatch(/^ignored: it alone tells the target/);
  expect(use.region).toMatch(/^ignored: it is the same/);
  expect(use.age).toMatch(/^numeric/);
  writeFileSync(join(folder.root, 'millwright.yaml'), proposal.yaml);
  const { project, diagnostics } = await loadProject(folder.root);
  expect(diagnostics).toEqual([]);
  expect(project?.datasets.cust?.path).toBe('my data/cust🚀.csv');
  const without = proposeProject(join(folder.root, 'my data/cust🚀.csv'), {
    projectRoot: folder.root,
    budget,
    target: 'churned',
    uses: [{ column: 'age', use: 'ignored' }],
  });
  expect((await failureOf(() => without)).code).toBe('proposal.noFeatures');
});

test('no class is kept from learning: one that only the latest rows have forbids a split by time, a very rare one is learnt whole', async () => {
  const day = (row: number) => new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10);
  const late = Array.from({ length: 200 }, (_, row) => `${day(row)},${(row * 37) % 91},${row > 180 ? 'new' : row % 2 ? 'odd' : 'even'}`);
  const rare = Array.from(
    { length: 200 },
    (_, row) => `${(row * 37) % 91},${row},${row % 10 === 0 ? `one #${row}` : row % 2 ? 'many' : 'more'}`,
  );
  folder.write('late.csv', `day,age,kind\n${late.join('\n')}\n`);
  folder.write('rare.csv', `age,size,kind\n${rare.join('\n')}\n`);
  const learnt: Record<string, unknown> = {};
  for (const [name, reason] of [
    ['late.csv', /# Not the latest by day: only they have "new"\./],
    ['rare.csv', /# Too rare to be kept back: "one #\d+"/],
  ] as const) {
    const { yaml } = await proposeProject(join(folder.root, name), { projectRoot: folder.root, budget, target: 'kind' });
    expect(yaml).toMatch(reason);
    writeFileSync(join(folder.root, 'millwright.yaml'), yaml);
    const { project, diagnostics } = await loadProject(folder.root);
    expect(diagnostics).toEqual([]);
    if (project === undefined) throw new Error('no project');
    const whole = name.replace('.csv', '');
    const {
      [whole]: all,
      learn,
      test,
    } = Object.fromEntries(
      await Promise.all([whole, 'learn', 'test'].map(async (one) => [one, (await readAll(folder.root, project.datasets, one)).kind ?? []])),
    ) as Record<string, unknown[]>;
    expect(new Set(learn)).toEqual(new Set(all));
    expect((learn?.length ?? 0) + (test?.length ?? 0)).toBe(200);
    learnt[name] = learn?.length;
  }
  expect(learnt['late.csv']).toBeLessThan(180);
});
