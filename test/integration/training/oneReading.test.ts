/** What a model learned from is read one way, and so is every later file. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { openDuckdb } from '../../../src/engine/data/sql/duckdb.ts';
import { openDataset } from '../../../src/engine/data/dataset/openDataset.ts';
import { predictToFile } from '../../../src/engine/inference/prediction/predict.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import type { Project } from '../../../src/engine/project/definitions/project.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import { trainModel } from '../../../src/engine/training/trainModel.ts';
import type { TrainedModel } from '../../../src/engine/training/fit/trainedModel.ts';
import { makeFolder } from '../../support/project.ts';
import { stageContext } from '../../support/trainingProject.ts';

const { context } = stageContext();
const asOf = new Date(0);
let root = '';
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

async function projectOf(files: Record<string, string>): Promise<Project> {
  root = makeFolder('reading');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const { project, diagnostics } = await loadProject(root);
  expect(diagnostics).toEqual([]);
  if (project === undefined) throw new RangeError('no project');
  return project;
}

async function train(project: Project): Promise<TrainedModel> {
  const stage = project.stages.train as TrainStage;
  return trainModel({ project, stage, asOf, outputFolder: join(root, 'model'), onRound: () => undefined }, context);
}

async function failureOf(project: Project): Promise<AppError> {
  const error = await train(project).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!AppError.is(error)) throw new Error(`no failure but ${String(error)}`);
  return error;
}

interface Predicted {
  readonly rows: readonly Record<string, unknown>[];
  readonly reasons: readonly string[];
}

async function predict(project: Project, dataset: string): Promise<Predicted> {
  const output = join(root, `${dataset}.parquet`);
  const { rejects } = await predictToFile({ project, dataset, modelFolder: join(root, 'model'), output, keep: ['id'], asOf }, context);
  await using duckdb = await openDuckdb({ threads: 1, memoryBytes: 2 ** 28 }, { folders: [root] });
  const rows = await duckdb.query(`SELECT * FROM '${output}'`);
  const rejected = rejects === undefined ? [] : await duckdb.query(`SELECT * FROM '${rejects}'`);
  return { rows, reasons: rejected.map((row) => String(row.reason ?? row.reasons ?? Object.values(row).at(-1))) };
}

const day = (row: number): Date => new Date(Date.UTC(2023, 0, 1 + (row % 365)));
const two = (value: number): string => String(value).padStart(2, '0');
const american = (date: Date): string => `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}`;

const trainRows = Array.from(
  { length: 730 },
  (_, row) => `${row},${american(day(row))},${day(row).getUTCMonth() < 6 ? 'late' : 'punctual'}`,
);
const days = (text: string): string =>
  `id,day\n${text
    .split(' ')
    .map((one, row) => `${row},${one}`)
    .join('\n')}\n`;

const yaml = `
name: trains
datasets:
  learn: {path: train.csv}
  few: {path: few.csv}
  more: {path: more.csv}
  other: {path: other.csv}
  said: {path: other.csv, read: {date_format: "%d/%m/%Y"}}
features: {f: {target: late, numeric: {month: {value: month(day)}, dom: {value: day(day)}}}}
stages:
  train: {uses: train, dataset: learn, features: f, trainer: gbdt, params: {max_iter: 20}, validation: {split: random, share: 0.2}, leakage: {max_shared_rows: 1}}
`;

test('a file without a day above 12 is read as the rows that the model learned from; other formats are rejected', async () => {
  const project = await projectOf({
    'millwright.yaml': yaml,
    'train.csv': `id,day,late\n${trainRows.join('\n')}\n`,
    'few.csv': days('12/01/2024 12/12/2024 01/01/2024 01/12/2024'),
    'more.csv': days('12/01/2024 12/12/2024 01/01/2024 01/12/2024 12/25/2024'),
    'other.csv': days('25/12/2024 01/12/2024'),
  });
  await train(project);
  const description = JSON.parse(readFileSync(join(root, 'model', 'millwright.json'), 'utf8')) as {
    inputs: { name: string; format?: string }[];
  };
  expect(description.inputs).toMatchObject([{ name: 'day', format: '%m/%d/%Y' }]);
  const [few, more] = [await predict(project, 'few'), await predict(project, 'more')];
  expect(few.rows).toHaveLength(4);
  expect(few.rows).toEqual(more.rows.slice(0, 4));
  expect(new Set(few.rows.map(({ prediction }) => prediction)).size).toBe(2);
  const other = await predict(project, 'other');
  expect(other.reasons).toEqual([expect.stringMatching(/25\/12\/2024.*%d\/%m\/%Y.*%m\/%d\/%Y/)]);
  const said = await predict(project, 'said');
  expect(said.reasons).toEqual([]);
  expect(said.rows[0]?.prediction).toBe(few.rows[0]?.prediction);
});

test('ambiguous days are said by the training, with the reading taken', async () => {
  const rows = trainRows.filter((row) => Number(row.split('/')[1]) <= 12);
  const project = await projectOf({ 'millwright.yaml': yaml, 'train.csv': `id,day,late\n${rows.join('\n')}\n` });
  const { notes } = await train(project);
  expect(notes.join('\n')).toMatch(/"day" is ambiguous.*%d\/%m\/%Y and %m\/%d\/%Y.*read: \{date_format: "%d\/%m\/%Y"\}/);
});

const ratings = `
name: ratings
datasets:
  learn: {path: "p/*.csv"}
  declared: {path: "p/*.csv", read: {null_values: [NA]}, where: "rating IS NOT NULL"}
  new: {path: new.csv}
features:
  f: {target: rating, categorical: [g]}
  x: {target: rating, numeric: [x]}
stages:
  train: {uses: train, dataset: learn, features: f, trainer: gbdt, params: {max_iter: 5}, validation: {split: random, share: 0.2}, leakage: {max_shared_rows: 1}}
`;
const rated = (rows: number, change: (row: number) => { x?: string; rating?: string } = () => ({})): string =>
  `id,g,x,rating\n${Array.from({ length: rows }, (_, row) => `${row},${'abc'[row % 3]},${change(row).x ?? row / 10},${change(row).rating ?? 1 + (row % 5)}`).join('\n')}\n`;

test('a file without rows and a column without values leave a regression one', async () => {
  const project = await projectOf({
    'millwright.yaml': ratings,
    'p/a.csv': rated(60),
    'p/b.csv': 'id,g,x,rating\n',
    'p/c.csv': rated(10, () => ({ x: '' })),
  });
  expect((await train(project)).description.task).toBe('regression');
  await using reader = await openDataset(project, 'learn', { asOf, budget: context.budget });
  expect(reader.columns.map(({ type }) => type)).toEqual(['integer', 'text', 'number', 'integer']);
});

test('a text in a target of numbers is an error with its row, never a class', async () => {
  const project = await projectOf({ 'millwright.yaml': ratings, 'p/a.csv': rated(60, (row) => (row === 40 ? { rating: 'NA' } : {})) });
  const error = await failureOf(project);
  expect(error.code).toBe('training.notNumbers');
  expect(error.message).toMatch(/Row 41 of p\/a\.csv: "NA"/);
  expect(error.remedy).toContain('read: {null_values: [NA]}');
  const declared = { ...project, stages: { train: { ...(project.stages.train as TrainStage), dataset: 'declared' } } };
  expect((await train(declared)).description.task).toBe('regression');
});

test('a later file of texts does not turn a target of numbers into classes', async () => {
  const project = await projectOf({
    'millwright.yaml': ratings,
    'p/a.csv': rated(60),
    'p/b.csv': rated(60, (row) => ({ rating: row % 2 === 0 ? 'good' : 'bad' })),
  });
  const error = await failureOf(project);
  expect(error.message).toMatch(/Row 1 of p\/b\.csv: "good" is no number, while p\/a\.csv/);
});

test('a numeric feature with a few texts names the first of them; what means missing is kept by the model', async () => {
  const some = (row: number): { x?: string } => (row % 7 === 3 ? { x: 'NA' } : {});
  const project = await projectOf({
    'millwright.yaml': ratings.replace('features: f', 'features: x'),
    'p/a.csv': rated(60, some),
    'new.csv': 'id,x\n1,NA\n2,2.5\n3,oops\n',
  });
  const error = await failureOf(project);
  expect(error.message).toMatch(/Row 4 of p\/a\.csv: "NA" is no number, but "x" is a numeric feature/);
  await train({ ...project, stages: { train: { ...(project.stages.train as TrainStage), dataset: 'declared' } } });
  const { rows, reasons } = await predict(project, 'new');
  expect(rows.map(({ id }) => Number(id))).toEqual([1, 2]);
  expect(reasons).toEqual([expect.stringContaining('oops')]);
});
