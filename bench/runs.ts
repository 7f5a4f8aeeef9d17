/** What lists of runs cost in a store of ten thousand, beside MLflow's own client on the same file: milliseconds of computing, in turns. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { listRunOverviews } from '../src/engine/pipeline/reports/runOverviews.ts';
import { readRunSheet } from '../src/engine/pipeline/reports/readRunSheet.ts';
import { openStore } from '../src/engine/stores/openStore.ts';
import { ensurePythonEnvironment } from '../scripts/pythonEnvironments.ts';
import { writeManyRuns } from '../test/support/manyRuns.ts';
import { storeSettings } from '../test/support/python.ts';

const many = 10_000;
const turns = 5;
const repetitions = 10;

/** Each question once before it counts. */
const python = `
import json, time
from mlflow import MlflowClient
client = MlflowClient()
experiment = client.get_experiment_by_name("many").experiment_id
found = {}
for limit in (20, 200):
    client.search_runs([experiment], max_results=limit)
    began = time.process_time()
    for _ in range(${repetitions}):
        client.search_runs([experiment], max_results=limit)
    found[limit] = (time.process_time() - began) * 1000 / ${repetitions}
print(json.dumps(found))
`;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const root = await realpath(await mkdtemp(join(tmpdir(), 'millwright-bench-')));
try {
  const ids = await writeManyRuns(root, many);
  const { python: interpreter } = await ensurePythonEnvironment('mlflow-newest');
  const list = async (limit: number): Promise<void> => {
    await using reader = openStore({ root }).tracking();
    await listRunOverviews(reader, { limit, withNested: true });
  };
  const questions: Readonly<Record<string, { readonly ask: () => Promise<unknown>; readonly peer?: '20' | '200' }>> = {
    'the newest 20, with what is nested in them': { ask: () => list(20), peer: '20' },
    'the newest 200, with what is nested in them': { ask: () => list(200), peer: '200' },
    'the page of a run with five folds': { ask: () => readRunSheet(root, ids[many - 6] ?? '') },
  };
  const ours: Record<string, number[]> = {};
  const theirs: Record<string, number[]> = {};
  for (let turn = 0; turn < turns; turn++) {
    for (const [what, { ask }] of Object.entries(questions)) {
      await ask();
      const before = process.cpuUsage();
      for (let repetition = 0; repetition < repetitions; repetition++) await ask();
      const { user, system } = process.cpuUsage(before);
      (ours[what] ??= []).push((user + system) / 1000 / repetitions);
    }
    const { stdout } = await runCommand(interpreter, ['-c', python], {
      cwd: root,
      env: storeSettings('mlflow-newest'),
      timeoutMs: 600_000,
    });
    const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, number>>;
    for (const [limit, ms] of Object.entries(found)) (theirs[limit] ??= []).push(ms);
  }
  for (const [what, { peer }] of Object.entries(questions)) {
    const own = median(ours[what] ?? []);
    const other = peer === undefined ? undefined : median(theirs[peer] ?? []);
    const beside =
      other === undefined ? '' : `   MLflow, as many runs alone: ${other.toFixed(1)} ms   ${(own / other).toFixed(2)} of MLflow`;
    console.log(`${what.padEnd(48)}${own.toFixed(1).padStart(7)} ms${beside}`);
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
