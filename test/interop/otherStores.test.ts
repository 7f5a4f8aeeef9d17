/** Stores that MLflow itself made, with all that projects of theirs hold: Millwright reads them, and writes into their workspaces. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderModels } from '../../src/cli/render/models.ts';
import { plain } from '../../src/cli/render/style.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import { openStoreWriter } from '../../src/engine/stores/openStoreWriter.ts';
import { inputPlace } from '../../src/protocol/inputPlace.ts';
import { startMillwright } from '../support/millwright.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';

type Made = Readonly<Record<'whole' | 'dead' | 'made', string>>;

const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});
afterEach(() => {
  delete process.env.MLFLOW_WORKSPACE;
});

type Environment = 'mlflow-2' | 'mlflow-newest';
const stores = new Map<Environment, Promise<{ readonly root: string; readonly made: Made }>>();

/** Each is made once: what is written to one afterwards lies in a workspace of its own. */
async function storeOf(environment: Environment): Promise<{ readonly root: string; readonly made: Made }> {
  const store = stores.get(environment) ?? make(environment);
  stores.set(environment, store);
  return store;
}

async function make(environment: Environment): Promise<{ readonly root: string; readonly made: Made }> {
  const root = makeFolder(environment);
  folders.push(root);
  return { root, made: await runPython<Made>(environment, 'make_store.py', { cwd: root }) };
}

const places = {
  code: 'make_store.py',
  delta: '/delta/t',
  hf: 'imdb · plain · train',
  http: 'https://example.com/d.csv',
  local: 'd.csv',
  s3: 's3://bucket/d.csv',
  sql: 'SELECT * FROM t',
  table: 'db.t',
};

describe.each(['mlflow-2', 'mlflow-newest'] as const)('a store of %s', (environment) => {
  let root: string;
  let made: Made;
  beforeAll(async () => {
    ({ root, made } = await storeOf(environment));
  });

  it('has the runs of the default workspace, with places of data sets and models in words', async () => {
    await using reader = openStore({ root }).tracking();
    expect((await reader.summaries()).items.map(({ name }) => name).sort()).toEqual(['child', 'parent', 'whole']);
    const run = (await reader.run(made.whole))!;
    expect(run.metrics).toMatchObject({ acc: 0.9, nan: NaN, inf: Infinity, ninf: -Infinity });
    expect(Object.fromEntries(run.inputs.map((input) => [input.name, inputPlace(input)]))).toEqual(places);
    expect(run.inputs.find(({ name }) => name === 'code')).toMatchObject({ context: 'training', tags: { role: 'main' } });
    expect((await reader.run(made.dead))!.deleted).toBe(true);
    const models = run.models.map(({ name, role, status, params, metrics }) => ({ name, role, status, params, metrics }));
    expect(models).toEqual(
      environment === 'mlflow-2'
        ? [{ name: 'clf', role: 'output', status: 'READY', params: {}, metrics: {} }]
        : expect.arrayContaining([
            {
              name: 'clf',
              role: 'output',
              status: 'READY',
              params: { C: '1' },
              metrics: expect.objectContaining({ f1: 0.8, bad: NaN }) as unknown,
            },
            { name: 'broken', role: 'output', status: 'FAILED', params: {}, metrics: expect.anything() as unknown },
            { name: 'base', role: 'input', status: 'READY', params: {}, metrics: expect.anything() as unknown },
          ]),
    );
  });

  it('has models without versions and versions in stages, and no prompts', async () => {
    const database = new DatabaseSync(join(root, 'mlflow.db'));
    database.exec("UPDATE model_versions SET status = 'FAILED_REGISTRATION', status_message = 'no such bucket' WHERE version = 4");
    database.close();
    await using registry = openStore({ root }).registry();
    const models = (await registry.models()).items;
    expect(models.map(({ name }) => name)).toEqual(['empty', 'mod']);
    const table = renderModels(models, { style: plain, now: Date.now() }).join('\n');
    expect(table).toMatch(/^empty +– .*no version$/m);
    expect(table).toMatch(/^mod +4 +registration failed .*no such bucket$/m);
    expect(table).toMatch(/^ +3 +Archived/m);
    expect(table).toMatch(/^ +1 +@champion +Production/m);
  });
});

