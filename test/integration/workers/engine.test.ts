/** The engine process, forked as the editor forks it. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from '../../../src/base/process.ts';
import { openStoreWriter } from '../../../src/engine/stores/openStoreWriter.ts';
import { until } from '../../support/millwright.ts';
import { forkEngine, type EngineProcess } from '../../support/engineProcess.ts';

const project = `name: small
environment: development
stages:
  first: {run: node --version}
  slow:
    run: node -e "setTimeout(() => 0, 60000)"
    needs: [first]
`;

let folder: string;
const running: EngineProcess[] = [];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'millwright-engine-')));
  await writeFile(join(folder, 'millwright.yaml'), project);
});

afterEach(async () => {
  for (const engine of running.splice(0)) {
    engine.connection.dispose();
    await engine.process.stop(1000);
  }
  await rm(folder, { recursive: true, force: true });
});

async function startEngine(
  flag: '--trusted' | '--untrusted' = '--trusted',
  env: Readonly<Record<string, string>> = {},
): Promise<EngineProcess> {
  const engine = await forkEngine(flag, { MILLWRIGHT_CONFIG_HOME: join(folder, 'config'), ...env });
  running.push(engine);
  return engine;
}

describe('the engine process', { timeout: 60_000 }, () => {
  it.each([
    ['the file of parameters, whatever its name', 'config/values.yaml', 'rate: 0.2\n'],
    ['data', 'parts/b.csv', 'a\n9\n'],
    ['what a command depends on', 'prepare.py', 'print(2)\n'],
  ])('tells that %s changed, once it was asked for the pipeline', async (_, file, content) => {
    await writeFile(
      join(folder, 'millwright.yaml'),
      `name: small
environment: development
params: config/values.yaml
datasets: {d: {path: parts/*.csv}}
stages: {first: {run: node --version, deps: [prepare.py]}}
`,
    );
    const files = { 'config/values.yaml': 'rate: 0.1\n', 'parts/a.csv': 'a\n1\n', 'parts/b.csv': 'a\n2\n', 'prepare.py': 'print(1)\n' };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const { calls, changes } = await startEngine();
    await calls.watch({ roots: [folder] });
    expect((await calls.pipeline({ root: folder })).errors).toEqual([]);
    await until(async () => {
      await writeFile(join(folder, file), content + '\n'.repeat(Math.ceil(Math.random() * 1000)));
      return changes.includes('project');
    }, 'the change');
  });

  it('finds projects at, one and two levels below a folder, and nowhere else', async () => {
    const at = async (...steps: string[]): Promise<string> => {
      const path = join(folder, ...steps);
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'millwright.yaml'), project);
      return path;
    };
    const one = await at('one');
    const two = await at('one', 'two');
    await at('one', 'two', 'three');
    await at('node_modules');
    await at('.hidden');
    const { calls } = await startEngine();
    expect(await calls.projects({ folders: [folder] })).toEqual([folder, one, two]);
    expect((await calls.projects({ folders: [one, one] })).slice(0, 2)).toEqual([one, two]);
  });

  it('shows a pipeline, and stores that are not there as empty', async () => {
    const { calls } = await startEngine();
    const pipeline = await calls.pipeline({ root: folder });
    expect(pipeline.stages.map(({ name, state }) => [name, state])).toEqual([
      ['first', 'stale'],
      ['slow', 'stale'],
    ]);
    expect(await calls.runs({ root: folder, limit: 10 })).toEqual([]);
    expect(await calls.models({ root: folder })).toEqual({ models: [], runs: [] });
    await expect(calls.run({ root: folder, runId: 'none' })).rejects.toMatchObject({ code: 'runs.unknown' });
  });

  it('shows the figure of every registered version, however old and wherever its run is now', async () => {
    await using tracking = openStoreWriter({ root: folder }).tracking();
    await using registry = openStoreWriter({ root: folder }).registry();
    const made: string[] = [];
    for (const startedAt of [1, 2, 3]) {
      const { id } = await tracking.createRun({ experiment: 'small', name: `run ${startedAt}`, startedAt, user: 'ada' });
      await tracking.log(id, { metrics: [{ key: 'roc_auc', value: startedAt / 10, step: 0, timestamp: startedAt }] });
      made.push(id);
    }
    const [deleted, old, newest] = made;
    for (const runId of [deleted, old, old]) {
      await registry.createVersion({ model: 'm', source: folder, runId, description: undefined, tags: {}, createdAt: 1 });
    }
    await tracking.deleteRun(deleted!);
    const { calls } = await startEngine();
    expect((await calls.runs({ root: folder, limit: 1 })).map(({ id }) => id)).toEqual([newest]);
    const { models, runs } = await calls.models({ root: folder });
    expect(models.flatMap(({ versions }) => versions.map(({ runId }) => runId))).toEqual([old, old, deleted]);
    expect(runs.map(({ id, headline }) => [id, headline?.value])).toEqual([
      [old, 0.2],
      [deleted, 0.1],
    ]);
  });

  it('tells once of a burst of changes, and of nothing that is not watched', async () => {
    const { calls, changes } = await startEngine();
    await calls.watch({ roots: [folder] });
    await new Promise((done) => setTimeout(done, 400)); // the first look is what later ones are compared with
    for (let line = 0; line < 5; line++) await appendFile(join(folder, 'millwright.yaml'), `# ${String(line)}\n`);
    await expect.poll(() => changes, { timeout: 10_000 }).toContain('project');
    await calls.watch({ roots: [] });
    const before = changes.length;
    await appendFile(join(folder, 'millwright.yaml'), '# more\n');
    await new Promise((done) => setTimeout(done, 1500));
    expect(changes.length).toBe(before);
  });

  it('starts a run that outlives it, follows it, and cancels it', { timeout: 90_000 }, async () => {
    const first = await startEngine();
    const job = await first.calls.startRun({ root: folder });
    const following = first.calls.followJob({ root: folder, jobId: job.record.id }).catch((error: unknown) => error);
    await expect
      .poll(() => first.jobEvents.some((event) => event.type === 'stage' && event.stage === 'slow'), { timeout: 30_000 })
      .toBe(true);

    first.process.child.kill('SIGKILL');
    await first.process.exited;
    await following;
    expect(await processStartTime(job.record.pid)).toBeDefined();

    const second = await startEngine();
    const ended = second.calls.followJob({ root: folder, jobId: job.record.id });
    await expect
      .poll(() => second.jobEvents.some((event) => event.type === 'stage' && event.stage === 'slow'), { timeout: 30_000 })
      .toBe(true);
    await second.calls.cancelJob({ root: folder, jobId: job.record.id });
    expect((await ended).state).toBe('cancelled');
    await expect.poll(() => processStartTime(job.record.pid), { timeout: 10_000 }).toBeUndefined();
  });

  it('runs a stage and what depends on it from the one that is named', async () => {
    const { calls } = await startEngine();
    const writing = (name: string, needs: string): string =>
      `  ${name}:\n    run: node -e "require('node:fs').writeFileSync('${name}.txt', '1')"\n    outs: [${name}.txt]\n    needs: [${needs}]\n`;
    const stages = writing('first', '') + writing('second', 'first') + writing('third', 'second');
    await writeFile(join(folder, 'millwright.yaml'), `name: small\nenvironment: development\nstages:\n${stages}`);
    const run = async (options: { stages?: string[]; downstream?: boolean; force?: boolean }): Promise<Record<string, string>> => {
      const { record } = await calls.startRun({ root: folder, ...options });
      expect(await calls.followJob({ root: folder, jobId: record.id })).toMatchObject({ exitCode: 0 });
      const events = running.at(-1)?.jobEvents.splice(0) ?? [];
      return Object.fromEntries(events.flatMap((event) => (event.type === 'stage' ? [[event.stage, event.state]] : [])));
    };
    expect(await run({})).toEqual({ first: 'done', second: 'done', third: 'done' });
    expect(await run({ stages: ['second'] })).toEqual({ first: 'unchanged', second: 'unchanged' });
    expect(await run({ stages: ['second'], downstream: true, force: true })).toEqual({
      first: 'unchanged',
      second: 'done',
      third: 'unchanged',
    });
  });

  it("speaks the editor's language, and so do the jobs it starts", async () => {
    const texts = join(folder, 'bundle.json');
    const german = {
      'There is no run {id} in {root}.': 'In {root} gibt es keinen Lauf {id}.',
      'There is no stage {stage} in millwright.yaml.': 'Die Stufe {stage} gibt es nicht.',
    };
    await writeFile(texts, JSON.stringify(german));
    const { calls } = await startEngine('--trusted', { MILLWRIGHT_L10N: texts });
    await expect(calls.run({ root: folder, runId: 'none' })).rejects.toMatchObject({ message: `In ${folder} gibt es keinen Lauf none.` });
    await expect(calls.startRun({ root: folder, stages: ['other'] })).rejects.toMatchObject({
      message: expect.stringContaining('Die Stufe other gibt es nicht.') as string,
    });
  });

  it('speaks English where the texts cannot be read', async () => {
    const { calls } = await startEngine('--trusted', { MILLWRIGHT_L10N: join(folder, 'gone.json') });
    await expect(calls.run({ root: folder, runId: 'none' })).rejects.toMatchObject({ message: `There is no run none in ${folder}.` });
  });

  it('only reads where the workspace is not trusted, until it is', async () => {
    const { calls } = await startEngine('--untrusted');
    expect((await calls.pipeline({ root: folder })).stages).toHaveLength(2);
    await expect(calls.startRun({ root: folder })).rejects.toMatchObject({ code: 'workspace.notTrusted' });
    await expect(calls.profile({ path: join(folder, 'a.csv') })).rejects.toMatchObject({ code: 'workspace.notTrusted' });
    await expect(calls.columns({ root: folder, dataset: 'a' })).rejects.toMatchObject({ code: 'workspace.notTrusted' });
    await expect(calls.setAlias({ root: folder, model: 'm', alias: 'a', version: 1 })).rejects.toMatchObject({
      code: 'workspace.notTrusted',
    });
    calls.trustGranted(null);
    await expect(calls.setAlias({ root: folder, model: 'm', alias: 'a', version: 1 })).rejects.not.toMatchObject({
      code: 'workspace.notTrusted',
    });
  });

  it('starts no interpreter, opens no data and writes nothing to show a project that is not trusted', async () => {
    const stages = '  train: {run: python train.py}\n  check: {uses: validate, dataset: d}\n';
    const datasets = 'datasets:\n  t: {path: t.csv}\n  d: {query: "SELECT x FROM t ORDER BY x"}\n';
    await writeFile(join(folder, 'millwright.yaml'), `name: hostile\npython: ./evil\n${datasets}stages:\n${stages}`);
    await writeFile(join(folder, 't.csv'), 'x\n1\n');
    await writeFile(join(folder, 'evil'), `#!/bin/sh\ntouch "${join(folder, 'ran')}"\n`, { mode: 0o755 });
    const before = await readdir(folder);
    const { calls } = await startEngine('--untrusted');
    const shown = await calls.pipeline({ root: folder });
    expect(shown.errors).toEqual([]);
    expect(shown.stages.map(({ name, state }) => [name, state])).toEqual([
      ['train', 'stale'],
      ['check', 'stale'],
    ]);
    expect(await readdir(folder)).toEqual(before);
    calls.trustGranted(null);
    await calls.pipeline({ root: folder });
    expect(existsSync(join(folder, 'ran'))).toBe(false); // only looking never runs anything
  });

  it('remembers the environment that the user names', async () => {
    await writeFile(join(folder, 'millwright.yaml'), project.replace('environment: development\n', ''));
    const { calls } = await startEngine();
    expect(await calls.environment({ root: folder })).toBeNull();
    await calls.rememberEnvironment({ root: folder, environment: 'homelab' });
    expect(await calls.environment({ root: folder })).toBe('homelab');
  });

  it('says what is wrong with a project file rather than that its environment is unknown', async () => {
    await writeFile(join(folder, 'millwright.yaml'), project.replace('environment: development', 'environment: production\nsed: 1'));
    const { calls } = await startEngine();
    await expect(calls.environment({ root: folder })).rejects.toThrow('"sed" is not a key');
  });

  it('ends with its parent', async () => {
    const { process } = await startEngine();
    process.child.disconnect();
    await expect.poll(() => process.child.exitCode, { timeout: 10_000 }).toBe(0);
  });
});
