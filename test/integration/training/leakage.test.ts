/** Planted leaks are found and named before anything is trained; honest data is left alone. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import { random, train, writeProject, type Row } from '../../support/trainingProject.ts';

const yaml = (features: string): string => `
datasets:
  all: {path: data.csv, columns: {c: {type: category}, code: {type: category}}}
  timed: {from: all, time: taken}
features:
  f: ${features}
stages:
  train: {uses: train, dataset: all, features: f, params: {max_iter: 3}}
`;

/** A target that the honest features x, z and c bear on, and many ways to give it away. */
function leakyRows(count: number): Row[] {
  const next = random(5);
  return Array.from({ length: count }, (_, i) => {
    const [x, z, noise] = [next() * 10, next() * 5, next()];
    const c = ['a', 'b', 'c'][Math.floor(next() * 3)] ?? '';
    const score = x + z + (c === 'a' ? 2 : 0) + noise * 6;
    const late = score > 10;
    const flipped = i % 1000 === 500 ? !late : late;
    return {
      ...{ id: i, x, z, c, score, late, cls: score < 8 ? 'low' : score < 14 ? 'mid' : 'high' },
      taken: new Date(Date.UTC(2001, 0, 1) + Math.floor(i / 2) * 3.6e6).toISOString().slice(0, 19).replace('T', ' '),
      ...{ copy: Number(late), negated: -Number(late), text: late ? 'ja' : 'nein', code: late ? '17' : '4', noisy: Number(flipped) },
      gap: late ? null : noise,
      ...{ band: Math.floor(score / 2), scaled: 3 - score / 7, curved: Math.exp(score / 5), label: score < 8 ? 2 : score < 14 ? 0 : 1 },
    };
  });
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (AppError.is(outcome)) return outcome;
  throw new Error(`no AppError: ${String(outcome)}`);
}

describe('a feature that gives the target away', () => {
  it.each<[string, string, string, RegExp, Partial<TrainStage>?]>([
    ['the target under another name', 'copy', '{target: late, numeric: [x, z, copy]}', /is the target "late" in another form/],
    ['negated', 'negated', '{target: late, numeric: [x, z, negated]}', /another form/],
    ['as a text', 'text', '{target: late, numeric: [x], categorical: [c, text]}', /another form/],
    ['as a code', 'code', '{target: late, numeric: [x], categorical: [c, code]}', /another form/],
    ['as a code, target-encoded', 'code', '{target: late, numeric: [x], categorical: {c: {}, code: {encode: target}}}', /another form/],
    [
      'as a code, one-hot, for a linear model',
      'code',
      '{target: late, numeric: [x], categorical: [code]}',
      /another form/,
      { trainer: 'logistic', params: {} },
    ],
    ['with 0.1 % noise', 'noisy', '{target: late, numeric: [x, noisy]}', /tells the target "late" almost alone: 0\.99/],
    [
      'the number it is computed from',
      'score',
      '{target: {late: "score > 10"}, numeric: [x, score]}',
      /"score" tells the target "late" almost alone: 1/,
    ],
    [
      'an expression of that number',
      'odd',
      '{target: {late: "score > 10"}, numeric: {x: {}, odd: {value: "7 - abs(score) / 3"}}}',
      /"odd" tells/,
    ],
    ['missing where the answer is yes', 'gap', '{target: late, numeric: [x, gap]}', /Whether the feature "gap" is missing|another form/],
    ['the number behind three classes', 'score', '{target: cls, numeric: [x, score]}', /"score" tells the target "cls" almost alone/],
    ['three classes as numbers', 'label', '{target: cls, numeric: [x, label]}', /another form/],
    ['a quantity, scaled and shifted', 'scaled', '{target: score, numeric: [x, scaled]}', /another form/],
    [
      'a quantity, for a linear model',
      'scaled',
      '{target: score, numeric: [x, scaled]}',
      /another form/,
      { trainer: 'linear', params: {} },
    ],
    ['a quantity by a curve', 'curved', '{target: score, numeric: [x, curved]}', /"curved" tells the target "score" almost alone/],
  ])('%s', async (_name, feature, features, message, changes = {}) => {
    await using project = await writeProject(yaml(features), leakyRows(2000));
    const failure = await failureOf(train(project, changes));
    expect(failure).toMatchObject({ code: 'training.targetLeak', kind: 'gate', args: { columns: feature } });
    expect(failure.message).toMatch(message);
    expect(failure.remedy).toContain(`"allow: [${feature}]"`);
    expect(existsSync(join(project.root, 'model'))).toBe(false);
  });

  it('names every one of several', async () => {
    await using project = await writeProject(yaml('{target: late, numeric: [x, copy, noisy]}'), leakyRows(2000));
    expect((await failureOf(train(project))).args.columns).toBe('copy, noisy');
  });

  it('is found in folds, too', async () => {
    await using project = await writeProject(yaml('{target: late, numeric: [x, copy]}'), leakyRows(600));
    const changes = { validation: { split: 'kfold', folds: 3 } } as const;
    expect((await failureOf(train(project, changes))).code).toBe('training.targetLeak');
  });

  it('may be allowed, be a warning only, or have another limit', async () => {
    await using project = await writeProject(yaml('{target: late, numeric: [x, noisy]}'), leakyRows(2000));
    expect((await train(project, { leakage: { allow: ['noisy'] } })).notes.join()).not.toContain('noisy');
    expect((await train(project, { leakage: { severity: { association: 'warn' } } })).notes.join()).toContain('"noisy" tells');
    expect((await train(project, { leakage: { max_association: 1 } })).notes.join()).not.toContain('noisy');
  });

  it('only warns where the rows are too few to be certain', async () => {
    await using project = await writeProject(yaml('{target: {late: "score > 10"}, numeric: [x, score]}'), leakyRows(300));
    expect((await train(project)).notes.join()).toContain('"score" tells the target "late" almost alone');
  });

  it('is not seen in honest features', async () => {
    await using project = await writeProject(yaml('{target: late, numeric: [id, x, z], categorical: [c]}'), leakyRows(3000));
    expect((await train(project)).notes.join()).not.toContain('tells the target');
    await using other = await writeProject(yaml('{target: score, numeric: [id, x, z], categorical: [c]}'), leakyRows(3000));
    expect((await train(other)).notes.join()).not.toContain('tells the target');
  });
});

