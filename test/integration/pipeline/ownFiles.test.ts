/** A project's files stay its own: wherever its folder is moved to, and whatever name an output gives them. */
import { cpSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import { predictFile } from '../../../src/engine/pipeline/predictFile.ts';
import { SqliteRegistryReader } from '../../../src/engine/registry/sqlite/sqliteRegistryReader.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { run, states, writeFiles } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';
import { contentOf, millwright } from '../cli/millwrightProcess.ts';

const yaml = `
name: own
environment: development
params: params.yaml
datasets:
  all: {path: d.csv}
  learn: {from: all, where: id % 5 <> 0}
  test: {from: all, where: id % 5 = 0}
  parts: {path: parts/*.csv}
features:
  f: {target: late, numeric: [x], categorical: [c]}
stages:
  train: {uses: train, dataset: learn, features: f, params: {max_iter: 3}}
  evaluate: {uses: evaluate, model: train, dataset: test, metrics: [roc_auc]}
  register: {uses: register, model: train, name: own, alias: champion, needs: [evaluate]}
  predict: {uses: predict, model: own@champion, dataset: test, output: predictions.csv, keep: [id], needs: [register]}
  script: {run: python make.py, deps: [notes.csv], outs: [made.csv], needs: [predict]}
`;

const home = makeFolder('own files');
const original = join(home, 'original');
const moved = join(home, 'moved');

interface AuditLine {
  readonly line: number;
  readonly entry: { readonly operation: string; readonly rollback_available: boolean };
}

beforeAll(async () => {
  const row = (i: number): string => `${i},${((i * 7919) % 10007) / 10},${'abc'[i % 3] ?? ''},${(i * 7919) % 10007 > 5000 ? 1 : 0}`;
  const rows = ['id,x,c,late', ...Array.from({ length: 300 }, (_, i) => row(i))].join('\n');
  const files = { 'd.csv': rows, 'new.csv': rows, 'parts/one.csv': rows, 'notes.csv': rows, 'make.py': '', 'params.yaml': 'a: 1' };
  writeFiles(original, { ...files, 'millwright.yaml': yaml });
  expect(states(await run(original, { stages: ['predict'] }))).toMatchObject({ predict: 'done' });
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

async function ended(root: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await millwright(root, args);
  expect(code, `${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

describe('a project in another place', () => {
  it('works in every command, and leaves what lies at the old place', async () => {
    const copy = join(home, 'a copy');
    cpSync(original, copy, { recursive: true });
    const before = contentOf(original);

    expect(states(await run(copy, { stages: ['predict'] }))).toEqual({
      train: 'unchanged',
      evaluate: 'unchanged',
      register: 'unchanged',
      predict: 'unchanged',
    });
    await ended(copy, 'predict', '--model', 'own@champion', '--data', 'new.csv', '--output', 'copied.csv');
    const forced = await run(copy, { stages: ['predict'], force: true });
    expect(forced.exitCode, JSON.stringify(forced.stages)).toBe(0);
    expect(contentOf(original)).toEqual(before);
    await using tracking = openStore({ root: copy }).tracking();
    const runs = (await tracking.runs()).items;
    expect(runs.map(({ artifactUri }) => artifactUri.startsWith(join(copy, 'mlruns')))).toEqual(runs.map(() => true));
    await using registry = new SqliteRegistryReader(join(copy, 'mlflow.db'));
    expect((await registry.alias('own', 'champion'))?.source.startsWith(copy)).toBe(true);
  });

  it('is whole where nothing lies at the old place', async () => {
    renameSync(original, moved);
    mkdirSync(original);

    expect(await ended(moved, 'status', '--json')).toContain('"unchanged"');
    expect(await ended(moved, 'report')).toContain('ROC AUC');
    expect(await ended(moved, 'runs')).toContain('train');
    expect(await ended(moved, 'models')).toContain('@champion');
    await ended(moved, 'predict', '--model', 'own@champion', '--data', 'new.csv', '--output', 'here.csv');
    await ended(moved, 'predict', '--model', 'train', '--data', 'new.csv', '--output', 'there.csv');
    expect(readFileSync(join(moved, 'here.csv'), 'utf8')).toBe(readFileSync(join(moved, 'there.csv'), 'utf8'));
    const lines = JSON.parse(await ended(moved, 'audit', '--json')) as AuditLine[];
    const last = lines.findLast(({ entry }) => entry.operation === 'predict' && entry.rollback_available);
    await ended(moved, 'undo', String(last?.line));
    expect((await run(moved, { stages: ['evaluate', 'register'], force: true })).exitCode).toBe(0);
    expect(contentOf(original)).toEqual({});
  });
});

describe('names of stages and models', () => {
  it.each([
    [['report', 'evaluate'], 0, 'ROC AUC'],
    [['report', 'nope'], 2, 'no run or stage'],
    [['runs', '--metric', 'nosuch'], 2, 'nosuch'],
    [['predict', '--model', 'own', '--data', 'new.csv', '--output', 'x.csv'], 2, 'own@champion or own/1'],
    [['predict', '--model', 'predikt', '--data', 'new.csv', '--output', 'x.csv'], 2, 'Did you mean "predict"?'],
    [['predict', 'new.csv', '--output', 'x.csv'], 2, 'millwright predict --model own@champion --data new.csv --output x.csv'],
    [['predict', 'new.csv', '--model', 'own/1'], 2, 'Left out: --output.'],
    [['predict', 'new.csv', '--data', 'd.csv'], 2, 'both named as the rows'],
    [['report', 'evaluate', '--html', 'd.csv'], 2, '.html'],
    [['validate', '-d.csv'], 0, '300 rows'],
  ])('%j', async (args, code, words) => {
    cpSync(join(moved, 'd.csv'), join(moved, '-d.csv'));
    const answer = await millwright(moved, args);
    expect(`${answer.stdout}${answer.stderr}`).toContain(words);
    expect(answer.code).toBe(code);
  });
});

describe('what the project reads', () => {
  beforeAll(() => {
    symlinkSync('d.csv', join(moved, 'soft.csv'));
    linkSync(join(moved, 'd.csv'), join(moved, 'hard.csv'));
    symlinkSync('parts', join(moved, 'folder'));
  });

  it.each([
    ['a data file', 'd.csv', 'the data set all'],
    ['a symbolic link to it', 'soft.csv', 'the data set all'],
    ['a hard link to it', 'hard.csv', 'the data set all'],
    ['a file of a glob', 'parts/one.csv', 'the data set parts'],
    ['a file of a glob, through a linked folder', 'folder/one.csv', 'the data set parts'],
    ['a file that a command reads', 'notes.csv', 'the stage script'],
  ])('%s is not replaced', async (_, output, reader) => {
    const { project } = await loadProject(moved, {});
    if (project === undefined) throw new Error('the project does not load');
    const before = contentOf(moved);
    const options = { project, environment: 'development' as const, command: ['predict'], secrets: [] };
    const into = (places: { output: string; rejects?: string }): Promise<unknown> =>
      predictFile({ model: 'own@champion', data: join(moved, 'new.csv'), ...places }, options);
    await expect(into({ output: join(moved, output) })).rejects.toMatchObject({ code: 'files.readByProject', args: { reader } });
    await expect(into({ output: join(moved, 'free.csv'), rejects: join(moved, output) })).rejects.toMatchObject({
      code: 'files.readByProject',
    });
    expect(contentOf(moved)).toEqual(before);
  });

  it('is not replaced by a stage that has not made it', async () => {
    const root = join(home, 'stage');
    cpSync(moved, root, { recursive: true });
    writeFiles(root, {
      'millwright.yaml': yaml
        .replace('output: predictions.csv', 'output: notes.csv')
        .replace('notes.csv], outs', 'd.csv], outs')
        .replace('  parts:', '  notes: {path: notes.csv}\n  parts:'),
    });
    const before = readFileSync(join(root, 'notes.csv'), 'utf8');
    const [, , , predicted] = (await run(root, { stages: ['predict'] })).stages;
    expect(predicted?.error?.code).toBe('files.readByProject');
    expect(readFileSync(join(root, 'notes.csv'), 'utf8')).toBe(before);
  });
});
