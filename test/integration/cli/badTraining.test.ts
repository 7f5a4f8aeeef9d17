/** Data that no model can learn from, at the terminal: a clear error or a stated result, and nothing half-written either way. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PipelineResult } from '../../../src/protocol/pipeline.ts';
import { random, toCsv, type Row } from '../../support/trainingProject.ts';
import { makeFolder, temporaryFolder } from '../../support/project.ts';
import { contentOf, failuresIn, millwright, type Ended } from './millwrightProcess.ts';

const count = 400;

/** Honest rows: x, z and kind bear on the answer. */
function honestRows(): Row[] {
  const next = random(11);
  return Array.from({ length: count }, (_, id) => {
    const [x, z] = [next() * 10, next() * 5];
    const at = new Date(Date.UTC(2001, 0, 1 + id)).toISOString();
    return { id, at, x, z, kind: 'abc'[id % 3] ?? '', w: 1 + (id % 2), late: x + z + next() * 6 > 10 ? 'late' : 'early' };
  });
}

interface Project {
  readonly rows?: (row: Row, index: number) => Row;
  readonly target?: string;
  readonly features?: string;
  readonly columns?: string;
  readonly train?: string;
  readonly stages?: string;
}

const yamlOf = ({ target = 'late', features = 'numeric: [x, z], categorical: [kind]', columns = '{}', train, stages }: Project): string => `
name: bad
environment: development
datasets:
  all: {path: data.csv, time: at, columns: ${columns}}
features:
  f: {target: ${target}, ${features}}
stages:
  train: {uses: train, dataset: all, features: f, ${train ?? 'params: {max_iter: 3}'}}
  ${stages ?? ''}
`;

function write(root: string, project: Project): void {
  writeFileSync(join(root, 'millwright.yaml'), yamlOf(project));
  writeFileSync(join(root, 'data.csv'), toCsv(honestRows().map(project.rows ?? ((row) => row))));
}

/** What a run may leave beside the user's files is its record in the store. */
function filesOf(root: string): Record<string, string> {
  const files = contentOf(root);
  delete files['mlflow.db'];
  return files;
}

/** Files that are written under another name first, and checkpoints, must not stay. */
function leftovers(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|checkpoints./.test(name));
}

/** How the store says that every run and every model in it ended. */
function recordIn(root: string): { runs: unknown[]; versions: unknown[] } {
  using store = new DatabaseSync(join(root, 'mlflow.db'), { readOnly: true });
  return {
    runs: store
      .prepare('SELECT DISTINCT status FROM runs')
      .all()
      .map(({ status }) => status),
    versions: store.prepare('SELECT name FROM model_versions').all(),
  };
}

