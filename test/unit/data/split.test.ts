import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { AppError } from '../../../src/base/errors.ts';
import { missingTime } from '../../../src/engine/data/columns.ts';
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
} from '../../../src/engine/data/split.ts';

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

  test('stratified folds hold every class to within one row', () => {
    const classes = Array.from({ length: 103 }, (_, row) => (row < 23 ? 1 : 0));
    for (const split of stratifiedFolds(classes, 5, 3)) {
      const ones = [...split.validation].filter((row) => classes[row] === 1).length;
      expect([4, 5]).toContain(ones);
    }
  });

  test('group folds tear no group', () => {
    const groups = Array.from({ length: 60 }, (_, row) => `g${row % 7}`);
    const splits = groupFolds(groups, 3, 1);
    for (const split of splits) {
      expectPartition(split, 60);
      const held = new Set([...split.validation].map((row) => groups[row]));
      for (const row of split.training) expect(held.has(groups[row])).toBe(false);
    }
  });

  test('time folds only ever look forward', () => {
    const times = BigInt64Array.from({ length: 100 }, (_, row) => BigInt((row * 37) % 100));
    const splits = timeFolds(times, 4);
    expect(splits.map((split) => split.validation.length)).toEqual([20, 20, 20, 20]);
    for (const split of splits) {
      const latest = Math.max(...[...split.training].map((row) => Number(times[row])));
      const earliest = Math.min(...[...split.validation].map((row) => Number(times[row])));
      expect(latest).toBeLessThan(earliest);
    }
  });
});

test('what cannot be split says why', () => {
  expect(codeOf(() => randomSplit(1, 0.5, 1))).toBe('split.tooFewRows');
  expect(codeOf(() => timeSplit(BigInt64Array.from([5n, 5n, 5n]), 0.5))).toBe('split.oneMoment');
  expect(codeOf(() => timeSplit(BigInt64Array.from([5n, missingTime, 7n]), 0.5))).toBe('split.missingTime');
  expect(codeOf(() => groupSplit(['a', 'a'], 0.5, 1))).toBe('split.oneGroup');
  expect(codeOf(() => groupFolds(['a', 'b', 'b'], 3, 1))).toBe('split.oneGroup');
  expect(codeOf(() => randomFolds(3, 5, 1))).toBe('split.tooFewRows');
});
