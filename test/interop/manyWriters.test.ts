/**
 * Eight processes write to one store at once, two of them MLflow, from the moment that there is no store yet; the first MLflow
 * upgrades the tables while the others write. (Two MLflows that upgrade one file at once break each other, with or without us:
 * the second starts when the upgrade is done.)
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { delay } from '../../src/base/abort.ts';
import { openStore } from '../../src/engine/stores/openStore.ts';
import { ensurePythonEnvironment } from '../../scripts/pythonEnvironments.ts';
import { temporaryFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';
import type { MlflowView } from '../support/storeContent.ts';
import { metricHistory } from '../support/metricHistory.ts';

const runs = 12;
const steps = 5;

it('loses no row', async () => {
  await ensurePythonEnvironment('mlflow-newest');
  const root = temporaryFolder('eight writers');
  const mlflow = async (writer: string): Promise<string[]> =>
    runPython('mlflow-newest', 'log_rows.py', { cwd: root, args: [writer, String(runs), String(steps)] });
  const ours = ['ours-1', 'ours-2', 'ours-3', 'ours-4', 'ours-5', 'ours-6'].map((name) => startWriter(root, name));
  const upgrading = mlflow('mlflow-1');
  await Promise.race([firstRunOf(root, 'mlflow-1'), upgrading]);
  const theirs = await Promise.all([upgrading, mlflow('mlflow-2')]);
  const written = [...(await Promise.all(ours.map(async (writer) => writer.finish()))), ...theirs];
  const names = [...ours.map(({ name }) => name), 'mlflow-1', 'mlflow-2'];
  const total = written.flat().length;

  await using tracking = openStore({ root }).tracking();
  const found = (await tracking.runs({ experiment: 'shared' })).items;
  expect(found.map(({ id }) => id).sort()).toEqual(written.flat().sort());
  for (const [index, ids] of written.entries()) {
    for (const [number, id] of ids.entries()) {
      const run = found.find((candidate) => candidate.id === id);
      const writer = names[index] ?? '';
      expect(run).toMatchObject({ name: `${writer}-${number}`, status: 'FINISHED', params: { writer } });
      expect(run?.tags.writer).toBe(writer);
      expect(run?.metrics.loss).toBe(number + (steps - 1) / 10);
      const history = await metricHistory(tracking, id, 'loss');
      expect(history).toEqual(Array.from({ length: steps }, (_, step) => ({ step, timestamp: step, value: number + step / 10 })));
    }
  }
  await using registry = openStore({ root }).registry();
  const versions = (await registry.model('shared'))?.versions ?? [];
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: total }, (_, index) => total - index));
  expect(versions.map(({ runId }) => runId).sort()).toEqual(written.flat().sort());

  const view = await runPython<MlflowView>('mlflow-newest', 'read_store.py', { cwd: root });
  expect(Object.keys(view.runs).sort()).toEqual(written.flat().sort());
});

it('leaves a store that MLflow reads when a writer is killed', async () => {
  const root = temporaryFolder('killed');
  const writer = startWriter(root, 'killed');
  for (let runs = 0; runs < 3;) {
    await delay(50);
    await using tracking = openStore({ root }).tracking();
    runs = (await tracking.summaries({ experiment: 'shared' })).items.length;
  }
  await writer.kill();
  for (const environment of ['mlflow-2', 'mlflow-newest'] as const) {
    const view = await runPython<MlflowView>(environment, 'read_store.py', { cwd: root });
    await using tracking = openStore({ root }).tracking();
    expect(Object.keys(view.runs).sort()).toEqual((await tracking.summaries()).items.map(({ id }) => id).sort());
  }
});

interface Writer {
  readonly name: string;
  /** @returns the ids of its runs */
  readonly finish: () => Promise<string[]>;
  readonly kill: () => Promise<void>;
}

/** Writes until it is told to finish, or is killed. */
function startWriter(root: string, name: string): Writer {
  const script = join(import.meta.dirname, '../support/logRows.ts');
  const child = spawn(process.execPath, ['--no-warnings', script, root, name, String(runs), String(steps)]);
  const [output, errors, exit] = [text(child.stdout), text(child.stderr), once(child, 'exit')];
  const finish = async (): Promise<string[]> => {
    child.stdin.end();
    const [code] = (await exit) as [number | null];
    expect(await errors).toBe('');
    expect(code).toBe(0);
    return (await output)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string);
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return { name, finish, kill };
}

/** Waits until the first MLflow has upgraded the tables and logs its runs. */
async function firstRunOf(root: string, writer: string): Promise<void> {
  for (;;) {
    await delay(200);
    await using tracking = openStore({ root }).tracking();
    if ((await tracking.summaries({ experiment: 'shared' })).items.some(({ name }) => name.startsWith(writer))) return;
  }
}
