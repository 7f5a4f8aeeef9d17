import { describe, expect, test } from 'vitest';
import { renderRuns } from '../../../src/cli/render/runs.ts';
import { renderRunSheet } from '../../../src/cli/render/runSheet.ts';
import { plain } from '../../../src/cli/render/style.ts';
import type { ListedOverview } from '../../../src/engine/pipeline/reports/runOverviews.ts';
import type { RunInput, RunOverview, RunSheet } from '../../../src/protocol/run.ts';
import { inputPlace } from '../../../src/protocol/inputPlace.ts';
import { aRunOverview, aRunSheet } from '../../support/runSheet.ts';

function aRun(run: Partial<RunOverview>): RunOverview {
  return aRunOverview({ id: '0123456789abcdef', startedAt: 0, endedAt: 1000, ...run });
}

function sheetText(sheet: Partial<RunSheet>, figuresOf?: (input: RunInput) => string): string {
  const options = { style: plain, now: 2000, cwd: '/p', ...(figuresOf === undefined ? {} : { figuresOf }) };
  return renderRunSheet(aRunSheet(sheet), options).join('\n');
}

const top = (run: Partial<RunOverview>): ListedOverview => ({ run: aRun(run), depth: 0 });

describe('the list of runs', () => {
  const metrics = { accuracy_score: 0.9, log_loss: 0.4, roc_auc: 0.8, training_log_loss: 0.1, own: 1 };

  test('shows the most telling metrics first, then others, and training last', () => {
    const [header] = renderRuns([top({ metrics })], { style: plain, now: 2000, metricOrder: ['roc_auc', 'log_loss', 'accuracy_score'] });
    expect(header).toMatch(/roc_auc +log_loss +accuracy_score +own/);
  });

  test('shows what most runs have before what one of them has, whatever tool logged it', () => {
    const autologged = { training_accuracy_score: 0.9, training_log_loss: 0.3, training_roc_auc: 0.8 };
    const oneOffs = [{ LogisticRegression_score_X: 1 }, { accuracy_score_X: 1 }, { best_cv_score: 1 }, { acc: 1 }];
    const listed = Array.from({ length: 5 }, (_, run) => top({ metrics: { ...autologged, ...oneOffs[run] } }));
    const [header] = renderRuns(listed, { style: plain, now: 2000, metricOrder: ['roc_auc', 'log_loss', 'accuracy_score'] });
    expect(header).toMatch(/training_roc_auc +training_log_loss +training_accuracy_score/);
    expect(header).not.toMatch(/_X\b/);
  });

  test('shows no time for a run that ended before it began', () => {
    const [, line] = renderRuns([top({ startedAt: 2000, endedAt: 1000 })], { style: plain, now: 3000 });
    expect(line).toContain(' –');
    expect(line).not.toContain('-1000');
  });

  test('shows the notes where there are any', () => {
    const lines = renderRuns([top({ note: 'slower' }), top({})], { style: plain, now: 2000 });
    expect(lines[0]).toMatch(/note$/);
    expect(lines[1]).toMatch(/slower$/);
  });

  test('shows what was changed since the run before', () => {
    const changes = [{ name: 'params.learning_rate', before: '0.1', after: '0.05' }];
    const lines = renderRuns([top({ changes }), top({ changes: [] })], { style: plain, now: 2000 });
    expect(lines[0]).toMatch(/ changed +experiment$/);
    expect(lines[1]).toContain('learning_rate 0.1 → 0.05');
  });

  test('fits a narrow terminal and keeps what names a run', () => {
    const lines = renderRuns([top({ metrics })], { style: plain, now: 2000, width: 60 });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^01234567 {2}train {2}finished/);
  });
});

test('one run says where its inputs came from in plain words', () => {
  const inputs = [{ name: 'learn', digest: 'd1', context: 'training', source: '{"uri":"data/a.csv"}' }] as unknown as RunInput[];
  expect(sheetText({ run: aRun({ inputs }) }).split('\n')).toContain('  learn  training · d1 · data/a.csv');
});

test('nested runs stand below their parent, or are counted beside its name', () => {
  const listed: ListedOverview[] = [top({ name: 'train', children: 2 }), { run: aRun({ name: 'fold 1' }), depth: 1 }];
  const [, parent, child] = renderRuns(listed, { style: plain, now: 2000 });
  expect(parent).toMatch(/ train \(\+2\) /);
  expect(child).toMatch(/ └ fold 1 /);
});

