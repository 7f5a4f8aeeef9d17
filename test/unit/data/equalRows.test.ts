import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countEqualRows, kindFolds, repeatByNature, splitKinds } from '../../../src/engine/data/rows/equalRows.ts';
import type { Split } from '../../../src/engine/data/rows/split.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
/** Rows of some kinds, each with a class. */
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 })), { minLength: 2, maxLength: 200 });

function expectWholeKinds({ training, validation }: Split, kinds: readonly number[]): void {
  expect([...training, ...validation].sort((a, b) => a - b)).toEqual(kinds.map((_, row) => row));
  const learned = new Set([...training].map((row) => kinds[row]));
  expect([...validation].filter((row) => learned.has(kinds[row] ?? NaN))).toEqual([]);
}

test('counts different rows', () => {
  expect(countEqualRows(Float64Array.from([5, 1, 5, 5, 1, 2]))).toMatchObject({ rows: 6, different: 3 });
  expect(countEqualRows(new Float64Array(0))).toMatchObject({ rows: 0, different: 0 });
});

test('rows repeat by nature from ten of a kind on', () => {
  expect(repeatByNature({ rows: 100, different: 11 })).toBe(false);
  expect(repeatByNature({ rows: 1316, different: 14 })).toBe(true);
});

describe('a split of whole kinds', () => {
  test('parts the rows, tears no kind apart, leaves every class rows to learn from, and is the same for the same seed', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0.05, max: 0.5, noNaN: true }), seeds, (given, share, seed) => {
        const [kinds, classes] = [given.map(([kind]) => kind), given.map(([, label]) => label)];
        const split = splitKinds({ kinds, classes, seed }, share);
        if (split === undefined) return;
        expectWholeKinds(split, kinds);
        const learned = new Set([...split.training].map((row) => classes[row]));
        const single = new Set(classes).size === classes.length;
        if (!single) expect([...split.validation].filter((row) => !learned.has(classes[row] ?? NaN))).toEqual([]);
        expect(splitKinds({ kinds, classes, seed }, share)).toEqual(split);
      }),
    );
  });

  test('holds out what was asked for, although a few kinds are large', () => {
    const kinds = Array.from({ length: 1000 }, (_, row) => (row < 350 ? -1 : row < 500 ? -2 : row));
    for (let seed = 0; seed < 50; seed++) {
      expect(splitKinds({ kinds, classes: undefined, seed }, 0.2)?.validation.length).toBe(200);
    }
  });

  test('gives every class its share', () => {
    const kinds = Array.from({ length: 1000 }, (_, row) => Math.floor(row / 2));
    const classes = kinds.map((kind) => (kind % 10 === 0 ? 1 : 0));
    const split = splitKinds({ kinds, classes, seed: 3 }, 0.2);
    expect([...(split?.validation ?? [])].filter((row) => classes[row] === 1)).toHaveLength(20);
    expect(split?.validation).toHaveLength(200);
  });

  test('is none where every class is one kind', () => {
    expect(splitKinds({ kinds: [1, 1, 2, 2], classes: [0, 0, 1, 1], seed: 1 }, 0.5)).toBeUndefined();
  });
});

describe('folds of whole kinds', () => {
  test('hold every row out once and tear no kind apart, but for classes of one kind', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 5 }), seeds, (given, count, seed) => {
        const kinds = given.map(([kind]) => kind);
        const folds = kindFolds({ kinds, classes: undefined, seed }, count);
        if (folds === undefined || new Set(kinds).size === 1) return;
        for (const fold of folds) expectWholeKinds(fold, kinds);
        expect(folds.flatMap(({ validation }) => [...validation]).sort((a, b) => a - b)).toEqual(kinds.map((_, row) => row));
        for (const { validation } of folds) expect(validation.length).toBeGreaterThan(0);
      }),
    );
  });

  test('have nearly the same size and classes', () => {
    const kinds = Array.from({ length: 900 }, (_, row) => Math.floor(row / 3));
    const classes = kinds.map((kind) => kind % 3);
    const folds = kindFolds({ kinds, classes, seed: 9 }, 5) ?? [];
    for (const { validation } of folds) {
      expect(validation).toHaveLength(180);
      for (const label of [0, 1, 2]) expect([...validation].filter((row) => classes[row] === label)).toHaveLength(60);
    }
  });
});
