/** A class is called as the data calls it: in the check, in the model, in the report and in the predictions. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/cli/render/report.ts';
import { renderValidation } from '../../../src/cli/render/validation.ts';
import { openDuckdb } from '../../../src/engine/data/sql/duckdb.ts';
import { validateDataset } from '../../../src/engine/data/validation/validateDataset.ts';
import { evaluateFile } from '../../../src/engine/evaluation/evaluateFile.ts';
import { evaluateModel } from '../../../src/engine/evaluation/evaluateModel.ts';
import { predictToFile } from '../../../src/engine/inference/prediction/predict.ts';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import type { Project } from '../../../src/engine/project/definitions/project.ts';
import type { EvaluateStage } from '../../../src/engine/project/definitions/stages/evaluateStage.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import type { ValidateStage } from '../../../src/engine/project/definitions/stages/validateStage.ts';
import { trainModel } from '../../../src/engine/training/trainModel.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import { makeFolder } from '../../support/project.ts';
import { stageContext } from '../../support/trainingProject.ts';

const { context } = stageContext();
const asOf = new Date(0);
const plainStyle = (_name: string, text: string): string => text;

/** The classes of the even and of the odd rows, as the file spells them; a row has a third class where there are three. */
type Spelling = readonly string[];

interface Case {
  readonly name: string;
  /** The files of the data set by name, with the spelling of each. */
  readonly files: Readonly<Record<string, Spelling>>;
  /** What the data set says besides its path. */
  readonly dataset?: string;
  readonly target?: string;
  /** The classes in their order: of two, the second is the positive one. */
  readonly classes: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'yes and no', files: { 'a.csv': ['no', 'yes'] }, classes: ['no', 'yes'] },
  { name: 'Yes and No', files: { 'a.csv': ['No', 'Yes'] }, classes: ['No', 'Yes'] },
  { name: 'YES and NO', files: { 'a.csv': ['NO', 'YES'] }, classes: ['NO', 'YES'] },
  { name: 'y and n', files: { 'a.csv': ['n', 'y'] }, classes: ['n', 'y'] },
  { name: 'Y and N', files: { 'a.csv': ['N', 'Y'] }, classes: ['N', 'Y'] },
  { name: 't and f', files: { 'a.csv': ['f', 't'] }, classes: ['f', 't'] },
  { name: 'T and F', files: { 'a.csv': ['F', 'T'] }, classes: ['F', 'T'] },
  { name: 'true and false', files: { 'a.csv': ['false', 'true'] }, classes: ['false', 'true'] },
  { name: 'True and False, as pandas writes them', files: { 'a.csv': ['False', 'True'] }, classes: ['False', 'True'] },
  { name: 'TRUE and FALSE, as R writes them', files: { 'a.csv': ['FALSE', 'TRUE'] }, classes: ['FALSE', 'TRUE'] },
  { name: 'false and TRUE', files: { 'a.csv': ['false', 'TRUE'] }, classes: ['false', 'TRUE'] },
  { name: '0 and 1', files: { 'a.csv': ['0', '1'] }, classes: ['0', '1'] },
  { name: '0.0 and 1.0', files: { 'a.csv': ['0.0', '1.0'] }, classes: ['0.0', '1.0'] },
  { name: '1 and 2', files: { 'a.csv': ['1', '2'] }, classes: ['1', '2'] },
  { name: '1.0 and 2.0', files: { 'a.csv': ['1.0', '2.0'] }, classes: ['1.0', '2.0'] },
  { name: '-1 and 1', files: { 'a.csv': ['-1', '1'] }, classes: ['-1', '1'] },
  { name: 'three numbers', files: { 'a.csv': ['1', '2', '10'] }, classes: ['1', '2', '10'] },
  {
    name: 'numbers declared as a category',
    files: { 'a.csv': ['2', '10'] },
    dataset: 'columns: {kind: {type: category}}',
    classes: ['2', '10'],
  },
  {
    name: 'yes and no declared as truth values',
    files: { 'a.csv': ['no', 'yes'] },
    dataset: 'columns: {kind: {type: boolean}}',
    classes: ['no', 'yes'],
  },
  {
    name: 't and f declared as truth values',
    files: { 'a.csv': ['f', 't'] },
    dataset: 'columns: {kind: {type: boolean}}',
    classes: ['f', 't'],
  },
  { name: 'a text', files: { 'a.csv': ['paid', 'default'] }, classes: ['default', 'paid'] },
  { name: 'texts that differ in capitals only', files: { 'a.csv': ['yes', 'Yes'] }, classes: ['Yes', 'yes'] },
  { name: 'a truth value of Parquet', files: { 'a.parquet': ['CAST(false AS BOOLEAN)', 'true'] }, classes: ['false', 'true'] },
  { name: 'a text of Parquet', files: { 'a.parquet': ["'no'", "'yes'"] }, classes: ['no', 'yes'] },
  { name: 'a double of Parquet', files: { 'a.parquet': ['0.0::DOUBLE', '1.0::DOUBLE'] }, classes: ['0.0', '1.0'] },
  { name: 'a whole number of Parquet', files: { 'a.parquet': ['0::BIGINT', '1::BIGINT'] }, classes: ['0', '1'] },
  { name: 'a truth value of JSON', files: { 'a.jsonl': ['false', 'true'] }, classes: ['false', 'true'] },
  { name: 'a text of JSON', files: { 'a.jsonl': ['"no"', '"yes"'] }, classes: ['no', 'yes'] },
  { name: 'a text of JSON that spells a truth value', files: { 'a.jsonl': ['"False"', '"True"'] }, classes: ['False', 'True'] },
  {
    name: 'files that spell a truth value differently: the more frequent spelling counts',
    files: { 'a.csv': ['False', 'True'], 'b.csv': ['False', 'True'], 'c.csv': ['FALSE', 'TRUE'] },
    classes: ['False', 'True'],
  },
  {
    name: 'a file with yes and no beside one with true and false: four texts',
    files: { 'a.csv': ['no', 'yes'], 'b.csv': ['false', 'true'] },

    classes: ['false', 'no', 'true', 'yes'],
  },
  { name: 'whole numbers beside such with a fraction', files: { 'a.csv': ['0', '1'], 'b.csv': ['0.0', '1.0'] }, classes: ['0.0', '1.0'] },
  { name: 'the positive class named', files: { 'a.csv': ['no', 'yes'] }, target: '{column: kind, positive: "no"}', classes: ['yes', 'no'] },
  { name: 'a positive number named', files: { 'a.csv': ['0', '1'] }, target: '{column: kind, positive: 0}', classes: ['1', '0'] },
  {
    name: 'a positive number in another spelling',
    files: { 'a.csv': ['0.0', '1.0'] },
    target: '{column: kind, positive: 0}',
    classes: ['1.0', '0.0'],
  },
  {
    name: 'a positive truth value named',
    files: { 'a.csv': ['False', 'True'] },
    target: '{column: kind, positive: false}',
    classes: ['True', 'False'],
  },
  { name: 'a column in the long form', files: { 'a.csv': ['no', 'yes'] }, target: '{column: kind}', classes: ['no', 'yes'] },
  { name: 'a condition: 0 and 1', files: { 'a.csv': ['no', 'yes'] }, target: `{wanted: "kind = 'yes'"}`, classes: ['0', '1'] },
  {
    name: 'a condition of which "no" is positive',
    files: { 'a.csv': ['no', 'yes'] },
    target: `{wanted: "kind = 'yes'", positive: false}`,
    classes: ['1', '0'],
  },
  {
    name: 'classes that SQL names',
    files: { 'a.csv': ['no', 'yes'] },
    target: `{risk: "CASE kind WHEN 'yes' THEN 'low' ELSE 'high' END", positive: high}`,
    classes: ['low', 'high'],
  },
];