function expectFailure(ended: Ended, code: string, message: RegExp, exit = 3): void {
  const [failure] = failuresIn(ended.stdout);
  expect({ exit: ended.code, code: failure?.code, message: failure?.message }).toEqual({
    exit,
    code,
    message: expect.stringMatching(message) as string,
  });
  expect(failure?.remedy, 'what to do').toMatch(/\w+ \w+ \w+/);
  expect(`${failure?.message ?? ''} ${failure?.remedy ?? ''}`, 'every place in a text is filled').not.toMatch(/\{\w+\}/);
  expect(ended.stderr).not.toMatch(/\n\s+at \S+ \(/);
}

const byTime = 'validation: {split: time, share: 0.2}, params: {max_iter: 3}';
const weighted = 'params: {max_iter: 3, sample_weight: w}';
const numbers = '{x: {type: number}, w: {type: number}}';
const some =
  (every: number, value: Row[string], name = 'x') =>
  (row: Row, index: number): Row =>
    index % every === 3 ? { ...row, [name]: value } : row;

describe('refused, with the place and what to do:', () => {
  test.each<[string, Project, string, RegExp, number?]>([
    ['a target with one class', { rows: (row) => ({ ...row, late: 'early' }) }, 'training.oneClass', /"late" has only the class "early"/],
    ['a target with missing values', { rows: some(40, null, 'late') }, 'training.targetMissing', /"late" is missing in 10 of 400 rows/],
    [
      'a class in validation only',
      { rows: (row, index) => (index > 390 ? { ...row, late: 'never' } : row), train: byTime },
      'training.classOnlyInValidation',
      /class "never" of the target "late" occurs in the held-out rows only/,
    ],
    [
      'an infinite target',
      { rows: some(40, Infinity), target: 'x', features: 'numeric: [z]', columns: numbers },
      'training.targetInfinite',
      /"x" is infinite in 10 rows/,
    ],
    [
      'a text among the numbers of a target',
      { rows: some(40, 'many'), target: 'x', features: 'numeric: [z]' },
      'training.notNumbers',
      /Row 4 of data\.csv: "many" is no number, so the target "x" would be classes instead of a number/,
    ],
    [
      'a feature that is missing everywhere, where its median is wanted',
      { rows: (row) => ({ ...row, x: null }), columns: numbers, train: 'trainer: logistic' },
      'features.allMissing',
      /"x" is missing in every training row, so it has no median/,
    ],
    ['a negative weight', { rows: some(200, -2, 'w'), train: weighted }, 'training.weights', /weight of row 4 in "w" is -2/],
    ['a missing weight', { rows: some(200, null, 'w'), train: weighted }, 'training.weights', /Row 4 has no weight in "w"/],
    [
      'an infinite weight',
      { rows: some(200, Infinity, 'w'), columns: numbers, train: weighted },
      'training.weights',
      /weight of row 4 in "w" is Infinity/,
    ],
    [
      'weights that are all zero',
      { rows: (row) => ({ ...row, w: 0 }), train: weighted },
      'training.weights',
      /Every training row has the weight 0/,
    ],
    ['weights that are texts', { train: 'params: {max_iter: 3, sample_weight: kind}' }, 'training.weights', /"kind" holds no numbers/],
    [
      'a text column among the numeric',
      { features: 'numeric: [x, kind]' },
      'features.expression',
      /"kind".* a number is needed, but this is a text/,
    ],
    [
      'a text value in a column declared number',
      { rows: some(400, 'seven'), columns: numbers },
      'dataset.wrongType',
      /Row 4 of data\.csv: "seven" in the column "x"/,
    ],
    [
      'the target under another name',
      { rows: (row) => ({ ...row, kind: row.late === 'late' ? 'J' : 'N' }) },
      'training.targetLeak',
      /"kind" is the target "late" in another form/,
      1,
    ],
    [
      'rows shared between the parts',
      {
        rows: (_, index) => ({ ...honestRows()[index % 200], part: Math.floor(index / 100) }),
        train: 'validation: {split: group, group: part, share: 0.5}, params: {max_iter: 3}',
      },
      'training.sharedRows',
      /held-out rows \(\S+ %\) equal a row that is learned from/,
      1,
    ],
  ])('%s', async (_, project, code, message, exit) => {
    const root = temporaryFolder();
    write(root, project);
    const before = filesOf(root);
    expectFailure(await millwright(root, ['run', '--json']), code, message, exit);
    expect(filesOf(root)).toEqual(before);
    expect(leftovers(root)).toEqual([]);
    expect(recordIn(root)).toEqual({ runs: ['FAILED'], versions: [] });
  });
});

describe('trained, and said:', () => {
  test.each<[string, Project, RegExp]>([
    [
      'infinite values',
      { rows: some(40, Infinity), columns: numbers },
      /"x" is infinite, or too large for float32, in 10 rows: there it counts as missing/,
    ],
    ['NaN', { rows: some(4, 'nan'), columns: numbers }, /missing: x 2\d\.\d %/],
    ['a constant feature', { rows: (row) => ({ ...row, z: 3 }) }, /"z" has the same value in every training row/],
    [
      'a feature that is missing everywhere',
      { rows: (row) => ({ ...row, x: null }), columns: numbers },
      /"x" is missing in every training row/,
    ],
    ['a number that identifies the rows', { features: 'numeric: [x, id]' }, /"id" looks like an identifier: it counts the rows/],
    [
      'a text that identifies the rows',
      { rows: (row, index) => ({ ...row, kind: `user ${index}` }) },
      /"kind" looks like an identifier: most rows have a level of their own/,
    ],
    [
      'an expression that divides by zero',
      { features: 'numeric: {x: {}, ratio: {value: "x / (id - id)"}}' },
      /"ratio" is missing in every training row/,
    ],
    [
      'a threshold for more than two classes',
      { target: 'kind', features: 'numeric: [x, z]', train: 'params: {max_iter: 3}, threshold: {maximize: f1_score}' },
      /"threshold" has no effect: only a model of two classes decides by one/,
    ],
    [
      'rows of the future among those learned from',
      { train: 'validation: {split: random}, params: {max_iter: 3}' },
      /rows that are learned from are later than the first held-out row/,
    ],
  ])('%s', async (_, project, note) => {
    const root = temporaryFolder();
    write(root, project);
    const ended = await millwright(root, ['run', '--json']);
    expect({ code: ended.code, failures: failuresIn(ended.stdout) }).toEqual({ code: 0, failures: [] });
    const [stage] = (JSON.parse(ended.stdout) as PipelineResult).stages;
    expect([...(stage?.notes ?? []), ended.stderr].join('\n')).toMatch(note);
    expect(recordIn(root).runs).toEqual(['FINISHED']);
    expect(leftovers(root)).toEqual([]);
  });

  test('a division by zero in some rows counts as missing there, as a model elsewhere would have it', async () => {
    const root = temporaryFolder();
    write(root, { features: 'numeric: {x: {}, odd: {value: "x / (id % 2)"}}', train: 'params: {max_iter: 3}' });
    expect((await millwright(root, ['run'])).code).toBe(0);
    const [description] = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('millwright.json'));
    const { importance } = JSON.parse(readFileSync(join(root, description ?? ''), 'utf8')) as { importance: { feature: string }[] };
    expect(JSON.stringify(importance)).not.toMatch(/null|NaN/);
  });
});

