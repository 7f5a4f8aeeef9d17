/** What the rows of the three views show: the most telling first, and nothing of another state. */
import { describe, expect, it } from 'vitest';
import { runChoiceWords, runWords } from '../../../src/extension/views/runRow.ts';
import { stageLook, stageWords } from '../../../src/extension/views/stageRow.ts';
import { aliasRow, loadingLines, versionRow } from '../../../src/extension/views/versionRow.ts';
import type { ModelVersion } from '../../../src/protocol/model.ts';
import type { CheckSummary, StageSummary } from '../../../src/protocol/pipeline.ts';
import { runDuration, runDurationWords } from '../../../src/protocol/words/runDuration.ts';
import { versionTitle } from '../../../src/protocol/words/versionWords.ts';
import { aRunOverview } from '../../support/runSheet.ts';

const check: CheckSummary = { verdict: 'warned', failed: 0, warned: 2, rows: 9, checkedAt: 0 };
const roc = { name: 'roc_auc', value: 0.8312 };

function aStage(stage: Partial<StageSummary>): StageSummary {
  return {
    name: 'train',
    kind: 'train',
    at: { file: 'millwright.yaml', line: 1, column: 1, endLine: 1, endColumn: 1 },
    after: [],
    state: 'unchanged',
    reasons: [],
    durationMs: 1200,
    finishedAt: 0,
    runId: undefined,
    metric: undefined,
    progress: undefined,
    check: undefined,
    ...stage,
  };
}

describe('a stage', () => {
  const progress = { message: 'Round 40 of 300: validation_log_loss 0.4712', fraction: 0.133, remainingMs: 9000 };
  it.each<[string, Partial<StageSummary>, string]>([
    ['in order shows its figure', { metric: roc }, '0.8312 roc_auc'],
    ['that checked shows what it found', { check }, '2 warnings'],
    ['whose alias was withheld says so', { reasons: ['worse than version 3'] }, 'worse than version 3'],
    [
      'that runs shows how far it is',
      { state: 'running', progress, metric: roc },
      '13 % · Round 40 of 300: validation_log_loss 0.4712 · 9.0 s left',
    ],
    [
      'that is all but done says nothing of milliseconds',
      { state: 'running', progress: { message: 'Predicted 86 of 86 rows', fraction: 1, remainingMs: 0 } },
      '100 % · Predicted 86 of 86 rows',
    ],
    ['that has only begun says that it runs', { state: 'running', metric: roc }, 'running'],
    ['that waits says so', { state: 'waiting', metric: roc, reasons: ['x changed'] }, 'waiting'],
    ['that would run says why first', { state: 'stale', metric: roc, reasons: ['params.x changed 1 → 2', 'b'] }, 'params.x changed 1 → 2'],
    ['that failed says why', { state: 'failed', reasons: ['Too few rows.'] }, 'Too few rows.'],
    ['behind a failure says whose', { state: 'blocked', reasons: ['evaluate did not succeed'] }, 'evaluate did not succeed'],
  ])('%s', (_title, stage, words) => {
    expect(stageWords(aStage(stage))).toBe(words);
  });

  it('with warnings does not look simply in order, and one that runs again not like its last check', () => {
    expect(stageLook(aStage({ check })).icon).toBe('warning');
    expect(stageLook(aStage({ check: { ...check, verdict: 'passed' } })).icon).toBe('pass');
    expect(stageLook(aStage({ check, state: 'running' })).icon).toBe('loading~spin');
    expect(stageLook(aStage({ check, state: 'failed' })).icon).toBe('error');
  });
});

describe('a run', () => {
  const now = Date.UTC(2026, 0, 2, 3, 9, 5);
  const changes = [{ name: 'params.learning_rate', before: '0.1', after: '0.05' }];
  it.each<[string, Partial<Parameters<typeof aRunOverview>[0]>, string]>([
    ['shows its figure, then what was changed', { headline: roc, changes }, '0.8312 roc_auc · learning_rate 0.1 → 0.05 · 5 min ago'],
    ['shows its note', { headline: roc, changes, note: 'slower' }, '0.8312 roc_auc · “slower” · 5 min ago'],
    ['that failed says why', { status: 'FAILED', failure: { code: 'a.b', kind: 'input', message: 'Bad row.' } }, 'Bad row. · 5 min ago'],
    ['that failed for unknown reasons says that it failed', { status: 'FAILED' }, 'failed · 5 min ago'],
    ['that was cancelled says so', { status: 'KILLED', headline: roc }, 'cancelled · 0.8312 roc_auc · 5 min ago'],
    [
      'of folds shows the spread',
      { headline: roc, metrics: { roc_auc: 0.8312, roc_auc_std: 0.01 } },
      '0.8312 ± 0.0100 roc_auc · 5 min ago',
    ],
  ])('%s', (_title, run, words) => {
    expect(runWords(aRunOverview(run), undefined, now)).toBe(words);
  });

  it.each([
    ['that goes on', undefined, undefined, undefined],
    ['that ended', 4000, 4000, '4.0 s'],
    ['whose end another tool wrote before its start', -1, undefined, '–'],
  ])('%s took as long as that', (_title, after, duration, words) => {
    const run = { startedAt: 9000, endedAt: after === undefined ? undefined : 9000 + after };
    expect([runDuration(run), runDurationWords(run)]).toEqual([duration, words]);
  });

  it('in a list says its state where that is not simply finished', () => {
    expect(runChoiceWords(aRunOverview({ headline: roc }), now)).toBe('0.8312 roc_auc · 5 min ago');
    expect(runChoiceWords(aRunOverview({ status: 'RUNNING' }), now)).toBe('running · 5 min ago');
  });
});

describe('a version', () => {
  const version: ModelVersion = {
    model: 'flights',
    version: 3,
    createdAt: 0,
    description: undefined,
    runId: 'r',
    source: '/p',
    tags: {},
    aliases: ['champion', 'staging'],
    status: 'READY',
    statusMessage: undefined,
    stage: undefined,
  };

  it('shows its aliases, its figure and its age', () => {
    expect(versionRow(version, aRunOverview({ headline: roc }), 60_000)).toBe('@champion @staging · 0.8312 roc_auc · 1 min ago');
    expect(versionRow({ ...version, aliases: [] }, undefined, 60_000)).toBe('1 min ago');
  });

  it('that is being registered says so first', () => {
    expect(versionRow({ ...version, status: 'PENDING_REGISTRATION', stage: 'Staging' }, undefined, 60_000)).toBe(
      'being registered · @champion @staging · Staging · 1 min ago',
    );
  });

  it('has its aliases below it, each as MLflow addresses it', () => {
    expect(aliasRow(version, 'champion')).toEqual({ label: 'champion', tooltip: 'models:/flights@champion' });
  });

  it('is named with its aliases', () => {
    expect(versionTitle(version)).toBe('flights 3 @champion @staging');
    expect(versionTitle({ ...version, aliases: [] })).toBe('flights 3');
  });

  it('is loaded by an alias where it has one', () => {
    expect(loadingLines(version).python).toContain('load_model("models:/flights@champion")');
    expect(loadingLines({ ...version, aliases: [] }).terminal).toContain('--model flights/3 ');
  });
});
