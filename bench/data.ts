/**
 * The check of all three million flights beside pandas doing the same checks on the same file, in turns in one session:
 * seconds for reading and checking (without starting either), and peak memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { validateDataset } from '../src/engine/data/validation/validateDataset.ts';
import { flightsFile } from '../test/support/flights.ts';
import { storeSettings } from '../test/support/python.ts';
import { ensurePythonEnvironment } from '../scripts/pythonEnvironments.ts';

const turns = 5;
const ranges = { delay: [-1500, 1000], distance: [0, 5000] } as const;

interface Taken {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly duplicates: number;
}

if (process.argv[2] === 'check') console.log(JSON.stringify(await check(process.argv[3] ?? '')));
else await compare();

/** Our check, in a process of its own so that its memory is its own. */
async function check(root: string): Promise<Taken> {
  const project = {
    root,
    datasets: {
      flights: {
        path: flightsFile,
        time: 'date',
        columns: {
          date: { type: 'timestamp' as const },
          delay: { type: 'integer' as const, min: ranges.delay[0], max: ranges.delay[1] },
          distance: { type: 'integer' as const, min: ranges.distance[0], max: ranges.distance[1] },
          origin: { type: 'category' as const },
          destination: { type: 'category' as const },
        },
      },
    },
    features: { flight: { target: { late: 'delay > 15' } } },
  };
  const began = performance.now();
  const { duplicates } = await validateDataset(
    project,
    { uses: 'validate', dataset: 'flights', features: 'flight' },
    {
      asOf: new Date(),
      budget: { threads: 2, memoryBytes: 1.5 * 2 ** 30 },
      signal: new AbortController().signal,
      log: () => undefined,
      progress: () => undefined,
    },
  );
  return { seconds: (performance.now() - began) / 1000, peakMegabytes: process.resourceUsage().maxRSS / 1024, duplicates };
}

async function compare(): Promise<void> {
  const { python } = await ensurePythonEnvironment('mlflow-newest');
  const script = join(import.meta.dirname, '..', 'test', 'support', 'python', 'check_data.py');
  const spec = JSON.stringify({ target: 'delay > 15', ranges });
  const ours: Taken[] = [];
  const peers: Taken[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const root = await mkdtemp(join(tmpdir(), 'millwright-bench-')); // a fresh one: the hash of the file is taken anew
    try {
      ours.push(await take(process.execPath, ['--no-warnings', import.meta.filename, 'check', root]));
    } finally {
      await rm(root, { recursive: true, force: true });
    }
    peers.push(await take(python, [script, flightsFile, spec]));
  }
  const figures = [...ours, ...peers].map(({ duplicates }) => duplicates);
  if (new Set(figures).size !== 1) throw new Error(`the figures differ: ${figures.join(', ')} duplicates`);
  console.table([
    row('check of 3,000,000 rows, seconds', ours, peers, (one) => one.seconds),
    row('peak memory, MB', ours, peers, (one) => one.peakMegabytes),
  ]);
}

async function take(file: string, args: readonly string[]): Promise<Taken> {
  const { stdout } = await runCommand(file, [...args], { env: storeSettings('mlflow-newest'), timeoutMs: 600_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Taken;
}

function row(what: string, ours: readonly Taken[], peers: readonly Taken[], figure: (one: Taken) => number): Record<string, string> {
  const [mine, theirs] = [median(ours.map(figure)), median(peers.map(figure))];
  return { what, ours: mine.toFixed(2), peer: theirs.toFixed(2), ratio: (mine / theirs).toFixed(2) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
