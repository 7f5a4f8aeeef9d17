import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { applyChange, editProject } from '../../../src/engine/project/editProject.ts';
import type { ProjectEdit } from '../../../src/protocol/repairs.ts';

const text = `# A project of mine
name: rain   # short

datasets:
  all: {path: data/rain.csv, time: date}   # the file
  past: {from: all, during: {before: 2015-01-01}}
  wide:
    path: "data/wide.csv"
    read:
      null_values: [NA]
  tall:
    path: data/tall.csv
    read:
      null_values:
        - NA
        - "?"

stages:
  check: {uses: validate, dataset: past}
  train:
    uses: train
    dataset: past
    params: {learning_rate: 0.1}
    # the end of train
  empty: {}
`;

const edited = (edit: ProjectEdit, from = text): string => applyChange(from, editProject(from, edit));

describe('a change of the project file', () => {
  it.each<[string, ProjectEdit, string, string]>([
    [
      'a key in braces',
      { kind: 'set', path: ['stages', 'check', 'trainer'], value: 'gbdt' },
      'dataset: past}\n  train:',
      'dataset: past, trainer: gbdt}\n  train:',
    ],
    ['a key in empty braces', { kind: 'set', path: ['stages', 'empty', 'uses'], value: 'train' }, 'empty: {}', 'empty: {uses: train}'],
    [
      'a key in a block',
      { kind: 'set', path: ['stages', 'train', 'trainer'], value: 'gbdt' },
      '{learning_rate: 0.1}\n',
      '{learning_rate: 0.1}\n    trainer: gbdt\n',
    ],
    [
      'keys of keys that are not there',
      { kind: 'set', path: ['stages', 'train', 'leakage', 'severity', 'shared_rows'], value: 'warn' },
      '{learning_rate: 0.1}\n',
      '{learning_rate: 0.1}\n    leakage: {severity: {shared_rows: warn}}\n',
    ],
    [
      'a value that is there',
      { kind: 'set', path: ['datasets', 'wide', 'path'], value: 'my data/x.csv' },
      '"data/wide.csv"',
      '"my data/x.csv"',
    ],
    [
      'a key of the root',
      { kind: 'set', path: ['environment'], value: 'development' },
      '  empty: {}\n',
      '  empty: {}\nenvironment: development\n',
    ],
    ['one more in a list in brackets', { kind: 'nullValue', dataset: 'wide', value: '?' }, '[NA]', '[NA, "?"]'],
    ['one more in a list', { kind: 'nullValue', dataset: 'tall', value: '-' }, '- "?"\n', '- "?"\n        - "-"\n'],
    [
      'how the file of a data set is read that is made from it',
      { kind: 'nullValue', dataset: 'past', value: 'NA' },
      'time: date}',
      'time: date, read: {null_values: [NA]}}',
    ],
  ])('%s', (_title, edit, before, after) => {
    expect(edited(edit)).toBe(text.replace(before, after));
  });

  it.each<[string, string, ProjectEdit]>([
    ['a text that is no YAML', 'a: [', { kind: 'set', path: ['b'], value: 1 }],
    ['a list in the place of a key', 'stages: [1]\n', { kind: 'set', path: ['stages', 'a'], value: 1 }],
    ['a mapping that stands elsewhere', 'x: &x {a: 1}\nstages: *x\n', { kind: 'set', path: ['stages', 'a', 'b'], value: 1 }],
    ['an empty file', '', { kind: 'set', path: ['a'], value: 1 }],
  ])('%s is left to its author', (_title, from, edit) => {
    expect(() => editProject(from, edit)).toThrow(expect.objectContaining({ code: 'project.editByHand' }));
  });

  it('keeps Windows line ends', () => {
    const from = 'name: a\r\nstages:\r\n  t:\r\n    uses: train\r\n';
    expect(edited({ kind: 'set', path: ['stages', 't', 'seed'], value: 1 }, from)).toBe(
      'name: a\r\nstages:\r\n  t:\r\n    uses: train\r\n    seed: 1\r\n',
    );
  });

  it('says what was asked for and nothing else, whatever the text', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 3 }));
    const path = fc.constantFrom(
      ['environment'],
      ['stages', 'train', 'x'],
      ['stages', 'check', 'a', 'b'],
      ['datasets', 'past', 'x'],
      ['stages', 'empty', 'y'],
    );
    fc.assert(
      fc.property(path, value, (keys, wanted) => {
        const after = parse(edited({ kind: 'set', path: keys, value: wanted })) as Record<string, unknown>;
        const expected = parse(text) as Record<string, unknown>;
        let place = expected;
        for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as Record<string, unknown>;
        place[keys.at(-1) ?? ''] = wanted;
        expect(after).toEqual(expected);
      }),
    );
  });
});
