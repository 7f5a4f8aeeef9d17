import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAmount,
  formatCount,
  formatDifference,
  formatFigure,
  formatPValue,
  formatShare,
  formatValue,
} from '../../../src/base/format.ts';

describe('figures', () => {
  test.each([
    [0, '0.0000'],
    [0.70131, '0.7013'],
    [-0.0031, '−0.0031'],
    [12.345, '12.35'],
    [999.994, '999.99'],
    [1_234_567.8, '1,234,568'],
    [1.23e-7, '1.2e-7'],
    [1e18, '1.000e+18'],
    [NaN, '–'],
    [-Infinity, '−∞'],
  ])('%d is shown as %s', (value, text) => {
    expect(formatFigure(value)).toBe(text);
  });

  test('differences carry their sign, and zero has none', () => {
    expect(formatDifference(0.2)).toBe('+0.2000');
    expect(formatDifference(-0.2)).toBe('−0.2000');
    expect(formatDifference(-0)).toBe('0.0000');
  });

  test('never show a minus before nothing but zeros', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(formatFigure(value)).not.toMatch(/^[-−][0.,]*$/);
      }),
    );
  });
});

test('rows that are weighted keep their digits', () => {
  expect([12, 1234, 56.714, 0.5].map(formatAmount)).toEqual(['12', '1,234', '56.71', '0.5000']);
});

test('shares, counts and p-values', () => {
  expect([0, 0.0004, 0.203, 1, NaN].map(formatShare)).toEqual(['0.0 %', '< 0.1 %', '20.3 %', '100.0 %', '–']);
  expect([0, 999, 1000, 1_012_532].map(formatCount)).toEqual(['0', '999', '1,000', '1,012,532']);
  expect([0.0001, 0.0066, 1].map((p) => formatPValue(p))).toEqual(['< 0.001', '0.007', '1.000']);
  const atFloor: readonly (readonly [number, number])[] = [
    [2 / 1001, 2 / 1001],
    [2 / 301, 2 / 301],
    [4 / 1001, 2 / 1001],
    [2 / 1e6, 2 / 1e6],
    [1, 2],
  ];
  expect(atFloor.map(([p, floor]) => formatPValue(p, floor))).toEqual(['< 0.002', '< 0.007', '0.004', '< 0.001', '1.000']);
});

test('years have no comma, other whole numbers of a column do', () => {
  const years = { min: 1999, max: 2008 };
  expect([1999, 2003.28, 2008].map((value) => formatValue(value, years))).toEqual(['1999', '2003.3', '2008']);
  expect([0, 1999, 12_345.678].map((value) => formatValue(value, { min: 0, max: 20_000 }))).toEqual(['0', '1,999', '12,346']);
  expect(formatValue(5.76312762749814, { min: 0, max: 9.5 })).toBe('5.7631');
});
