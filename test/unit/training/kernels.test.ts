/** The kernels compiled to WebAssembly give the bytes that TypeScript's give, each by itself and in whole trainings. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileKernels } from '../../../scripts/compileKernels.ts';
import { findBins } from '../../../src/engine/training/gbdt/binning.ts';
import { boost } from '../../../src/engine/training/gbdt/boost.ts';
import type { BoostingParams, Objective } from '../../../src/engine/training/gbdt/boostingParams.ts';
import type { BoostingRound } from '../../../src/engine/training/gbdt/boostingRound.ts';
import { openKernels, exponentialTable, type Kernels } from '../../../src/engine/training/gbdt/kernels/kernels.ts';
import { webAssembly, type WebAssemblyModule } from '../../../src/engine/training/gbdt/kernels/webAssembly.ts';
import { shareTraining } from '../../../src/engine/training/gbdt/sharedTraining.ts';
import { columnsOf, plainParams, tablesOf } from '../../support/boostingData.ts';
import { random } from '../../support/trainingProject.ts';

let module: WebAssemblyModule;

beforeAll(async () => {
  const code = await readFile(await compileKernels());
  expect(webAssembly.validate(code)).toBe(true);
  module = await webAssembly.compile(code);
});

const memoryBytes = 2 ** 21;

/** Runs both kinds of kernels on the same memory. @returns what each left behind, and what it returned */
function runBoth<T>(prepare: (buffer: ArrayBuffer) => void, run: (kernels: Kernels) => T): { memory: Uint8Array; result: T }[] {
  return [module, undefined].map((code) => {
    const { kernels, buffer } = openKernels(memoryBytes, code);
    prepare(buffer);
    const result = run(kernels);
    return { memory: new Uint8Array(buffer).slice(0, memoryBytes), result };
  });
}

function expectSame([compiled, portable]: readonly { memory: Uint8Array; result: unknown }[]): void {
  expect(Buffer.compare(compiled!.memory, portable!.memory)).toBe(0);
  expect(compiled!.result).toStrictEqual(portable!.result);
}

/** Places that do not overlap within the memory of a test. */
const at = { rows: 0x1000, gradients: 0x20000, bins: 0x60000, places: 0x80000, histogram: 0x90000, scratch: 0x100000, other: 0x140000 };

describe('sums of columns', () => {
  const count = 3000;
  const places = (columns: number): number[] => Array.from({ length: columns + 1 }, (_, column) => column * 256);

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%d columns, by row and in order', (columns) => {
    for (const isOrdered of [0, 1]) {
      const prepare = (buffer: ArrayBuffer): void => {
        const next = random(columns);
        new Uint32Array(buffer, at.rows, count).set(Array.from({ length: count }, (_, i) => i));
        new Int32Array(buffer, at.gradients, 2 * count).set(
          Array.from({ length: count }, () => [Math.round((next() * 2 - 1) * 2 ** 30), Math.round(next() * 2 ** 30)]).flat(),
        );
        new Uint8Array(buffer, at.bins, 8 * count).set(Array.from({ length: 8 * count }, () => Math.floor(next() * next() * 256)));
        new Uint32Array(buffer, at.places, columns + 1).set(places(columns));
      };
      expectSame(
        runBoth(prepare, (kernels) => {
          kernels.sumColumns(
            at.rows + 400,
            count - 200,
            at.gradients,
            isOrdered,
            at.bins,
            columns,
            at.places,
            at.histogram,
            at.scratch,
            2 ** -30,
            2 ** -32,
          );
        }),
      );
    }
  });

  it('more rows than a lane can count', () => {
    const many = 150_000;
    const rows = 0x100;
    const far = { bins: 0x98000, gradients: 0x98010, places: 0x98020, histogram: 0x99000, scratch: 0xa0000 };
    const results = runBoth(
      (buffer) => {
        new Uint8Array(buffer, far.bins, 8).fill(3); // every entry of `rows` is row 0
        new Int32Array(buffer, far.gradients, 2).set([-(2 ** 30), 2 ** 30]);
        new Uint32Array(buffer, far.places, 2).set([0, 5]);
      },
      (kernels) => {
        kernels.sumColumns(rows, many, far.gradients, 0, far.bins, 1, far.places, far.histogram, far.scratch, 2 ** -30, 2 ** -30);
      },
    );
    expectSame(results);
    expect([...new Float64Array(results[0]!.memory.buffer, far.histogram + 3 * 24, 3)]).toStrictEqual([-many, many, many]);
  });

  it('of float64, by row and in order', () => {
    for (const isOrdered of [0, 1]) {
      const prepare = (buffer: ArrayBuffer): void => {
        const next = random(7);
        new Uint32Array(buffer, at.rows, count).set(Array.from({ length: count }, (_, i) => i));
        new Float64Array(buffer, at.gradients, 2 * count).set(
          Array.from({ length: 2 * count }, () => Math.round(next() * 2 ** 40) * 2 ** -20),
        );
        new Uint8Array(buffer, at.bins, 8 * count).set(Array.from({ length: 8 * count }, () => Math.floor(next() * 256)));
        new Uint32Array(buffer, at.places, 6).set(places(5));
      };
      expectSame(
        runBoth(prepare, (kernels) => {
          kernels.sumWideColumns(at.rows, count - 50, at.gradients, isOrdered, at.bins, 5, at.places, at.histogram);
        }),
      );
    }
  });
});

