/** How soon a command and the engine answer, beside MLflow's own command line on the same store: medians in turns, in milliseconds. */
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { build } from '../scripts/build.ts';
import { ensurePythonEnvironment } from '../scripts/pythonEnvironments.ts';
import { distFolder, root } from '../scripts/paths.ts';
import { forkEngine } from '../test/support/engineProcess.ts';
import { storeSettings } from '../test/support/python.ts';

const repetitions = 9;
const data = join(root, 'node_modules/vega-datasets/data/seattle-weather.csv');

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
try {
  await build({ minify: true });
  const { python } = await ensurePythonEnvironment('mlflow-newest');
  cpSync(data, join(folder, 'weather.csv'));
  const millwright = async (...args: readonly string[]): Promise<unknown> =>
    runCommand(process.execPath, ['--no-warnings', join(distFolder, 'cli.cjs'), ...args], { cwd: folder });
  const mlflow = async (): Promise<unknown> =>
    runCommand(python, ['-m', 'mlflow', 'experiments', 'search'], { cwd: folder, env: storeSettings('mlflow-newest') });
  const engine = async (answer: 'projects' | 'pipeline'): Promise<void> => {
    const { calls, connection, process: child } = await forkEngine('--trusted', {}, join(distFolder, 'engine.cjs'));
    await (answer === 'projects' ? calls.projects({ folders: [folder] }) : calls.pipeline({ root: folder }));
    connection.dispose();
    await child.stop(0);
  };
  await millwright('init', 'weather.csv', '--target', 'weather', '--yes');
  await millwright('run');
  const measured: Record<string, number[]> = {};
  const measures: Readonly<Record<string, () => Promise<unknown>>> = {
    'millwright --version': () => millwright('--version'),
    'millwright status': () => millwright('status'),
    'millwright runs': () => millwright('runs'),
    'the engine, from its start to its first answer': () => engine('projects'),
    'the engine, from its start to the pipeline': () => engine('pipeline'),
    'mlflow experiments search': mlflow,
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [what, work] of Object.entries(measures)) (measured[what] ??= []).push(await timed(work));
  }
  const peer = median(measured['mlflow experiments search'] ?? []);
  for (const [what, values] of Object.entries(measured)) {
    console.log(`${what.padEnd(48)}${median(values).toFixed(0).padStart(6)} ms   ${(median(values) / peer).toFixed(3)} of MLflow`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
