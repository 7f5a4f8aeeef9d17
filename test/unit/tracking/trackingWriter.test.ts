import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openStore } from '../../../src/engine/stores/openStore.ts';
import type { TrackingReader, TrackingWriter } from '../../../src/engine/tracking/store/trackingStore.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import type { RunSummary } from '../../../src/protocol/run.ts';
import { temporaryFolder } from '../../support/project.ts';
import { makeModelFolder } from '../../support/storeContent.ts';
import { metricHistory } from '../../support/metricHistory.ts';

interface Store {
  readonly root: string;
  readonly writer: TrackingWriter;
  readonly run: RunSummary;
  readonly reader: TrackingReader;
}

async function openRuns(): Promise<Store> {
  const root = temporaryFolder();
  const writer = openStoreWriter({ root }).tracking();
  const run = await writer.createRun({ experiment: 'flights', name: 'train', startedAt: 1000, user: 'ada' });
  return { root, writer, run, reader: openStore({ root }).tracking() };
}

const failsWith = (code: string): unknown => expect.objectContaining({ code });

describe('runs', () => {
  it('are listed newest first, without and with what was logged', async () => {
    const { writer, reader, run } = await openRuns();
    const child = await writer.createRun({ experiment: 'other', name: 'trial', startedAt: 2000, user: 'ada', parentId: run.id });
    await writer.log(run.id, {
      params: { depth: '3' },
      tags: { team: 'red' },
      metrics: [{ key: 'loss', value: 0.5, step: 1, timestamp: 1 }],
    });
    const parent = { ...run, children: 1 };
    expect((await reader.summaries()).items).toEqual([child, parent]);
    expect((await reader.summaries({ limit: 1 })).items).toEqual([child]);
    expect((await reader.summaries({ experiment: 'flights' })).items).toEqual([parent]);
    expect((await reader.summaries({ parents: [run.id] })).items).toEqual([child]);
    expect((await reader.summaries({ tags: { team: 'red' } })).items).toEqual([parent]);
    expect((await reader.summaries({ tags: { team: 'blue' } })).items).toEqual([]);
    expect((await reader.runs({ experiment: 'flights' })).items[0]).toEqual({
      ...parent,
      params: { depth: '3' },
      metrics: { loss: 0.5 },
      tags: { 'mlflow.runName': 'train', 'mlflow.user': 'ada', team: 'red' },
      inputs: [],
      models: [],
    });
    expect(await reader.run('none')).toBeUndefined();
  });

  it('end once', async () => {
    const { writer, reader, run } = await openRuns();
    expect(await writer.endRun(run.id, 'FINISHED', 5000)).toBe(true);
    expect(await writer.endRun(run.id, 'KILLED', 6000)).toBe(false);
    expect(await reader.run(run.id)).toMatchObject({ status: 'FINISHED', endedAt: 5000 });
  });

  it('are deleted and restored, and take nothing while they are deleted', async () => {
    const { writer, reader, run } = await openRuns();
    await writer.deleteRun(run.id);
    expect((await reader.summaries()).items).toEqual([]);
    expect((await reader.summaries({ includeDeleted: true })).items).toMatchObject([{ id: run.id, deleted: true }]);
    await expect(writer.log(run.id, { tags: { a: 'b' } })).rejects.toThrow(failsWith('tracking.runDeleted'));
    await writer.restoreRun(run.id);
    expect((await reader.summaries()).items).toEqual([run]);
  });

  it('take a new name by their tag, as in MLflow', async () => {
    const { writer, reader, run } = await openRuns();
    await writer.log(run.id, { tags: { 'mlflow.runName': 'renamed' } });
    expect(await reader.run(run.id)).toMatchObject({ name: 'renamed' });
  });

  it('that do not exist are named in the failure', async () => {
    const { writer } = await openRuns();
    await expect(writer.log('missing', {})).rejects.toThrow(failsWith('tracking.runNotFound'));
    await expect(writer.deleteRun('missing')).rejects.toThrow(failsWith('tracking.runNotFound'));
    await expect(writer.endRun('missing', 'FAILED', 1)).rejects.toThrow(failsWith('tracking.runNotFound'));
  });
});

