/**
 * Boosting on made tables of other shapes than the flights' beside scikit-learn and LightGBM, in turns: many columns, many leaves, several
 * classes, a regression. `node bench/shapes.ts wide-large` measures one shape alone; the large one is measured only when it is named.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomShare } from '../src/engine/training/gbdt/randomness.ts';
import type { Task } from '../src/protocol/evaluation.ts';
import { boostOn, tablesOf } from '../test/support/boostingData.ts';
import { runPython } from '../test/support/python.ts';

const threads = 2;
const turns = 3;
const peers = ['scikit-learn', 'LightGBM'] as const;

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly rounds: number;
  readonly leaves: number;
  /** 0 for a regression. */
  readonly classes: number;
}

const shapes: Readonly<Record<string, Shape>> = {
  wide: { rows: 20_000, columns: 1000, rounds: 10, leaves: 31, classes: 2 },
  deep: { rows: 200_000, columns: 12, rounds: 20, leaves: 255, classes: 2 },
  classes: { rows: 200_000, columns: 12, rounds: 15, leaves: 31, classes: 5 },
  regression: { rows: 300_000, columns: 12, rounds: 50, leaves: 31, classes: 0 },
};
const largeShapes: Readonly<Record<string, Shape>> = {
  'wide-large': { rows: 100_000, columns: 1000, rounds: 10, leaves: 31, classes: 2 },
};

/** From a matrix in memory to a forest. */
interface Taken {
  readonly seconds: number;
  /** In user code and the system's, whatever else the machine was doing. */
  readonly cpuSeconds: number;
  /** On the rows learned from: mean squared error, or log loss. */
  readonly loss: number;
}

const asked = process.argv.slice(2);
for (const [name, shape] of asked.length === 0 ? Object.entries(shapes) : Object.entries({ ...shapes, ...largeShapes })) {
  if (asked.length === 0 || asked.includes(name)) report(name, shape, await measure(shape));
}

async function measure(shape: Shape): Promise<readonly (readonly Taken[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-bench-'));
  try {
    const table = makeTable(shape);
    await writeFile(join(folder, 'matrix'), new Uint8Array(table.matrix));
    await writeFile(join(folder, 'target'), new Uint8Array(table.target));
    const taken: Taken[][] = [[], ...peers.map(() => [])];
    for (let turn = 0; turn < turns; turn++) {
      taken[0]?.push(await boost(shape, table));
      for (const [index, peer] of peers.entries()) {
        const args = [JSON.stringify({ ...shape, threads }), peer];
        taken[index + 1]?.push(await runPython<Taken>('boosting', 'boost_matrix.py', { cwd: folder, args }));
      }
    }
    return taken;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Columns of even numbers between −1 and 1; what is learned depends on six of them, and on chance. */
function makeTable({ rows, columns, classes }: Shape): ReturnType<typeof tablesOf> {
  const table = {
    ...tablesOf([], []),
    rows,
    matrix: new SharedArrayBuffer(rows * columns * 8),
    target: new SharedArrayBuffer(rows * 8),
  };
  const matrix = new Float64Array(table.matrix);
  for (let at = 0; at < matrix.length; at++) matrix[at] = 2 * randomShare(1, at) - 1;
  const target = new Float64Array(table.target);
  for (let row = 0; row < rows; row++) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = matrix.subarray(row * columns, row * columns + 6);
    const value = a + b * c + Math.abs(d) + (e > 0.3 ? f : -f) + 2 * randomShare(2, row) - 1;
    target[row] = classes === 0 ? value : Math.max(0, Math.min(classes - 1, Math.floor(((value + 2) / 5) * classes)));
  }
  return table;
}

async function boost({ rounds, leaves, classes, columns }: Shape, table: ReturnType<typeof tablesOf>): Promise<Taken> {
  const task: Task = classes === 0 ? 'regression' : classes === 2 ? 'binary' : 'multiclass';
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const levels = new Array<undefined>(columns).fill(undefined);
  const { losses } = await boostOn(table, { task, classes, levels, threads }, { maxIter: rounds, maxLeafNodes: leaves });
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6, loss: losses.at(-1)?.training ?? NaN };
}

function report(name: string, { rows, columns, rounds, leaves, classes }: Shape, taken: readonly (readonly Taken[])[]): void {
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
  const [ours = []] = taken;
  const row = (all: readonly Taken[]): object => ({
    seconds: median(all.map(({ seconds }) => seconds)).toFixed(2),
    'ours / theirs': (median(ours.map(({ seconds }) => seconds)) / median(all.map(({ seconds }) => seconds))).toFixed(2),
    'CPU seconds': median(all.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    'ours / theirs, CPU': (median(ours.map((one) => one.cpuSeconds)) / median(all.map((one) => one.cpuSeconds))).toFixed(2),
    loss: median(all.map(({ loss }) => loss)).toFixed(4),
  });
  const what = classes === 0 ? 'a regression' : `${classes} classes`;
  console.log(`${name}: ${rows} rows × ${columns} columns, ${what}, ${rounds} rounds of ${leaves} leaves, medians of ${turns} turns:`);
  console.table(Object.fromEntries(['Millwright', ...peers].map((who, index) => [who, row(taken[index] ?? [])])));
}