it('the terminal finds a deleted run, gives NaN as text, and names an older store beside this one', async () => {
  const { root, made } = await storeOf('mlflow-newest');
  const settings = { MLFLOW_WORKSPACE: '' };
  writeFileSync(join(root, 'millwright.yaml'), 'name: p\nenvironment: development\nstages: {}\n');
  const deleted = await startMillwright(root, ['runs', made.dead], settings);
  expect(deleted).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^dead .*deleted/) as string });
  const { stdout, stderr } = await startMillwright(root, ['runs', 'whole', '--json'], settings);
  expect(JSON.parse(String(stdout))).toMatchObject({ metrics: { nan: 'NaN', inf: 'Infinity', ninf: '-Infinity' } });
  expect(stderr).toBe('');
  mkdirSync(join(root, 'mlruns', '0'), { recursive: true });
  writeFileSync(join(root, 'mlruns', '0', 'meta.yaml'), '');
  expect((await startMillwright(root, ['runs'], settings)).stderr).toContain('mlruns holds runs of an older MLflow');
  rmSync(join(root, 'mlruns', '0'), { recursive: true });
});

describe('workspaces', () => {
  let root: string;
  beforeAll(async () => {
    ({ root } = await storeOf('mlflow-newest'));
  });

  it('are read and written as MLFLOW_WORKSPACE says, and never mixed', async () => {
    process.env.MLFLOW_WORKSPACE = 'team-b';
    {
      await using reader = openStore({ root }).tracking();
      await using registry = openStore({ root }).registry();
      expect((await reader.summaries()).items.map(({ name }) => name)).toEqual(['in-team-b']);
      expect((await reader.summaries({ experiment: 'exp' })).items.length).toBe(1);
      expect((await registry.models()).items.map(({ name }) => name)).toEqual(['other']);
    }
    await using writer = openStoreWriter({ root }).tracking();
    await using models = openStoreWriter({ root }).registry();
    const run = await writer.createRun({ experiment: 'ours', name: 'made-here', startedAt: 1, user: 'u' });
    await writer.endRun(run.id, 'FINISHED', 2);
    const source = join(root, 'model');
    mkdirSync(source);
    writeFileSync(join(source, 'MLmodel'), '');
    await models.createVersion({ model: 'mod', source, runId: run.id, description: undefined, tags: { a: 'b' }, createdAt: 1 });
    await models.setAlias('mod', 'champion', 1);

    interface Workspace {
      runs: string[];
      artifacts: string[];
      models: string[];
      aliases: Record<string, unknown>;
    }
    const seen = await runPython<Workspace>('mlflow-newest', 'read_workspace.py', { cwd: root, args: ['team-b'] });
    expect(seen).toMatchObject({ runs: ['in-team-b', 'made-here'], models: ['mod', 'other'], aliases: { mod: { champion: 1 } } });
    expect(seen.artifacts.every((path) => path.includes('/mlruns/workspaces/team-b/'))).toBe(true);
    const others = await runPython<Workspace>('mlflow-newest', 'read_workspace.py', { cwd: root, args: ['default'] });
    expect(others.runs).not.toContain('made-here');
    delete process.env.MLFLOW_WORKSPACE;
    await using theirs = openStore({ root }).registry();
    expect((await theirs.alias('mod', 'champion'))!.source).not.toBe(source);
  });

  it('that the store does not have are refused before anything is written', async () => {
    process.env.MLFLOW_WORKSPACE = 'nobody';
    await using writer = openStoreWriter({ root }).tracking();
    await expect(writer.createRun({ experiment: 'exp', name: 'x', startedAt: 1, user: 'u' })).rejects.toMatchObject({
      code: 'tracking.noWorkspace',
    });
  });
});