describe('what is done to rows', () => {
  const count = 4000;
  const prepare = (buffer: ArrayBuffer): void => {
    const next = random(5);
    new Uint32Array(buffer, at.rows, count).set(Array.from({ length: count }, (_, i) => i));
    new Uint8Array(buffer, at.bins, 16 * count).set(Array.from({ length: 16 * count }, () => Math.floor(next() * 256)));
    new Uint8Array(buffer, at.other, 256 * 5).set(Array.from({ length: 256 * 5 }, () => (next() < 0.6 ? 1 : 0)));
    new Float64Array(buffer, at.gradients, 2 * count).set(Array.from({ length: 2 * count }, next));
    new Int32Array(buffer, at.places, 15).set(
      [
        [3, 1, 2],
        [10, 3, 4],
        [-1, 0, 0],
        [-1, 0, 0],
        [-1, 0, 0],
      ].flat(),
    );
    new Float64Array(buffer, at.places + 64, 5).set([0, 0, 0.1, 0.2, 0.3]);
  };

  it('partition keeps the order on both sides', () => {
    const results = runBoth(prepare, (kernels) => kernels.partition(at.rows, count, at.scratch, at.bins + 3, at.other));
    expectSame(results);
    const { memory, result } = results[0]!;
    const order = new Uint32Array(memory.buffer, at.rows, count);
    const goesLeft = (row: number): boolean => memory[at.other + memory[at.bins + 3 + row * 8]!] === 1;
    const all = Array.from({ length: count }, (_, row) => row);
    expect([...order]).toStrictEqual([...all.filter(goesLeft), ...all.filter((row) => !goesLeft(row))]);
    expect(result).toBe(all.filter(goesLeft).length);
  });

  it('gathering, leaves and walks', () => {
    expectSame(
      runBoth(prepare, (kernels) => {
        kernels.partition(at.rows, count, at.scratch, at.bins, at.other);
        kernels.gather(at.rows, 1500, at.gradients, at.scratch);
        kernels.gatherWide(at.rows, 1500, at.gradients, at.scratch + 0x10000);
        kernels.addByLeaf(at.rows, 1000, at.gradients + 8, 16, 0.37);
        kernels.addByWalking(count, at.bins, at.places, at.other, at.places + 64, at.gradients, 16);
        return kernels.placeOf(at.bins, count, 10);
      }),
    );
  });
});

it('bins of numbers and levels', () => {
  const count = 2000;
  const edges = [-3, -0.5, 0, 0.25, 0.5, 0.5000000001, 7];
  const values = (next: () => number, i: number): number => [NaN, Infinity, -Infinity, edges[i % 7]!, next() * 10 - 5][i % 5]!;
  for (const edgeCount of [0, 1, 2, 3, 7]) {
    const results = runBoth(
      (buffer) => {
        const next = random(6);
        new Float64Array(buffer, at.rows, 2 * count).set(
          Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? values(next, i >> 1) : i % 250)),
        );
        new Float64Array(buffer, at.gradients, edges.length).set(edges);
      },
      (kernels) => {
        kernels.binNumbers(count, at.rows, 16, at.gradients, edgeCount, 9, at.bins + 2);
        kernels.binLevels(count, at.rows + 8, 16, at.bins + 3);
      },
    );
    expectSame(results);
    const { memory } = results[0]!;
    const numbers = new Float64Array(memory.buffer, at.rows, 2 * count);
    const binOf = (value: number): number => (Number.isNaN(value) ? 9 : edges.slice(0, edgeCount).filter((edge) => edge < value).length);
    for (let row = 0; row < count; row++) {
      expect(memory[at.bins + 2 + row * 8]).toBe(binOf(numbers[2 * row]!));
      expect(memory[at.bins + 3 + row * 8]).toBe(numbers[2 * row + 1]);
    }
  }
});

