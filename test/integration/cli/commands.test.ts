import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditLine } from '../../../src/protocol/audit.ts';
import type { Job } from '../../../src/protocol/job.ts';
import type { RegisteredModel } from '../../../src/protocol/model.ts';
import type { Run } from '../../../src/protocol/run.ts';
import { nodeCommand, startMillwright, until, writeStages } from '../../support/millwright.ts';
import { makeFolder, temporaryFolder } from '../../support/project.ts';
import { emptyConfig, millwright } from './millwrightProcess.ts';

const weather = join(import.meta.dirname, '../../../node_modules/vega-datasets/data/seattle-weather.csv');

describe('after a whole life of a model', () => {
  const root = makeFolder('commands');
  const answer = async <T>(...args: string[]): Promise<T> => {
    const ended = await millwright(root, [...args, '--json']);
    expect({ args, code: ended.code, stderr: ended.stderr }).toEqual({ args, code: 0, stderr: '' });
    return JSON.parse(ended.stdout) as T;
  };

  beforeAll(async () => {
    copyFileSync(weather, join(root, 'data.csv'));
    await millwright(root, ['init', 'data.csv', '--target', 'weather', '--environment', 'development']);
    expect((await millwright(root, ['run', '--note', 'first'])).code).toBe(0);
  });

  test.each([
    'status',
    'jobs',
    'validate',
    'validate data.csv',
    'models',
    'runs',
    'report',
    'audit',
    'audit --verify',
    'doctor',
    'schema',
    'run --dry-run',
    'clean',
  ])('%s answers in text and in JSON', async (command) => {
    const words = command.split(' ');
    await answer(...words);
    const text = await millwright(root, words);
    expect(text.code).toBe(0);
    expect(text.stdout.length).toBeGreaterThan(20);
    expect(`${text.stdout}${text.stderr}`).not.toContain('\u001b');
  });

  test('runs, models and the audit log tell the same story', async () => {
    const [run] = await answer<Run[]>('runs');
    const [model] = await answer<RegisteredModel[]>('models');
    expect(model?.versions[0]).toMatchObject({ version: 1, runId: run?.id, aliases: ['challenger'] });
    expect(await answer<Run>('runs', run?.id.slice(0, 6) ?? '')).toMatchObject({ ...run, evaluations: [{ stage: 'evaluate' }] });
    const lines = await answer<AuditLine[]>('audit', '--outcome', 'success');
    expect(lines.map(({ entry }) => entry.operation)).toEqual(expect.arrayContaining(['train', 'evaluate', 'register', 'predict']));
    expect(await answer<AuditLine[]>('audit', '--operation', 'nothing', '--since', '1h')).toEqual([]);
  });

  test('an alias moves, and undo moves it back', async () => {
    const aliases = async (): Promise<unknown> => (await answer<RegisteredModel[]>('models'))[0]?.versions[0]?.aliases;
    const [model] = await answer<RegisteredModel[]>('models');
    await answer('models', 'alias', model?.name ?? '', 'champion', '1');
    expect(await aliases()).toEqual(expect.arrayContaining(['champion', 'challenger']));
    const line = (await answer<AuditLine[]>('audit', '--operation', 'alias.set')).at(-1)?.line ?? 0;
    await answer('undo', String(line));
    expect(await aliases()).toEqual(['challenger']);
    const unknown = await millwright(root, ['models', 'alias', model?.name ?? '', 'champion', '99']);
    expect(unknown.code).toBe(3);
  });

  test('predict writes rows for a file the project does not name, and leaves the lock file alone', async () => {
    const lock = readFileSync(join(root, 'millwright.lock'), 'utf8');
    const [model] = await answer<RegisteredModel[]>('models');
    copyFileSync(weather, join(root, 'new rows.csv'));
    const args = [
      'predict',
      '--model',
      `${model?.name ?? ''}@challenger`,
      '--data',
      'new rows.csv',
      '--output',
      'scored rows.csv',
      '--keep',
      'date',
    ];
    expect((await millwright(root, args)).code).toBe(0);
    expect(readFileSync(join(root, 'scored rows.csv'), 'utf8').trim().split('\n')).toHaveLength(1462);
    expect(readFileSync(join(root, 'millwright.lock'), 'utf8')).toBe(lock);
    const line = (await answer<AuditLine[]>('audit', '--operation', 'predict', '--outcome', 'success')).at(-1);
    // What it only read is named apart from what it changed.
    expect(line?.entry).toMatchObject({
      operation: 'predict',
      model_name: model?.name,
      model_version: '1',
      resources_affected: expect.not.arrayContaining([expect.stringContaining('@challenger')]) as string[],
    });
  });
});

describe('a run that somebody stops', () => {
  const slow = nodeCommand("require('fs').writeFileSync('started', ''); setTimeout(() => {}, 60000)");

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s ends with 130, is on record as cancelled, and leaves nothing half-written',
    async (signal) => {
      const root = temporaryFolder();
      writeStages(root, { slow: { run: slow, outs: ['out.txt'] } });
      const running = startMillwright(root, ['run'], emptyConfig);
      await until(() => existsSync(join(root, 'started')), 'the stage to start');
      running.kill(signal);
      const { exitCode } = await running;
      expect(exitCode).toBe(130);
      const [job] = JSON.parse((await millwright(root, ['jobs', '--json'])).stdout) as Job[];
      expect(job?.state).toBe('cancelled');
      expect(readdirSync(root).filter((name) => name.endsWith('.tmp') || name === 'out.txt')).toEqual([]);
    },
  );

  test('detached, is seen, followed and cancelled from elsewhere', async () => {
    const root = temporaryFolder();
    writeStages(root, { slow: { run: slow } });
    const started = await millwright(root, ['run', '--detach', '--json']);
    expect(started.code).toBe(0);
    const { record } = JSON.parse(started.stdout) as Job;
    const following = startMillwright(root, ['jobs', 'follow', record.id, '--json'], emptyConfig);
    await until(() => existsSync(join(root, 'started')), 'the stage to start');
    const cancelled = await millwright(root, ['cancel', record.id.slice(0, 13), '--json']);
    expect({ code: cancelled.code, state: (JSON.parse(cancelled.stdout) as Job).state }).toEqual({ code: 0, state: 'cancelled' });
    const { stdout, exitCode } = await following;
    const events = String(stdout)
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(exitCode).toBe(130);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['started', 'planned', 'stage', 'result']));
  });
});

test('a reader that closes early is no failure', async () => {
  const { stderr, exitCode } = await startMillwright(temporaryFolder(), ['schema'], { ...emptyConfig });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const piped = startMillwright(temporaryFolder(), ['schema'], { ...emptyConfig });
  piped.stdout?.destroy();
  const ended = await piped;
  expect({ code: ended.exitCode, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
});
