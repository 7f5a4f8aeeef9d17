import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant, parseInstant, parseLength } from '../../../src/engine/data/rows/instants.ts';
import { Moments } from '../../../src/engine/data/statistics/moments.ts';
import { planDataset } from '../../../src/engine/data/dataset/planDataset.ts';

function momentsOf(...pieces: number[][]): Moments {
  const moments = new Moments();
  for (const piece of pieces) moments.add(Float64Array.from(piece));
  return moments;
}

test('mean and deviation, with missing values skipped', () => {
  const moments = momentsOf([1, NaN, 2], [3, 4]);
  expect(moments.count).toBe(4);
  expect(moments.mean).toBe(2.5);
  expect(moments.standardDeviation).toBeCloseTo(Math.sqrt(5 / 3), 15);
  expect(momentsOf([]).mean).toBeUndefined();
  expect(momentsOf([7]).standardDeviation).toBeUndefined();
  expect(momentsOf([1, Infinity]).mean).toBeUndefined();
});

test('large values that lie close together lose nothing', () => {
  const moments = momentsOf([1e15 + 1, 1e15 + 2, 1e15 + 3]);
  expect(moments.mean).toBe(1e15 + 2);
  expect(moments.standardDeviation).toBe(1);
});

test('the pieces do not matter', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2 }), fc.nat(), (values, cut) => {
      const at = cut % values.length;
      const whole = momentsOf(values);
      const pieces = momentsOf(values.slice(0, at), values.slice(at));
      expect(pieces.mean).toBe(whole.mean);
      expect(pieces.standardDeviation).toBe(whole.standardDeviation);
    }),
  );
});

test('instants are UTC unless they name an offset, and are written as they are read', () => {
  expect(parseInstant('1970-01-01')).toBe(0n);
  expect(parseInstant('1970-01-01T02:00+02:00')).toBe(0n);
  expect(parseInstant('1969-12-31 23:59:59.999999')).toBe(-1n);
  expect(formatInstant(-1n)).toBe('1969-12-31T23:59:59.999999Z');
  expect(parseLength('2w')).toBe(14n * 86_400_000_000n);
  fc.assert(
    fc.property(fc.bigInt({ min: -62_000_000_000_000_000n, max: 250_000_000_000_000_000n }), (value) => {
      expect(parseInstant(formatInstant(value))).toBe(value);
    }),
  );
});

test('a plan follows from, keeps every condition, and counts back from the given moment', () => {
  const datasets = {
    all: { path: 'a.csv', time: 'when', columns: { n: { type: 'integer' as const, min: 0 } } },
    some: { from: 'all', where: 'n > 1', columns: { n: { max: 9 } } },
    recent: { from: 'some', during: { last: '1d', before: '2026-01-10' }, where: 'n < 5' },
  };
  const plan = planDataset({ datasets }, 'recent', new Date('2026-01-31T00:00:00Z'));
  expect(plan.columns).toEqual({ n: { type: 'integer', min: 0, max: 9 } });
  expect(plan.conditions.map((one) => one.key)).toEqual(['datasets.some.where', 'datasets.recent.where']);
  expect(plan.windows).toEqual([{ column: 'when', since: parseInstant('2026-01-09'), before: parseInstant('2026-01-10') }]);
});