it('exponential and logarithm', () => {
  const next = random(2);
  const arguments_ = [0, 1, 63.99, 64, 700, 745, 800, Infinity, NaN, ...Array.from({ length: 5000 }, () => next() ** 4 * 800)];
  expectSame(
    runBoth(
      (buffer) => {
        new Float64Array(buffer, 64).set(exponentialTable);
      },
      (kernels) => [
        arguments_.map((x) => kernels.negativeExponential(x, 64)),
        arguments_.filter(Number.isFinite).map((x) => kernels.logarithm(1 + x)),
      ],
    ),
  );
});

describe('whole trainings', () => {
  const next = random(3);
  const data = Array.from({ length: 2500 }, () => [
    next(),
    next() < 0.1 ? NaN : next() ** 3,
    Math.floor(next() * 40),
    ...Array.from({ length: 8 }, next),
  ]);
  const levels = [undefined, undefined, 40, ...Array.from({ length: 8 }, () => undefined)];
  const signal = data.map(([x = 0, z = 0, c = 0]) => x * 3 + (Number.isNaN(z) ? 1 : z) + (c % 5) + next());
  const weights = data.map(() => next() * 3);

  function grow(
    kernels: WebAssemblyModule | undefined,
    objective: Pick<Objective, 'task' | 'outputs'>,
    settings: { weighted: boolean; isWide: boolean; params?: Partial<BoostingParams> },
  ): BoostingRound[] {
    const params = { ...plainParams, maxIter: 5, ...settings.params };
    const target = {
      binary: (y: number) => Number(y > 4),
      multiclass: (y: number) => Math.min(2, Math.floor(y / 2.5)),
      regression: (y: number) => y,
    };
    const tables = tablesOf(data, signal.map(target[objective.task]), { heldOut: 700, ...(settings.weighted ? { weights } : {}) });
    const columns = columnsOf(levels);
    const features = findBins(new Float64Array(tables.matrix), { rows: tables.rows, columns }, params);
    const baseScores = Array.from({ length: objective.outputs }, () => 0.1);
    const bounds = { gradientBound: objective.task === 'regression' ? 2048 : 3, hessianBound: 3, isWide: settings.isWide };
    const full = { ...objective, baseScores, ...bounds };
    const rounds: BoostingRound[] = [];
    const shared = shareTraining(tables, features, { params, objective: full, threads: 1, kernels, earlier: [], histogramBytes: 2 ** 24 });
    boost(shared, (round) => rounds.push(round));
    return rounds;
  }

  it.each([
    [
      { task: 'binary', outputs: 1 },
      { weighted: false, isWide: false },
    ],
    [
      { task: 'binary', outputs: 1 },
      { weighted: true, isWide: false, params: { subsample: 0.7, maxFeatures: 0.6 } },
    ],
    [
      { task: 'binary', outputs: 1 },
      { weighted: true, isWide: true },
    ],
    [
      { task: 'multiclass', outputs: 3 },
      { weighted: false, isWide: false },
    ],
    [
      { task: 'multiclass', outputs: 3 },
      { weighted: true, isWide: true, params: { subsample: 0.7 } },
    ],
    [
      { task: 'regression', outputs: 1 },
      { weighted: false, isWide: false },
    ],
    [
      { task: 'regression', outputs: 1 },
      { weighted: true, isWide: true, params: { monotonic: [1, ...levels.slice(1).map(() => 0 as const)] } },
    ],
  ] as const)('%o, %o', (objective, settings) => {
    const compiled = grow(module, objective, settings);
    expect(compiled).toHaveLength(5);
    expect(compiled.every(({ trees }) => trees.every(({ feature }) => feature.length > 10))).toBe(true);
    expect(compiled).toStrictEqual(grow(undefined, objective, settings));
  });
});