describe('metrics', () => {
  it('keep every value, and the latest by step, time and value', async () => {
    const { writer, reader, run } = await openRuns();
    const points = [
      { step: 2, timestamp: 20, value: 0.2 },
      { step: 1, timestamp: 90, value: 0.9 },
      { step: 2, timestamp: 10, value: 0.8 },
      { step: 2, timestamp: 20, value: 0.3 },
      { step: 2, timestamp: 20, value: 0.1 },
    ];
    for (const point of points) await writer.log(run.id, { metrics: [{ key: 'loss', ...point }] });
    await writer.log(run.id, { metrics: points.map((point) => ({ key: 'loss', ...point })) });
    expect(await reader.run(run.id)).toMatchObject({ metrics: { loss: 0.3 } });
    expect(await metricHistory(reader, run.id, 'loss')).toEqual([points[1], points[2], points[4], points[0], points[3]]);
    expect(await metricHistory(reader, run.id, 'none')).toEqual([]);
  });

  it('may be negative in step, and not finite in value', async () => {
    const { writer, reader, run } = await openRuns();
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5];
    const metrics = values.map((value, index) => ({ key: 'x', value, step: index - 2, timestamp: 0 }));
    await writer.log(run.id, { metrics });
    expect((await metricHistory(reader, run.id, 'x')).map(({ value }) => value)).toEqual(values);
    expect(await reader.run(run.id)).toMatchObject({ metrics: { x: -0.5 } });
  });
});

describe('a failure', () => {
  it('leaves nothing of the call behind', async () => {
    const { writer, reader, run } = await openRuns();
    await writer.log(run.id, { params: { depth: '3' } });
    const log = writer.log(run.id, { params: { width: '1', depth: '4' }, tags: { a: 'b' } });
    await expect(log).rejects.toThrow(failsWith('tracking.paramChanged'));
    await expect(writer.log(run.id, { params: { ok: '1' }, tags: { 'not,ok': 'b' } })).rejects.toThrow(failsWith('tracking.badName'));
    const found = await reader.run(run.id);
    expect(found?.params).toEqual({ depth: '3' });
    expect(found?.tags).not.toHaveProperty('a');
  });

  it('does not keep later calls from being made', async () => {
    const { writer, reader, run } = await openRuns();
    const calls = [
      writer.log('missing', {}),
      writer.log(run.id, { tags: { a: '1' } }),
      writer.log('missing', {}),
      writer.log(run.id, { tags: { b: '2' } }),
    ];
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await reader.run(run.id))?.tags).toMatchObject({ a: '1', b: '2' });
  });
});

describe('data sets', () => {
  const input = { name: 'winter', digest: 'abc', sourceType: 'local', source: '{"uri":"x"}', schema: undefined, profile: undefined };

  it('are stored once per experiment and count once per run', async () => {
    const { root, writer, reader, run } = await openRuns();
    const second = await writer.createRun({ experiment: 'flights', name: 'again', startedAt: 1, user: 'ada' });
    await writer.log(run.id, {
      inputs: [
        { ...input, context: 'training' },
        { ...input, context: 'validation' },
      ],
    });
    await writer.log(second.id, {
      inputs: [
        { ...input, context: undefined },
        { ...input, digest: 'def', context: 'evaluation' },
      ],
    });
    expect((await reader.run(run.id))?.inputs).toEqual([{ ...input, context: 'training' }]);
    expect((await reader.run(second.id))?.inputs.map(({ digest, context }) => [digest, context])).toEqual([
      ['abc', undefined],
      ['def', 'evaluation'],
    ]);
    expect(existsSync(join(root, 'mlruns'))).toBe(false);
  });
});

