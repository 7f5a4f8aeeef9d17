import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { AppError } from '../../../src/base/errors.ts';
import { missingTime } from '../../../src/engine/data/rows/columns.ts';
import {
  groupFolds,
  groupSplit,
  randomFolds,
  randomSplit,
  stratifiedFolds,
  stratifiedSplit,
  timeFolds,
  timeSplit,
  type Split,
} from '../../../src/engine/data/rows/split.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const shares = fc.double({ min: 0.01, max: 0.99, noNaN: true });

function expectPartition(split: Split, rows: number): void {
  expect([...split.training, ...split.validation].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
  for (const part of [split.training, split.validation]) {
    expect(part.length).toBeGreaterThan(0);
    expect([...part]).toEqual([...part].sort((a, b) => a - b));
  }
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return AppError.is(error) ? error.code : String(error);
  }
}

describe('one split', () => {
  test('at random: a partition of the asked size, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), shares, seeds, (rows, share, seed) => {
        const split = randomSplit(rows, share, seed);
        expectPartition(split, rows);
        expect(split.validation.length).toBe(Math.min(rows - 1, Math.max(1, Math.round(rows * share))));
        expect(randomSplit(rows, share, seed)).toEqual(split);
      }),
    );
  });

  test('at random: these very rows for seed 42, on every machine', () => {
    expect([...randomSplit(20, 0.3, 42).validation]).toMatchInlineSnapshot(`
      [
        3,
        4,
        5,
        9,
        14,
        16,
      ]
    `);
  });

  test('every row is about equally likely to be held out', () => {
    const counts = new Float64Array(10);
    for (let seed = 0; seed < 4000; seed++) for (const row of randomSplit(10, 0.3, seed).validation) counts[row]! += 1;
    for (const count of counts) expect(Math.abs(count - 1200)).toBeLessThan(150); // 5 standard deviations are 145
  });

  test('stratified: the share of every class is kept to one row, and the total is exact', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 300 }), shares, seeds, (classes, share, seed) => {
        const split = stratifiedSplit(classes, share, seed);
        expectPartition(split, classes.length);
        for (const name of new Set(classes)) {
          const size = classes.filter((one) => one === name).length;
          const held = [...split.validation].filter((row) => classes[row] === name).length;
          if (size > 1) expect(held).toBeLessThan(size);
          if (size > 50) expect(Math.abs(held - size * share)).toBeLessThan(7);
        }
      }),
    );
    const classes = Array.from({ length: 1000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
    const split = stratifiedSplit(classes, 0.2, 7);
    expect(split.validation.length).toBe(200);
    expect([...split.validation].filter((row) => classes[row] === 1).length).toBe(20);
  });

  test('by time: nothing in training is as late as anything held out, and ties stay together', () => {
    const times = fc.array(fc.bigInt({ min: -20n, max: 20n }), { minLength: 2, maxLength: 200 });
    fc.assert(
      fc.property(times, shares, (values, share) => {
        fc.pre(new Set(values).size > 1);
        const column = BigInt64Array.from(values);
        let split;
        try {
          split = timeSplit(column, share);
        } catch (error) {
          expect(AppError.is(error, 'split.oneMoment')).toBe(true);
          return;
        }
        expectPartition(split, values.length);
        for (const row of split.training) expect(values[row]! < split.cutoff).toBe(true);
        for (const row of split.validation) expect(values[row]! >= split.cutoff).toBe(true);
        expect(split.validation.length).toBeGreaterThanOrEqual(Math.min(values.length - 1, Math.max(1, Math.round(values.length * share))));
      }),
    );
  });

  test('by group: no group is torn', () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c', 'd', null), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(groups, shares, seeds, (values, share, seed) => {
        fc.pre(new Set(values).size > 1);
        const split = groupSplit(values, share, seed);
        expectPartition(split, values.length);
        const held = new Set([...split.validation].map((row) => values[row]));
        for (const row of split.training) expect(held.has(values[row])).toBe(false);
      }),
    );
  });
});