describe('rows held out that are learned from', () => {
  const features = '{target: late, numeric: [x, z], categorical: [c]}';
  /** So many of the rows a second time, at the end. */
  const repeated = (rows: readonly Row[], copies: number): Row[] => [...rows, ...rows.slice(0, copies)];

  /** The same, each with a number of its own: a split by these numbers tears copies apart. */
  const renumbered = (rows: readonly Row[], copies: number): Row[] => repeated(rows, copies).map((row, i) => ({ ...row, id: i }));
  const byNumber = { validation: { split: 'group', group: 'id' } } as const;

  it('stop the training above 0.1 %, with the figure and an example', async () => {
    await using project = await writeProject(yaml(features), renumbered(leakyRows(1000), 50));
    const failure = await failureOf(train(project, byNumber));
    expect(failure).toMatchObject({ code: 'training.sharedRows', kind: 'gate' });
    const [, count = '', share = '', judged = '', other = ''] =
      /^(\d+) of 210 held-out rows \((\S+) %\) equal .* row (\d+) of the data equals row (\d+), .* At most 0\.1 % may\.$/.exec(
        failure.message,
      ) ?? [];
    expect(Number(share)).toBeCloseTo((100 * Number(count)) / 210, 1);
    expect(Math.abs(Number(judged) - Number(other))).toBe(1000);
    expect(failure.remedy).toContain('max_shared_rows');
    expect(existsSync(join(project.root, 'model'))).toBe(false);
  });

  it('are looked for in every fold, where each of them is shared unless its copy fell into the same fold', async () => {
    await using project = await writeProject(yaml(features), renumbered(leakyRows(1000), 50));
    const validation = { split: 'kfold', folds: 4, by: 'group', group: 'id' } as const;
    expect((await failureOf(train(project, { validation }))).code).toBe('training.sharedRows');
  });

  it('are a warning where the stage says so, nothing where the limit allows them', async () => {
    await using project = await writeProject(yaml(features), renumbered(leakyRows(1000), 50));
    const { notes } = await train(project, { ...byNumber, leakage: { severity: { shared_rows: 'warn' } } });
    expect(notes.join()).toMatch(/held-out rows \(.*\) equal/);
    expect((await train(project, { ...byNumber, leakage: { max_shared_rows: 0.5 } })).notes).toEqual([]);
  });

  it('cannot be where copies stay on one side: by every split but one by groups that tear them apart', async () => {
    await using project = await writeProject(yaml(features), repeated(leakyRows(1000), 50));
    for (const validation of [
      { split: 'random' },
      { split: 'stratified' },
      { split: 'kfold', by: 'stratified', folds: 3 },
      { split: 'group', group: 'id' },
    ] as const)
      expect((await train(project, { validation })).notes.join()).not.toContain('equal');
    for (const validation of [{ split: 'kfold', by: 'time', folds: 3 }] as const) {
      const { notes } = await train(project, { dataset: 'timed', validation });
      expect(notes.filter((note) => note.includes('equal'))).toEqual([]);
    }
  });

  it('are chance in a table of few columns, whose rows come back by themselves, whatever the split', async () => {
    const next = random(3);
    const table = (levels: number): Row[] =>
      Array.from({ length: 800 }, (_, id) => ({ id, x: Math.floor(next() * levels), c: next() < 0.5 ? 'a' : 'b', late: next() < 0.4 }));
    const text = yaml('{target: late, numeric: [x], categorical: [c]}').replace(', code: {type: category}', '');
    for (const levels of [4, 200]) {
      await using project = await writeProject(text, table(levels));
      for (const changes of [{}, byNumber]) expect((await train(project, changes)).notes.join()).not.toContain('equal');
    }
  });
});

describe('time', () => {
  const features = '{target: late, numeric: [x, z], categorical: [c]}';

  it('is named where rows are held out at random although it is known', async () => {
    await using project = await writeProject(yaml(features), leakyRows(1000));
    for (const validation of [{ split: 'random' }, { split: 'kfold', by: 'stratified', folds: 3 }] as const) {
      const { notes } = await train(project, { dataset: 'timed', validation });
      expect(notes.join()).toMatch(/whatever their time: \d+ of (800|66[67]) rows .* later than the first held-out row \(2001-01-0/);
    }
    const strict = { dataset: 'timed', validation: { split: 'random' }, leakage: { severity: { time_order: 'error' } } } as const;
    expect(await failureOf(train(project, strict))).toMatchObject({ code: 'training.timeOrder', kind: 'gate' });
  });

  it('is in order where rows are held out by it: none that is learned from is as late as the first held-out row', async () => {
    await using project = await writeProject(yaml(features), leakyRows(1001)); // two rows at a time: no share cuts between them
    const { notes, inputs, description } = await train(project, { dataset: 'timed', validation: { split: 'time', share: 0.1 } });
    expect(notes).toEqual([]);
    const rows = inputs.map((input) => input.rows);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(1001);
    expect((rows[0] ?? 0) % 2).toBe(0);
    expect(description.trainedOn?.time).toEqual({ column: 'taken', first: '2001-01-01', last: '2001-01-21T20:00:00Z' });
  });
});