const rowsPerFile = 60;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The kind follows from `x`, so that every row is predicted right. @param from the first `x` of the file */
async function writeData(path: string, spelling: Spelling, from: number): Promise<void> {
  const rows = Array.from({ length: rowsPerFile }, (_, row) => ({
    x: from + (row % spelling.length),
    kind: spelling[row % spelling.length] ?? '',
  }));
  mkdirSync(dirname(path), { recursive: true });
  if (path.endsWith('.csv')) writeFileSync(path, `x,kind\n${rows.map(({ x, kind }) => `${x},${kind}`).join('\n')}\n`);
  if (path.endsWith('.jsonl')) writeFileSync(path, `${rows.map(({ x, kind }) => `{"x": ${x}, "kind": ${kind}}`).join('\n')}\n`);
  if (!path.endsWith('.parquet')) return;
  await using duckdb = await openDuckdb({ threads: 1, memoryBytes: 2 ** 28 }, { folders: [dirname(path)] });
  const cases = rows.slice(0, spelling.length).map(({ x, kind }) => `WHEN ${x} THEN ${kind}`);
  const table = `SELECT i % ${spelling.length} AS x, CASE i % ${spelling.length} ${cases.join(' ')} END AS kind FROM range(${rowsPerFile}) t(i)`;
  await duckdb.query(`COPY (${table}) TO '${path}' (FORMAT parquet)`);
}