describe('after a model was registered', () => {
  const root = makeFolder('registered');
  const stages = 'register: {uses: register, model: train, name: m, alias: champion}';
  beforeAll(async () => {
    write(root, { stages });
    expect((await millwright(root, ['run'])).code).toBe(0);
    expect((await predict('scores.csv')).code).toBe(0);
  });

  const predict = (output: string, ...more: string[]): Promise<Ended> =>
    millwright(root, ['predict', '--model', 'm@champion', '--data', 'data.csv', '--output', output, '--json', ...more]);
  const modelFile = (): string =>
    join(root, readdirSync(root, { recursive: true, encoding: 'utf8' }).find((name) => /mlruns.*model\.onnx$/.test(name)) ?? '');

  test.each([0, 0.5, 0.999])('its file, changed by one byte at %d of its length, predicts nothing', async (place) => {
    const whole = readFileSync(modelFile());
    const changed = Buffer.from(whole);
    const byte = Math.floor(place * whole.length);
    changed[byte] = (changed[byte] ?? 0) ^ 1;
    writeFileSync(modelFile(), changed);
    try {
      const before = filesOf(root);
      expectFailure(await predict('scores.csv'), 'registry.digestMismatch', /m@champion \(version 1\) is not the one that was registered/);
      expectFailure(await predict('new.csv'), 'registry.digestMismatch', /m@champion \(version 1\) is not the one that was registered/);
      expect(filesOf(root)).toEqual(before);
      expect(leftovers(root)).toEqual([]);
    } finally {
      writeFileSync(modelFile(), whole);
    }
  });

  test('a rejects file that cannot be written stops the prediction before it writes anything', async () => {
    mkdirSync(join(root, 'taken.csv'), { recursive: true });
    writeFileSync(join(root, 'a file'), '');
    const before = filesOf(root);
    expectFailure(
      await predict('scores.csv', '--rejects', 'taken.csv'),
      'files.writeFailed',
      /taken\.csv cannot be written: it is a folder/,
      4,
    );
    expectFailure(await predict('scores.csv', '--rejects', 'a file/r.csv'), 'files.writeFailed', /is a file, not a folder/, 4);
    expectFailure(await predict('new.csv', '--rejects', '../r.csv'), 'files.outsideProject', /r\.csv/);
    expect(filesOf(root)).toEqual(before);
    expect(leftovers(root)).toEqual([]);
    rmSync(join(root, 'taken.csv'), { recursive: true });
  });

  test('it is not measured on rows it has learned from', async () => {
    appendFileSync(join(root, 'millwright.yaml'), '  evaluate: {uses: evaluate, model: m@champion, dataset: all}\n');
    expectFailure(await millwright(root, ['run', 'evaluate', '--json']), 'pipeline.leakageFound', /400 of 400 rows of all/, 1);
  });
});

test('a category with a million levels is learned from its most frequent ones, and that is said', async () => {
  const root = temporaryFolder();
  const next = random(3);
  const rows = Array.from({ length: 1_050_000 }, (_, row) => `u${row % 1_000_003},${(row * 7919) % 1000},${next() < 0.5 ? 'a' : 'b'}`);
  writeFileSync(join(root, 'data.csv'), `user,x,late\n${rows.join('\n')}\n`);
  const features = '{target: late, numeric: [x], categorical: [user]}';
  writeFileSync(
    join(root, 'millwright.yaml'),
    `name: bad
environment: development
datasets: {all: {path: data.csv}}
features: {f: ${features}}
stages: {train: {uses: train, dataset: all, features: f, params: {max_iter: 2}}}
`,
  );
  const ended = await millwright(root, ['run', '--json']);
  expect({ code: ended.code, failures: failuresIn(ended.stdout) }).toEqual({ code: 0, failures: [] });
  const notes = (JSON.parse(ended.stdout) as PipelineResult).stages[0]?.notes.join('\n') ?? '';
  expect(notes).toMatch(/"user" has \S+ levels; the 254 most frequent are told apart/);
  expect(notes).toMatch(/"user" looks like an identifier/);
});