describe('artifacts', () => {
  it('are copied whole, and replaced whole', async () => {
    const { root, writer, run } = await openRuns();
    const source = join(root, 'report');
    mkdirSync(join(source, 'deep'), { recursive: true });
    writeFileSync(join(source, 'deep', 'a.txt'), 'one');
    const target = await writer.logArtifact(run.id, source, 'pages/report');
    expect(target).toBe(join(run.artifactUri, 'pages', 'report'));
    writeFileSync(join(source, 'deep', 'a.txt'), 'two');
    expect(readFileSync(join(target, 'deep', 'a.txt'), 'utf8')).toBe('one');
    await writer.logArtifact(run.id, source, 'pages/report');
    expect(readFileSync(join(target, 'deep', 'a.txt'), 'utf8')).toBe('two');
    await writer.logArtifact(run.id, join(source, 'deep', 'a.txt'), 'pages/a.txt');
    expect(readdirSync(join(run.artifactUri, 'pages')).sort()).toEqual(['a.txt', 'report']);
  });

  it('of a missing source leave what was there', async () => {
    const { root, writer, run } = await openRuns();
    writeFileSync(join(root, 'a.txt'), 'one');
    const target = await writer.logArtifact(run.id, join(root, 'a.txt'), 'a.txt');
    await expect(writer.logArtifact(run.id, join(root, 'missing'), 'a.txt')).rejects.toThrow(failsWith('files.writeFailed'));
    expect(readFileSync(target, 'utf8')).toBe('one');
    expect(readdirSync(run.artifactUri)).toEqual(['a.txt']);
  });

  it('never leave the run’s folder, by name or by link', async () => {
    const { root, writer, run } = await openRuns();
    const elsewhere = temporaryFolder('elsewhere');
    writeFileSync(join(root, 'a.txt'), 'one');
    for (const name of ['../a.txt', '', '.', 'x/../../a.txt']) {
      await expect(writer.logArtifact(run.id, join(root, 'a.txt'), name)).rejects.toThrow(failsWith('files.outsideProject'));
    }
    symlinkSync(elsewhere, join(root, 'mlruns'));
    await expect(writer.logArtifact(run.id, join(root, 'a.txt'), 'a.txt')).rejects.toThrow(failsWith('files.outsideProject'));
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe('a model', () => {
  it('is copied with its run in MLmodel, and listed in the run’s history', async () => {
    const { root, writer, reader, run } = await openRuns();
    const folder = makeModelFolder(root);
    const path = await writer.logModel(run.id, folder, 'model');
    await writer.logModel(run.id, folder, 'second');
    await writer.logModel(run.id, folder, 'model');
    const content = parse(readFileSync(join(path, 'MLmodel'), 'utf8'), { schema: 'yaml-1.1' }) as Record<string, unknown>;
    expect(content).toMatchObject({ run_id: run.id, artifact_path: 'model', flavors: { onnx: { data: 'model.onnx' } } });
    expect(typeof content.utc_time_created).toBe('string');
    const history = JSON.parse((await reader.run(run.id))?.tags['mlflow.log-model.history'] ?? '') as Record<string, unknown>[];
    expect(history.map((entry) => entry.artifact_path)).toEqual(['second', 'model']);
    expect(history[0]).toMatchObject({ run_id: run.id, flavors: { onnx: { onnx_version: '1.23.2' } } });
  });

  it('needs an MLmodel file that lists flavors', async () => {
    const { root, writer, run } = await openRuns();
    const folder = join(root, 'made');
    mkdirSync(folder);
    await expect(writer.logModel(run.id, folder, 'model')).rejects.toThrow(failsWith('tracking.notAModel'));
    for (const text of ['', 'flavors', 'flavors: [', '{}']) {
      writeFileSync(join(folder, 'MLmodel'), text);
      await expect(writer.logModel(run.id, folder, 'model')).rejects.toThrow(failsWith('tracking.notAModel'));
    }
    expect(existsSync(join(root, 'mlruns'))).toBe(false);
  });
});
