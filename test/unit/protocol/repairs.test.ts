import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from '../../../src/base/errors.ts';
import { mayGoWellAgain, repairOf } from '../../../src/protocol/repairs.ts';

const failure = (code: string, args: ErrorRecord['args'] = {}, more: Partial<ErrorRecord> = {}): ErrorRecord => ({
  code,
  kind: 'input',
  message: 'm',
  args,
  ...more,
});
const at = { file: '/p/a.csv', line: 17, column: 1, endLine: 18, endColumn: 1 };

describe('what repairs a failure', () => {
  it.each<[string, ErrorRecord, string | undefined, object]>([
    ['a check that failed', failure('pipeline.checkFailed', { stage: 'check' }), 'Open Report', { kind: 'checkReport', stage: 'check' }],
    ['a gate that stayed shut', failure('pipeline.gateFailed', { stage: 'evaluate' }), 'Open Report', { kind: 'evaluationReport' }],
    [
      'a marker of missing values',
      failure('dataset.wrongType', { key: 'datasets.past.columns.x.type', value: 'NA', row: 3, file: 'a.csv' }),
      'Take NA for Missing',
      { edit: { kind: 'nullValue', dataset: 'past', value: 'NA' } },
    ],
    [
      'a bad value',
      failure('dataset.wrongType', { key: 'datasets.past.columns.x.type', value: 'abc', row: 17, file: 'a.csv' }),
      'Open Row 17',
      { kind: 'openLine', file: 'a.csv', line: 18, value: 'abc' },
    ],
    ['a bad value in a file without lines', failure('dataset.wrongType', { value: 'abc', row: 17, file: 'a.parquet' }), undefined, {}],
    ['a bad line', failure('dataset.badRow', {}, { at }), 'Open Line 17', { kind: 'openLine', line: 17 }],
    [
      'a file that is not there',
      failure('dataset.fileMissing', { key: 'datasets.all.path' }),
      'Choose File…',
      { kind: 'chooseFile', path: ['datasets', 'all', 'path'] },
    ],
    [
      'another encoding',
      failure('dataset.encoding', { key: 'datasets.all' }, { at }),
      'Read as latin-1',
      { edit: { path: ['datasets', 'all', 'read', 'encoding'] } },
    ],
    [
      'shared rows',
      failure('training.sharedRows', { stage: 'train' }),
      'Warn Instead of Stopping',
      { edit: { path: ['stages', 'train', 'leakage', 'severity', 'shared_rows'] } },
    ],
    ['an environment that nobody knows', failure('project.environmentUnknown'), 'Choose Environment…', { kind: 'environment' }],
    ['another job', failure('project.busy', { job: 'j' }), 'Stop That Job', { kind: 'stopJob', job: 'j' }],
    [
      'a package that is not installed',
      failure('pipeline.packageMissing', { module: 'sklearn', command: 'python -m pip install sklearn' }),
      'Install sklearn…',
      { kind: 'install' },
    ],
    ['any other failure of a stage', failure('training.oneClass', { stage: 'train' }), 'Show the Stage', { kind: 'showStage' }],
    ['the engine', failure('engine.keepsEnding'), 'Restart', { kind: 'restart' }],
    ['a failure without a place', failure('files.diskFull'), undefined, {}],
    ['a code that objects inherit', failure('toString'), undefined, {}],
  ])('%s', (_title, error, title, action) => {
    const repair = repairOf(error);
    expect(repair?.title).toBe(title);
    if (title !== undefined) expect(repair?.action).toMatchObject(action);
  });

  it('is no second try where the same must happen again', () => {
    expect(mayGoWellAgain({ kind: 'input', code: 'dataset.wrongType' })).toBe(false);
    expect(mayGoWellAgain({ kind: 'gate', code: 'pipeline.gateFailed' })).toBe(false);
    expect(mayGoWellAgain({ kind: 'environment', code: 'files.diskFull' })).toBe(true);
    expect(mayGoWellAgain({ kind: 'input', code: 'pipeline.inputChanged' })).toBe(true);
  });
});
