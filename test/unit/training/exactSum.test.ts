/** Sums that do not depend on their order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactStep, fitsIntegers } from '../../../src/engine/training/gbdt/exactSum.ts';
import { roundToWhole } from '../../../src/engine/training/gbdt/kernels/exponential.ts';

it('gives the same sum in any order', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.infiniteStream(fc.nat()), (list, order) => {
      const step = exactStep(1e6, list.length, 40);
      const rounded = list.map((value) => roundToWhole(value / step) * step);
      const shuffled = rounded.map((value) => ({ value, key: order.next().value as number })).sort((a, b) => a.key - b.key);
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0);
      expect(sum(shuffled.map(({ value }) => value))).toBe(sum(rounded));
    }),
  );
});

it('rounds to the nearest multiple of the step', () => {
  const step = exactStep(1, 1000, 40);
  expect(step).toBe(2 ** -40);
  expect(roundToWhole(0.1 / step)).toBe(Math.round(0.1 / step));
  expect(roundToWhole(-0.7 / step)).toBe(Math.round(-0.7 / step));
  expect([0.5, 1.5, 2.5, -0.5].map(roundToWhole)).toStrictEqual([0, 2, 2, 0]);
});

it('coarsens where many large numbers come together', () => {
  expect(exactStep(2 ** 20, 2 ** 20, 40)).toBe(2 ** -12);
});

it.each([1e-130, 1e-9, 1, 1e9, 1e130])('keeps as many digits of summands of the size %d', (bound) => {
  const step = exactStep(bound, 2 ** 20, 40);
  expect(step / bound).toBeGreaterThanOrEqual(2 ** -32);
  expect(step / bound).toBeLessThan(2 ** -31);
});

it('leaves integers where the typical summand would keep too few bits', () => {
  expect(fitsIntegers(1, 1)).toBe(true);
  expect(fitsIntegers(1, 1024)).toBe(true);
  expect(fitsIntegers(1, 1025)).toBe(false);
  expect(fitsIntegers(0, 0)).toBe(true);
});