describe('folds', () => {
  test('every row is held out once, and folds are equally large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 200 }), fc.integer({ min: 2, max: 10 }), seeds, (rows, folds, seed) => {
        const splits = randomFolds(rows, folds, seed);
        for (const split of splits) expectPartition(split, rows);
        const sizes = splits.map((split) => split.validation.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(splits.flatMap((split) => [...split.validation]).sort((a, b) => a - b)).toEqual(
          Array.from({ length: rows }, (_, row) => row),
        );
      }),
    );
  });

  test('stratified folds hold out every row once, and every class to within one row', () => {
    const classes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 10, maxLength: 150 });
    fc.assert(
      fc.property(classes, fc.integer({ min: 2, max: 10 }), seeds, (values, folds, seed) => {
        const splits = stratifiedFolds(values, folds, seed);
        expectHeldOutOnce(splits, values.length);
        for (const name of new Set(values)) {
          const held = splits.map(({ validation }) => [...validation].filter((row) => values[row] === name).length);
          expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('group folds hold out every row once and tear no group', () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', null), { minLength: 5, maxLength: 100 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 4 }), seeds, (values, folds, seed) => {
        fc.pre(new Set(values).size >= folds);
        const splits = groupFolds(values, folds, seed);
        expectHeldOutOnce(splits, values.length);
        for (const split of splits) {
          const held = new Set([...split.validation].map((row) => values[row]));
          for (const row of split.training) expect(held.has(values[row])).toBe(false);
        }
      }),
    );
  });

  test('time folds only ever look forward, tear no moment, and hold out no row twice', () => {
    const times = fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(times, fc.integer({ min: 2, max: 6 }), (values, folds) => {
        let splits: Split[];
        try {
          splits = timeFolds(BigInt64Array.from(values), folds);
        } catch (error) {
          expect(AppError.is(error, 'split.oneMoment')).toBe(true);
          return;
        }
        const held = splits.flatMap(({ validation }) => [...validation]);
        expect(new Set(held).size).toBe(held.length);
        for (const [fold, { training, validation }] of splits.entries()) {
          const latest = [...training].map((row) => values[row]!).reduce((a, b) => (a > b ? a : b));
          const moments = [...validation].map((row) => values[row]!);
          expect(moments.every((moment) => moment > latest)).toBe(true);
          const next = splits[fold + 1];
          // The next fold learns from all that this one held out, and from nothing later.
          if (next !== undefined) expect([...next.training].sort()).toEqual([...training, ...validation].sort());
        }
        expect(splits.at(-1)!.training.length + splits.at(-1)!.validation.length).toBe(values.length);
      }),
    );
    const even = timeFolds(
      BigInt64Array.from({ length: 100 }, (_, row) => BigInt((row * 37) % 100)),
      4,
    );
    expect(even.map((split) => split.validation.length)).toEqual([20, 20, 20, 20]);
  });
});

function expectHeldOutOnce(splits: readonly Split[], rows: number): void {
  for (const split of splits) expectPartition(split, rows);
  expect(splits.flatMap((split) => [...split.validation]).sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
}

test('what cannot be split says why', () => {
  expect(codeOf(() => randomSplit(1, 0.5, 1))).toBe('split.tooFewRows');
  expect(codeOf(() => timeSplit(BigInt64Array.from([5n, 5n, 5n]), 0.5))).toBe('split.oneMoment');
  expect(codeOf(() => timeSplit(BigInt64Array.from([5n, missingTime, 7n]), 0.5))).toBe('split.missingTime');
  expect(codeOf(() => groupSplit(['a', 'a'], 0.5, 1))).toBe('split.oneGroup');
  expect(codeOf(() => groupFolds(['a', 'b', 'b'], 3, 1))).toBe('split.oneGroup');
  expect(codeOf(() => randomFolds(3, 5, 1))).toBe('split.tooFewRows');
});
