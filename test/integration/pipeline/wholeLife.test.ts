import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { readPipeline } from '../../../src/engine/pipeline/views/readPipeline.ts';
import { undoPerformers } from '../../../src/engine/pipeline/undo/undoPerformers.ts';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import { readAuditLog, verifyAuditLog } from '../../../src/engine/safety/auditLog.ts';
import { undoChange } from '../../../src/engine/safety/undo.ts';
import { readReports } from '../../../src/engine/tracking/runs/reports.ts';
import { undoLog } from '../../support/auditLog.ts';
import { collectEvents, run, states, writeFiles } from '../../support/millwright.ts';
import { temporaryFolder } from '../../support/project.ts';
import { metricHistory } from '../../support/metricHistory.ts';

/** A model's whole life on 600 rows whose target depends on `x` for level `a`. */
function writeLife(root: string, gate: Readonly<Record<string, unknown>> = { roc_auc: { min: 0.5 } }): void {
  const rows = Array.from({ length: 600 }, (_, id) => {
    const x = ((id * 7919) % 1000) / 100;
    const level = 'abc'[id % 3] ?? '';
    const late = ((id * 104_729) % 1000) / 1000 < 0.1 + (level === 'a' ? 0.08 * x : 0) ? 1 : 0;
    return `${id},${x},${level},${late}`;
  });
  const stages = {
    check: { uses: 'validate', dataset: 'learn', features: 'f' },
    train: { uses: 'train', dataset: 'learn', features: 'f', params: { max_iter: 10 } },
    evaluate: { uses: 'evaluate', model: 'train', dataset: 'test', gate },
    again: { uses: 'evaluate', model: 'train', dataset: 'learn', leakage: { severity: { shared_rows: 'warn' } } },
    register: { uses: 'register', model: 'train', needs: ['evaluate'], name: 'life', alias: 'challenger' },
    predict: { uses: 'predict', model: 'life@challenger', dataset: 'test', output: 'out.csv', needs: ['register'] },
  };
  const datasets = { all: { path: 'd.csv' }, learn: { from: 'all', where: 'id < 400' }, test: { from: 'all', where: 'id >= 400' } };
  const features = { f: { target: 'late', numeric: ['x'], categorical: ['c'] } };
  writeFiles(root, {
    'd.csv': ['id,x,c,late', ...rows].join('\n'),
    'millwright.yaml': stringify({ name: 'life', environment: 'development', datasets, features, stages }),
  });
}

it('a model goes from data check to predictions, once', async () => {
  const root = temporaryFolder('life');
  writeLife(root);
  const { events, onEvent } = collectEvents();
  const result = await run(root, { note: 'the first try' }, { onEvent });
  expect(result.error).toBeUndefined();
  expect(new Set(Object.values(states(result)))).toEqual(new Set(['done']));
  const runId = result.stages.find(({ name }) => name === 'train')!.runId!;
  await using reader = openStore({ root }).tracking();
  const tracked = (await reader.run(runId))!;
  expect(tracked).toMatchObject({ status: 'FINISHED', name: 'train', experimentName: 'life', params: { max_iter: '10' } });
  expect(tracked.tags).toMatchObject({
    'millwright.stage': 'train',
    'millwright.job': result.jobId,
    'mlflow.note.content': 'the first try',
  });
  expect(Object.keys(tracked.metrics)).toEqual(
    expect.arrayContaining(['training_log_loss', 'validation_log_loss', 'roc_auc', 'again_roc_auc']),
  );
  expect((await metricHistory(reader, runId, 'training_log_loss')).length).toBeGreaterThan(1);
  const inputs = tracked.inputs.map(({ name, context }) => `${name} ${context ?? ''}`);
  expect(inputs.sort()).toEqual(['learn evaluation', 'learn training', 'learn validation', 'test evaluation']);
  expect((await readReports(root, tracked)).map(({ stage }) => stage).sort()).toEqual(['again', 'evaluate']);
  await using registry = openStore({ root }).registry();
  expect(await registry.alias('life', 'challenger')).toMatchObject({ version: 1, runId });
  expect(readFileSync(join(root, 'out.csv'), 'utf8').trim().split('\n').length).toBe(201);
  expect(events.some((event) => event.type === 'run' && event.runId === runId)).toBe(true);
  const lines = await readAuditLog(root);
  expect(
    lines
      .filter(({ entry }) => entry.outcome === 'success')
      .map(({ entry }) => entry.operation)
      .sort(),
  ).toEqual(['alias.set', 'evaluate', 'evaluate', 'predict', 'register', 'train']);

  for (const file of ['millwright.json', 'MLmodel', 'requirements.txt', 'code/millwright_model.py']) {
    const path = join(root, 'mlruns/1', runId, 'artifacts/model', file);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, `${whole} `);
    const refused = await run(root, { stages: ['predict'], force: true, dryRun: true });
    expect(refused.stages.at(-1)?.error, file).toMatchObject({ code: 'registry.digestMismatch' });
    writeFileSync(path, whole);
  }

  rmSync(join(root, 'out.csv'));
  const again = await run(root);
  expect(new Set(Object.values(states(again)))).toEqual(new Set(['unchanged']));
  expect(existsSync(join(root, 'out.csv'))).toBe(true);
  expect((await reader.summaries()).items.length).toBe(1);
  const pipeline = await readPipeline(root);
  expect(pipeline.stages.find(({ name }) => name === 'evaluate')!.metric!.name).toBe('roc_auc');
  expect(pipeline.stages.find(({ name }) => name === 'train')!.metric!.name).toMatch(/^validation_/);
  expect(new Set(pipeline.stages.map(({ state }) => state))).toEqual(new Set(['unchanged']));

  const log = undoLog(root);
  const undo = async (operation: string): Promise<unknown> =>
    undoChange(log, lines.find(({ entry }) => entry.operation === operation)!.line, undoPerformers(root));
  await undo('predict');
  expect(existsSync(join(root, 'out.csv'))).toBe(false);
  await expect(undo('train')).rejects.toMatchObject({ code: 'undo.runInUse', args: { model: 'life', version: 1 } });
  await expect(undo('register')).rejects.toMatchObject({ code: 'undo.versionInUse' });
  await undo('alias.set');
  await undo('register');
  expect(await registry.alias('life', 'challenger')).toBeUndefined();
  expect((await registry.model('life'))?.versions ?? []).toEqual([]);
  await undo('train');
  expect((await reader.run(runId))!.deleted).toBe(true);
  const stale = await run(root, { dryRun: true, stages: ['train'] });
  expect(stale.stages.at(-1)).toMatchObject({ state: 'stale', reasons: ['its run is no longer in the store'] });
  expect(await verifyAuditLog(root)).toEqual([]);
});

