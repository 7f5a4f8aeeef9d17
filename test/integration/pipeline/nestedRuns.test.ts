/** A stage that trains several times is a run with runs nested in it: tracked, listed, cancelled and undone as one. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunSheet } from '../../../src/engine/pipeline/reports/readRunSheet.ts';
import { undoPerformers } from '../../../src/engine/pipeline/undo/undoPerformers.ts';
import { readAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { Run, RunSummary } from '../../../src/protocol/run.ts';
import type { PipelineResult } from '../../../src/protocol/pipeline.ts';
import { undoLog } from '../../support/auditLog.ts';
import { collectEvents, run, startMillwright, writeFiles } from '../../support/millwright.ts';
import { makeFolder } from '../../support/project.ts';
import { metricHistory } from '../../support/metricHistory.ts';

function writeProject(root: string, train: Readonly<Record<string, unknown>>): void {
  const rows = Array.from({ length: 300 }, (_, id) => {
    const x = ((id * 7919) % 1000) / 100;
    const late = ((id * 104_729) % 1000) / 1000 < 0.1 + 0.06 * x ? 1 : 0;
    return `${id},${id % 10 === 0 ? '' : x},${late}`;
  });
  const datasets = { all: { path: 'd.csv' }, learn: { from: 'all', where: 'id < 200' }, test: { from: 'all', where: 'id >= 200' } };
  const stages = {
    train: { uses: 'train', dataset: 'learn', features: 'f', params: { max_iter: 10 }, ...train },
    evaluate: { uses: 'evaluate', model: 'train', dataset: 'test' },
    predict: { uses: 'predict', model: 'train', dataset: 'test', output: 'out.csv', needs: ['evaluate'] },
  };
  writeFiles(root, {
    'd.csv': ['id,x,late', ...rows].join('\n'),
    'millwright.yaml': stringify({
      name: 'nested',
      seed: 3,
      environment: 'development',
      datasets,
      features: { f: { target: 'late', numeric: ['x'] } },
      stages,
    }),
  });
}

describe('a stage that trains in folds', () => {
  const root = makeFolder('folds');
  const { events, onEvent } = collectEvents();
  let result: PipelineResult;
  let parent: Run;
  let children: readonly Run[];
  beforeAll(async () => {
    writeProject(root, { validation: { split: 'kfold', folds: 3 } });
    result = await run(root, {}, { onEvent });
    expect(result.error).toBeUndefined();
    await using reader = openStore({ root }).tracking();
    parent = (await reader.run(result.stages.find(({ name }) => name === 'train')!.runId!))!;
    children = (await reader.runs({ parents: [parent.id] })).items.toSorted((a, b) => a.startedAt - b.startedAt);
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is a run with a finished run of its own for each, of the same stage, job and change', async () => {
    expect(children.map(({ name, status }) => [name, status])).toEqual(['fold 1', 'fold 2', 'fold 3'].map((name) => [name, 'FINISHED']));
    for (const tag of ['millwright.stage', 'millwright.job', 'millwright.operation', 'millwright.key', 'mlflow.source.name']) {
      expect(new Set([parent, ...children].map(({ tags }) => tags[tag])).size, tag).toBe(1);
    }
    const opened = events.flatMap((event) => (event.type === 'run' ? [event.runId] : []));
    expect(opened).toEqual([parent.id, ...children.map(({ id }) => id)]);
    await using reader = openStore({ root }).tracking();
    for (const { id } of [parent, ...children]) expect(await metricHistory(reader, id, 'training_log_loss')).toHaveLength(10);
    expect((await reader.summaries({ topLevel: true })).items.map(({ id }) => id)).toEqual([parent.id]);
  });

  it('holds mean and spread, and what every stage read', () => {
    const figures = children.map(({ metrics }) => metrics.validation_roc_auc!);
    expect(parent.metrics.validation_roc_auc).toBeCloseTo((figures[0]! + figures[1]! + figures[2]!) / 3, 12);
    expect(parent.metrics.validation_roc_auc_std).toBeGreaterThan(0);
    expect(parent.tags['millwright.refit']).toBe('all 200 rows, after 3 folds');
    const read = (stage: string): unknown => JSON.parse(readFileSync(join(parent.artifactUri, 'data', `${stage}.json`), 'utf8'));
    const target = { kind: 'classes', name: 'late' };
    expect(read('train')).toMatchObject({ parts: [{ context: 'training', rows: 200, missing: { x: 20 }, target }] });
    expect(read('evaluate')).toMatchObject({ parts: [{ context: 'evaluation', rows: 100, missing: { x: 10 }, target }] });
    expect(read('predict')).toEqual({
      version: 1,
      stage: 'predict',
      parts: [{ dataset: 'test', context: 'prediction', rows: 100, missing: { x: 10 } }],
    });
    const logged = events.flatMap((event) => (event.type === 'log' ? [event.message] : []));
    expect(logged.filter((message) => /^(learn|test), .* rows; missing: x 10\.0 %/.test(message))).toHaveLength(3);
  });

  it('tells of every round how far all of it is', () => {
    const told = events.flatMap((event) => (event.type === 'progress' && event.stage === 'train' ? [event] : []));
    expect(told.some(({ message }) => /^Fold 2 of 3 · Round 4 of 10: log_loss \d/.test(message))).toBe(true);
    expect(told.some(({ message }) => message.startsWith('All rows · Round 10 of 10'))).toBe(true);
  });

  it('is one line among the runs, with its folds below on request', async () => {
    const list = String((await startMillwright(root, ['runs'])).stdout);
    expect(list).toMatch(/ train \(\+3\) /);
    expect(list).not.toContain('fold 1');
    expect(String((await startMillwright(root, ['runs', '--nested'])).stdout)).toMatch(/train \(\+3\)[^]*└ fold 1[^]*└ fold 2[^]*└ fold 3/);
    const sheet = String((await startMillwright(root, ['runs', parent.id])).stdout);
    expect(sheet).toContain('200 rows; missing: x 10.0 %; late: ');
    expect(sheet).toMatch(/Nested runs[^]*fold 3/);
  });

  it('lays the curves of its folds into one chart', async () => {
    const { curves, nested } = await readRunSheet(root, parent.id);
    const folds = curves.find(({ quantity }) => quantity === 'log_loss of nested runs');
    expect(folds?.curves.map(({ metric, steps }) => [metric, steps.length])).toEqual(
      ['fold 1', 'fold 2', 'fold 3'].map((name) => [name, 10]),
    );
    expect(nested.map(({ name }) => name)).toEqual(['fold 1', 'fold 2', 'fold 3']);
  });

  it('is deleted and restored whole', async () => {
    const log = undoLog(root);
    const shown = async (): Promise<readonly RunSummary[]> => {
      await using reader = openStore({ root }).tracking();
      return (await reader.summaries()).items;
    };
    const line = (await readAuditLog(root)).find(({ entry }) => entry.operation === 'train')!.line;
    await undoChange(log, line, undoPerformers(root));
    expect(await shown()).toEqual([]);
    const undone = (await readAuditLog(root)).filter(({ entry }) => entry.outcome === 'success').at(-1)!;
    await undoChange(log, undone.line - 1, undoPerformers(root));
    expect(await shown()).toHaveLength(4);
  });
});

it("--seeds trains with several, keeps the first one's bytes, and is another key", async () => {
  const root = makeFolder('seeds');
  writeProject(root, { params: { max_iter: 10, subsample: 0.8 } });
  expect((await run(root, { stages: ['train'] })).error).toBeUndefined();
  const command = await startMillwright(root, ['run', 'train', '--seeds', '3', '--json']);
  expect(command.exitCode, String(command.stderr)).toBe(0);
  await using reader = openStore({ root }).tracking();
  const [seeded, alone] = (await reader.runs({ topLevel: true })).items;
  expect(seeded!.tags['millwright.digest']).toBe(alone!.tags['millwright.digest']);
  expect(seeded!.params).toMatchObject({ seeds: '3', seed: '3' });
  expect((await reader.summaries({ parents: [seeded!.id] })).items.map(({ name }) => name).sort()).toEqual(['seed 3', 'seed 4', 'seed 5']);
  expect(seeded!.metrics.validation_roc_auc_std).toBeGreaterThan(0);
  expect((await run(root, { stages: ['train'] })).stages[0]!.state).toBe('unchanged');
  const tooMany = await startMillwright(root, ['run', 'train', '--seeds', '51']);
  expect([tooMany.exitCode, String(tooMany.stderr)]).toEqual([2, expect.stringContaining('seeds')]);
  rmSync(root, { recursive: true, force: true });
});

it('cancelling ends the run and the fold it was at, and no other was begun', async () => {
  const root = makeFolder('cancelled');
  writeProject(root, { params: { max_iter: 200_000 }, validation: { split: 'kfold', folds: 3 } });
  const controller = new AbortController();
  const result = await run(
    root,
    { stages: ['train'] },
    {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.message.startsWith('Fold 1 of 3 · Round')) controller.abort();
      },
    },
  );
  expect(result.state).toBe('cancelled');
  await using reader = openStore({ root }).tracking();
  expect((await reader.summaries()).items.map(({ name, status }) => [name, status]).sort()).toEqual([
    ['fold 1', 'KILLED'],
    ['train', 'KILLED'],
  ]);
  rmSync(root, { recursive: true, force: true });
});
