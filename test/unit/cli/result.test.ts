import { describe, expect, test } from 'vitest';
import { plain } from '../../../src/cli/render/style.ts';
import { renderResult } from '../../../src/cli/render/result.ts';
import type { PipelineResult, StageOutcome } from '../../../src/protocol/pipeline.ts';

function aStage(stage: Partial<StageOutcome>): StageOutcome {
  return {
    name: 'train',
    kind: 'train',
    state: 'done',
    reasons: [],
    durationMs: undefined,
    runId: undefined,
    metrics: [],
    registered: undefined,
    outputs: [],
    report: undefined,
    notes: [],
    error: undefined,
    ...stage,
  };
}

function aResult(result: Partial<PipelineResult>): PipelineResult {
  return { root: '/p', jobId: 'j', state: 'succeeded', exitCode: 0, durationMs: 4200, stages: [], error: undefined, ...result };
}

const shown = (result: PipelineResult) => renderResult(result, { style: plain, width: undefined });

describe('what a run did', () => {
  test('says durations, metrics beside their baseline, where things lie, and the end', () => {
    const stages = [
      aStage({ durationMs: 3000, runId: 'abc', metrics: [{ name: 'training_log_loss', value: 0.4 }] }),
      aStage({
        name: 'evaluate',
        kind: 'evaluate',
        durationMs: 900,
        runId: 'abc',
        metrics: [{ name: 'roc_auc', value: 0.7, baseline: 0.5 }],
      }),
      aStage({ name: 'register', kind: 'register', registered: { name: 'm', version: 2, alias: 'challenger' } }),
      aStage({ name: 'predict', kind: 'predict', outputs: ['p.parquet'], notes: ['3 rows were left out'] }),
    ];
    expect(shown(aResult({ stages }))).toEqual([
      '   stage     kind      state    took  why',
      '✓  train     train     done    3.0 s',
      '✓  evaluate  evaluate  done   900 ms',
      '✓  register  register  done',
      '✓  predict   predict   done',
      '',
      'stage     metric    model  baseline  difference',
      'evaluate  roc_auc  0.7000    0.5000     +0.2000',
      '',
      'predict: 3 rows were left out',
      '',
      'run     abc',
      'model   models:/m/2 (@challenger)',
      'output  p.parquet',
      '',
      '✓ Done in 4.2 s.',
    ]);
  });

  test('says at once that nothing had to be done', () => {
    expect(shown(aResult({ stages: [aStage({ state: 'unchanged' })], durationMs: 800 })).at(-1)).toBe(
      '✓ Every stage is unchanged (800 ms).',
    );
  });

  test('a plan counts what would run', () => {
    const stages = [aStage({ state: 'stale', reasons: ['it has not run yet'] }), aStage({ state: 'unchanged' })];
    expect(shown(aResult({ state: 'planned', stages })).at(-1)).toBe('1 of 2 stages would run.');
    expect(shown(aResult({ state: 'planned', stages: stages.slice(1) })).at(-1)).toBe('Nothing would run: every stage is unchanged.');
  });

  test('says why a stage failed or would run, not why a finished one had been stale', () => {
    const stages = [
      aStage({ reasons: ['it has not run yet'] }),
      aStage({ name: 'next', state: 'blocked', reasons: ['train did not succeed'] }),
    ];
    const lines = shown(aResult({ stages }));
    expect(lines.join('\n')).not.toContain('it has not run yet');
    expect(lines.join('\n')).toContain('train did not succeed');
  });

  test('counts of rows are no metric: they stand beside the output they count', () => {
    const rows = [{ name: 'rows', value: 1461 }];
    const stages = [
      aStage({ name: 'check', kind: 'validate', metrics: rows }),
      aStage({ name: 'predict', kind: 'predict', metrics: rows, outputs: ['out.csv', 'out.rejects.csv'] }),
    ];
    const text = shown(aResult({ stages })).join('\n');
    expect(text).not.toMatch(/metric|baseline/);
    expect(text).toContain('output  out.csv (1,461 rows)\noutput  out.rejects.csv\n');
  });

  test('asks for no baseline where nothing was compared with one', () => {
    const stages = [aStage({ metrics: [{ name: 'validation_log_loss', value: 0.4 }] })];
    expect(shown(aResult({ stages }))).toContain('stage  metric                model');
  });

  test('says where the paths of a trial lie, and names no run that nobody could look up', () => {
    const stages = [aStage({ runId: 'abc', report: 'report.json' }), aStage({ name: 'predict', kind: 'predict', outputs: ['p.csv'] })];
    const lines = renderResult(aResult({ stages }), { style: plain, width: undefined, trial: '.millwright/sample' });
    expect(lines).toContain('report  .millwright/sample/report.json');
    expect(lines).toContain('output  .millwright/sample/p.csv');
    expect(lines.join('\n')).not.toContain('abc');
  });

  test('leaves out notes that stand on the same screen already', () => {
    const result = aResult({ stages: [aStage({ notes: ['told', 'new'] })] });
    const lines = renderResult(result, { style: plain, width: undefined, told: new Set(['told']) });
    expect(lines).toContain('train: new');
    expect(lines).not.toContain('train: told');
  });
});
