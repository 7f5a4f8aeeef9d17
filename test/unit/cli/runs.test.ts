import { describe, expect, test } from 'vitest';
import { renderRun, renderRuns } from '../../../src/cli/render/runs.ts';
import { plain } from '../../../src/cli/render/style.ts';
import type { ListedRun } from '../../../src/engine/tracking/listRuns.ts';
import type { Run } from '../../../src/protocol/run.ts';

function aRun(run: Partial<Run>): Run {
  return {
    id: '0123456789abcdef',
    name: 'train',
    experimentId: '1',
    experimentName: 'weather',
    status: 'FINISHED',
    startedAt: 0,
    endedAt: 1000,
    deleted: false,
    parentId: undefined,
    artifactUri: '/p/mlruns/1',
    params: {},
    metrics: {},
    tags: {},
    inputs: [],
    ...run,
  };
}

const top = (run: Partial<Run>, nested = 0): ListedRun => ({ run: aRun(run), depth: 0, nested });

describe('the list of runs', () => {
  const metrics = { accuracy_score: 0.9, log_loss: 0.4, roc_auc: 0.8, training_log_loss: 0.1, own: 1 };

  test('shows the most telling metrics first, then others, and training last', () => {
    const [header] = renderRuns([top({ metrics })], { style: plain, now: 2000, metricOrder: ['roc_auc', 'log_loss', 'accuracy_score'] });
    expect(header).toMatch(/roc_auc +log_loss +accuracy_score +own/);
  });

  test('shows the notes where there are any', () => {
    const lines = renderRuns([top({ tags: { 'mlflow.note.content': 'slower' } }), top({})], { style: plain, now: 2000 });
    expect(lines[0]).toMatch(/note$/);
    expect(lines[1]).toMatch(/slower$/);
  });

  test('fits a narrow terminal and keeps what names a run', () => {
    const lines = renderRuns([top({ metrics })], { style: plain, now: 2000, width: 60 });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^01234567 {2}train {2}finished/);
  });
});

test('one run says where its inputs came from in plain words', () => {
  const inputs = [{ name: 'learn', digest: 'd1', context: 'training', source: '{"uri":"data/a.csv"}' }] as unknown as Run['inputs'];
  expect(renderRun(aRun({ inputs }), { style: plain, now: 2000 })).toContain('  learn  training · d1 · data/a.csv');
});

test('nested runs stand below their parent, or are counted beside its name', () => {
  const listed: ListedRun[] = [top({ name: 'train' }, 2), { run: aRun({ name: 'fold 1' }), depth: 1, nested: 0 }];
  const [, parent, child] = renderRuns(listed, { style: plain, now: 2000 });
  expect(parent).toMatch(/ train \(\+2\) /);
  expect(child).toMatch(/ └ fold 1 /);
});

test('one run says what was read of its inputs, and which runs are nested in it', () => {
  const input = {
    name: 'learn',
    digest: 'd1',
    context: 'training',
    source: '',
    sourceType: 'local',
    schema: undefined,
    profile: undefined,
  };
  const children = [aRun({ name: 'fold 1', metrics: { validation_roc_auc: 0.8 } })];
  const text = renderRun(aRun({ inputs: [input] }), {
    style: plain,
    now: 2000,
    children,
    figuresOf: () => '400 rows; no missing values',
  }).join('\n');
  expect(text).toContain('400 rows; no missing values');
  expect(text).toMatch(/Nested runs\n.*validation_roc_auc.*\n.*fold 1 .* 0\.8000/);
});