test('one run says what was read of its inputs, and which runs are nested in it', () => {
  const nested = [aRun({ name: 'fold 1', metrics: { validation_roc_auc: 0.8 } })];
  const text = sheetText({ nested }, () => '400 rows; no missing values');
  expect(text).toContain('400 rows; no missing values');
  expect(text).toMatch(/Nested runs\n.*validation_roc_auc.*\n.*fold 1 .* 0\.8000/);
});

test('one run shows what was changed, what came of it, its curves and its metrics by part of the data', () => {
  const text = sheetText({ hints: ['Raise max_iter.'] });
  expect(text).toMatch(/^train {2}finished {2}0123456789abcdef0123456789abcdef\nlearning_rate 0\.1 → 0\.05\n▲ evaluate: Better/);
  expect(text).toContain('▲ Raise max_iter.');
  expect(text).toMatch(/Changed since ffffffff\n +learning_rate 0\.1 → 0\.05\n +roc_auc +0\.7500 → 0\.7800 \(\+0\.0300\)/);
  expect(text).toMatch(/training_log_loss +0\.6000 → 0\.0775 at round 60\n/);
  expect(text).toMatch(/Metrics\n +training +validation +evaluate\n +log_loss +0\.3100 +0\.4200 +0\.4500\n/);
});

test('a run that failed says why, with code and remedy', () => {
  const failure = { code: 'training.tooFewRows', kind: 'input', message: 'Too few rows.', remedy: 'Take more.' } as const;
  const text = sheetText({ run: aRun({ status: 'FAILED', failure }), evaluations: [], before: undefined });
  expect(text).toMatch(/^train {2}failed .*\nerror: Too few rows\. \[training\.tooFewRows\]\n {2}→ Take more\.\n/);
});

test('a deleted run is shown as one, and a run’s models with their figures', () => {
  const model = { id: 'm-1', name: 'clf', role: 'output', status: 'FAILED', type: 'agent', artifactUri: '/a', params: { C: '1' } } as const;
  const text = sheetText({ run: aRun({ deleted: true, models: [{ ...model, metrics: { f1: 0.8, bad: NaN } }] }) });
  expect(text.split('\n')[0]).toMatch(/ {2}deleted$/);
  expect(text).toContain('  clf  failed · agent · m-1 · /a\n       f1 0.8000, bad –\n       C=1');
});

test.each([
  ['code', '{"tags": {"mlflow.user": "u", "mlflow.source.name": "C:\\\\work\\\\mk3.py"}}', 'mk3.py'],
  ['code', '{"tags": {"mlflow.databricks.notebookPath": "/Users/u/Notebook 1", "mlflow.source.name": "x"}}', 'Notebook 1'],
  ['code', '{"tags": {}}', 'code'],
  ['code', '{"tags": null}', 'code'],
  ['local', '{"uri": "data/x \\"y\\".csv"}', 'data/x "y".csv'],
  ['gs', '{"uri": "gs://bucket/x"}', 'gs://bucket/x'],
  ['http', '{"url": "https://example.com/x.csv"}', 'https://example.com/x.csv'],
  ['delta_table', '{"delta_table_name": "main.db.t", "delta_table_version": 3}', 'main.db.t@3'],
  ['delta_table', '{"path": "/delta/t"}', '/delta/t'],
  ['spark', '{"table_name": "db.t"}', 'db.t'],
  ['spark', '{"sql": "SELECT *\\n  FROM t"}', 'SELECT * FROM t'],
  ['hugging_face', '{"path": "imdb", "config_name": null, "split": "train"}', 'imdb · train'],
  ['mlflow_evaluation_dataset', '{"dataset_id": "d-1"}', 'd-1'],
  ['uc_volume', '{"path": "/Volumes/a/b"}', '/Volumes/a/b'],
  ['own', '{"where": "here"}', 'own'],
  ['own', '[1, 2]', 'own'],
  ['own', '{"cut of', 'own'],
  ['own', 'plain words', 'plain words'],
])('the source %s %s of a data set reads %s', (sourceType, source, place) => {
  expect(inputPlace({ sourceType, source })).toBe(place);
});