it('a gate that stays shut ends with exit code 1, keeps the report, and nothing is registered', async () => {
  const root = temporaryFolder('gate');
  writeLife(root, { roc_auc: { min: 0.999 } });
  const result = await run(root);
  expect(states(result)).toMatchObject({ train: 'done', evaluate: 'failed', register: 'blocked', predict: 'blocked', again: 'done' });
  expect(result).toMatchObject({ exitCode: 1, error: { code: 'pipeline.gateFailed', kind: 'gate' } });
  await using reader = openStore({ root }).tracking();
  const [tracked] = (await reader.runs()).items;
  expect(tracked!.metrics.roc_auc).toBeGreaterThan(0);
  expect((await readReports(root, tracked!)).some(({ stage }) => stage === 'evaluate')).toBe(true);
  expect(result.error).toMatchObject({
    args: { stage: 'evaluate', runId: tracked!.id },
    inTerminal: expect.stringContaining('millwright report') as string,
  });
  const shown = (await readPipeline(root)).stages.map(({ name, state, runId, metric }) => ({ name, state, runId, metric }));
  expect(shown).toContainEqual({ name: 'evaluate', state: 'failed', runId: tracked!.id, metric: undefined });
  expect(shown.filter(({ state }) => state === 'blocked').map(({ name }) => name)).toEqual(['register', 'predict']);
});

it('a stage whose process is killed fails with a clear error, its run is FAILED, and what was done before is kept', async () => {
  const root = temporaryFolder('killed');
  writeLife(root);
  let killed = false;
  const children: number[] = [];
  const result = await run(
    root,
    { set: { 'stages.train.params.max_iter': '3000' } },
    {
      onEvent: (event) => {
        if (event.type === 'child') children.push(event.pid);
        if (event.type !== 'run' || killed) return;
        killed = true;
        for (const pid of children) process.kill(pid, 'SIGKILL');
      },
    },
  );
  expect(states(result)).toMatchObject({ check: 'done', train: 'failed', evaluate: 'blocked' });
  expect(result.error).toMatchObject({ code: 'pipeline.stageDied', message: expect.stringContaining('SIGKILL') as string });
  await using reader = openStore({ root }).tracking();
  expect((await reader.summaries()).items.map(({ status }) => status)).toEqual(['FAILED']);
  expect((await readAuditLog(root)).map(({ entry }) => entry.outcome)).toEqual(['started', 'failure']);
  expect(states(await run(root))).toMatchObject({ check: 'unchanged', train: 'done', predict: 'done' });
});