async function writeCase({ files, dataset = '', target = 'kind' }: Omit<Case, 'classes' | 'name'>): Promise<Project> {
  const root = makeFolder('classes');
  folders.push(root);
  for (const [index, [name, spelling]] of Object.entries(files).entries())
    await writeData(join(root, 'data', name), spelling, index * spelling.length);
  const [first = ''] = Object.keys(files);
  const extension = first.slice(first.lastIndexOf('.'));
  writeFileSync(
    join(root, 'millwright.yaml'),
    `name: classes
environment: development
datasets: {rows: {path: "data/*${extension}", ${dataset}}}
features: {all: {target: ${target}, categorical: [x]}}
stages:
  check: {uses: validate, dataset: rows, features: all, max_duplicates: 1}
  train: {uses: train, dataset: rows, features: all, trainer: logistic, leakage: {max_shared_rows: 1, allow: [x]}}
  evaluate: {uses: evaluate, model: train, dataset: rows, metrics: [accuracy_score], leakage: {max_shared_rows: 1}}
`,
  );
  const { project, diagnostics } = await loadProject(root);
  if (project === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return project;
}

async function trainCase(
  project: Project,
  changes: Partial<TrainStage> = {},
): Promise<{ folder: string; classes: readonly string[]; notes: readonly string[] }> {
  const folder = join(project.root, 'model');
  const stage = { ...(project.stages.train as TrainStage), ...changes };
  const { description, notes } = await trainModel({ project, stage, asOf, outputFolder: folder, onRound: () => undefined }, context);
  return { folder, classes: description.classes, notes };
}

async function evaluate(project: Project, folder: string, dataset = 'rows'): Promise<EvaluationReport> {
  const stage = { ...(project.stages.evaluate as EvaluateStage), dataset };
  return evaluateModel({ project, stage, stageName: 'evaluate', modelFolder: folder, championFolders: {}, asOf }, context);
}

function accuracyOf({ metrics }: EvaluationReport): number | undefined {
  return metrics.find(({ metric }) => metric === 'accuracy_score')?.model.value;
}

describe('classes keep their names', () => {
  it.concurrent.each(cases)('$name', async (one) => {
    const project = await writeCase(one);
    const check = await validateDataset(project, project.stages.check as ValidateStage, { ...context, asOf });
    expect(check.target?.classes.map(({ value }) => value).toSorted()).toEqual(one.classes.toSorted());
    const { folder, classes } = await trainCase(project);
    expect(classes).toEqual(one.classes);
    const report = await evaluate(project, folder);
    expect(report.classes).toEqual(one.classes);
    expect(report.classResults.map(({ name }) => name)).toEqual(one.classes);
    expect(accuracyOf(report)).toBe(1);
    const output = join(project.root, 'predictions.csv');
    await predictToFile({ project, dataset: 'rows', modelFolder: folder, output, asOf }, context);
    const lines = readFileSync(output, 'utf8').trim().split('\n').slice(1);
    expect([...new Set(lines.map((line) => line.split(',')[0]))].toSorted()).toEqual(one.classes.toSorted());
  });
});

describe('a model measured on a file that spells its classes in another way', () => {
  it.concurrent.each<[string, Spelling, string, Spelling]>([
    ['True and TRUE', ['False', 'True'], 'b.csv', ['FALSE', 'TRUE']],
    ['True and the truth values of Parquet', ['False', 'True'], 'b.parquet', ['CAST(false AS BOOLEAN)', 'true']],
    ['True and the truth values of JSON', ['False', 'True'], 'b.jsonl', ['false', 'true']],
    ['0 and 0.0', ['0', '1'], 'b.csv', ['0.0', '1.0']],
    ['0.0 and 0', ['0.0', '1.0'], 'b.parquet', ['0::BIGINT', '1::BIGINT']],
    ['0 and truth values, as models of truth values were once called', ['0', '1'], 'b.csv', ['False', 'True']],
  ])('%s', async (_name, spelling, file, otherSpelling) => {
    const project = await writeCase({ files: { 'a.csv': spelling } });
    const { folder } = await trainCase(project);
    await writeData(join(project.root, file), otherSpelling, 0);
    const extended = { ...project, datasets: { ...project.datasets, other: { path: file } } };
    const report = await evaluate(extended, folder, 'other');
    expect([report.classes, accuracyOf(report)]).toEqual([spelling, 1]);
  });

  it('is refused where the texts differ: a text in other capitals is another class', async () => {
    const project = await writeCase({ files: { 'a.csv': ['no', 'yes'] } });
    const { folder } = await trainCase(project);
    await writeData(join(project.root, 'b.csv'), ['No', 'Yes'], 0);
    const extended = { ...project, datasets: { ...project.datasets, other: { path: 'b.csv' } } };
    await expect(evaluate(extended, folder, 'other')).rejects.toThrow('holds the class "No", which the model does not know');
  });
});

describe('the positive class is shown', () => {
  it.concurrent.each<[string, string, string | undefined, string]>([
    ['by its place', 'kind', 'yes', 'has two classes; "yes" is the positive one.'],
    ['as it is named', '{column: kind, positive: "no"}', 'no', 'has two classes; "no" is the positive one.'],
    [
      'and a name that is no class fails the check',
      '{column: kind, positive: maybe}',
      undefined,
      '"maybe" is no class of the target "kind"',
    ],
  ])('by the check: %s', async (_name, target, positive, message) => {
    const project = await writeCase({ files: { 'a.csv': ['no', 'yes'] }, target });
    const report = await validateDataset(project, project.stages.check as ValidateStage, { ...context, asOf });
    expect(report.target?.positive).toBe(positive);
    const check = report.checks.find((one) => one.check === 'classes');
    expect([check?.verdict, check?.message]).toEqual([positive === undefined ? 'failed' : 'passed', expect.stringContaining(message)]);
    if (positive !== undefined) {
      expect(renderValidation('check', report, plainStyle).join('\n')).toContain(`${positive} 50.0 % (the positive class)`);
    }
  });

  it('by the evaluation of a file, which asks whether the other class is meant where the score is worse than chance', async () => {
    const root = makeFolder('classes');
    folders.push(root);
    const path = join(root, 's.csv');
    const lines = Array.from(
      { length: 200 },
      (_, row) => `${row % 2 === 0 ? 'default' : 'paid'},${row % 5 === 0 ? 0.5 : row % 2 === 0 ? 0.8 : 0.3}`,
    );
    writeFileSync(path, `st,p\n${lines.join('\n')}\n`);
    const evaluated = async (positive?: string): Promise<string> => {
      const predictions = { target: 'st', score: 'p', ...(positive === undefined ? {} : { positive }) };
      const report = await evaluateFile(path, { predictions, metrics: ['roc_auc'], seed: 1 }, context);
      return renderReport(report, plainStyle).join(' ').replaceAll(/\s+/g, ' ');
    };
    const [asFound, asMeant] = [await evaluated(), await evaluated('default')];
    expect(asFound).toContain('the positive class is paid');
    expect(asFound).toContain('by --positive default.');
    expect(asMeant).toContain('the positive class is default');
    expect(asMeant).not.toContain('--positive');
  });
});

describe('the positive class and the trainer', () => {
  it.concurrent.each<[string, Omit<Case, 'classes' | 'name'>, Partial<TrainStage>, string]>([
    [
      'a name that is no class',
      { files: { 'a.csv': ['no', 'yes'] }, target: '{column: kind, positive: maybe}' },
      {},
      '"maybe" is no class',
    ],
    ['three classes', { files: { 'a.csv': ['a', 'b', 'c'] }, target: '{column: kind, positive: a}' }, {}, 'has 3 classes'],
    ['a number estimated', { files: { 'a.csv': ['1', '7'] }, target: '{column: kind, positive: 7}' }, { trainer: 'linear' }, 'estimated'],
    ['linear on yes and no', { files: { 'a.csv': ['no', 'yes'] } }, { trainer: 'linear' }, 'is a text'],
    ['linear on True and False', { files: { 'a.csv': ['False', 'True'] } }, { trainer: 'linear' }, 'is true or false'],
    ['linear on a condition', { files: { 'a.csv': ['1', '7'] }, target: '{high: "kind > 3"}' }, { trainer: 'linear' }, 'is true or false'],
    ['an unknown class to weigh', { files: { 'a.csv': ['no', 'yes'] } }, { params: { class_weight: { maybe: 2 } } }, '"maybe"'],
  ])('are refused: %s', async (_name, one, changes, message) => {
    const project = await writeCase(one);
    await expect(trainCase(project, changes)).rejects.toThrow(message);
  });

  it('says that linear estimates 0 and 1 as a number', async () => {
    const project = await writeCase({ files: { 'a.csv': ['0', '1'] } });
    const { notes } = await trainCase(project, { trainer: 'linear' });
    expect(notes.join(' ')).toContain('Trainers that tell the two apart: gbdt, logistic.');
  });

  it('weighs classes by any of their spellings', async () => {
    const project = await writeCase({ files: { 'a.csv': ['False', 'True'] } });
    const { classes } = await trainCase(project, { params: { class_weight: { true: 3, False: 1 } } });
    expect(classes).toEqual(['False', 'True']);
  });
});
