import { describe, expect, it } from 'vitest';
import { association, type FeatureValues, type TargetValues } from '../../../src/engine/data/statistics/association.ts';
import { createRandom } from '../../../src/base/random.ts';

const rows = 4000;
const limit = 0.998;

/** Numbers from 0 to 1, the same at every call with the same seed. */
function uniform(seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => random.nextUint32() / 2 ** 32);
}

const numbers = (values: Float64Array): FeatureValues => ({ kind: 'numbers', values: values.map(Math.fround) });
const exact = (values: Float64Array): FeatureValues => ({ kind: 'numbers', values });
const levels = (codes: ArrayLike<number>): FeatureValues => ({ kind: 'levels', codes: Int32Array.from(codes) });
const classes = (values: Float64Array, count = 2): TargetValues => ({ kind: 'classes', classes: count, values });
const quantity = (values: Float64Array): TargetValues => ({ kind: 'numbers', values });

const delay = uniform(1).map((value) => value * 100 - 50);
const late = delay.map((value) => Number(value > 15));
const band = delay.map((value) => (value < -20 ? 0 : value < 20 ? 1 : 2));
const chance = uniform(2);
/** Every 2,000th row is another one's: 0.05 % noise. */
const noisy = (values: Float64Array): Float64Array => values.map((value, row) => (row % 2000 === 7 ? (values[row + 1] ?? 0) + 1 : value));
const flipped = late.map((value, row) => (row % 2000 === 7 ? 1 - value : value));

describe('a planted leak tells the target', () => {
  it.each<[string, FeatureValues, TargetValues, 'copy' | 'nearly']>([
    ['the target itself', numbers(late), classes(late), 'copy'],
    ['negated', numbers(late.map((value) => -value)), classes(late), 'copy'],
    ['scaled and shifted', numbers(late.map((value) => 1000 * value + 3)), classes(late), 'copy'],
    ['as a category', levels(late), classes(late), 'copy'],
    ['with 0.05 % noise', numbers(flipped), classes(late), 'nearly'],
    ['as a category with 0.05 % noise', levels(flipped), classes(late), 'nearly'],
    ['the number it is computed from', numbers(delay), classes(late), 'nearly'],
    ['that number, negated', numbers(delay.map((value) => -value)), classes(late), 'nearly'],
    ['a number whose middle is the class', numbers(delay), classes(delay.map((value) => Number(Math.abs(value) < 20))), 'nearly'],
    ['a number cut into three classes', numbers(delay), classes(band, 3), 'nearly'],
    ['three classes as numbers', numbers(band.map((value) => 7 - 2 * value)), classes(band, 3), 'copy'],
    [
      'a finer category',
      levels(delay.map((value) => Math.floor((value + 50) / 5))),
      classes(delay.map((value) => Number(value > 15))),
      'nearly',
    ],
    ['missing where the class is 1', numbers(chance.map((value, row) => (late[row] === 1 ? NaN : value))), classes(late), 'copy'],
    ['known in half of the rows only', numbers(late.map((value, row) => (row % 2 === 0 ? NaN : value))), classes(late), 'copy'],
    ['a number, copied', numbers(delay), quantity(delay), 'copy'],
    ['a number, negated, scaled and shifted', numbers(delay.map((value) => 40 - 3.5 * value)), quantity(delay), 'copy'],
    ['a number with 0.05 % noise', numbers(noisy(delay)), quantity(delay), 'nearly'],
    ['a number, by a curve', numbers(delay.map((value) => Math.exp(value / 10))), quantity(delay), 'nearly'],
    [
      'a number that is mostly 0',
      numbers(delay.map((value) => Math.max(0, value))),
      quantity(delay.map((value) => Math.max(0, value))),
      'copy',
    ],
    ['a number far from 0, copied', exact(delay.map((value) => value + 1e9)), quantity(delay.map((value) => value + 1e9)), 'copy'],
    [
      'a number far from 0, kept as float32',
      numbers(delay.map((value) => value + 1e4)),
      quantity(delay.map((value) => value + 1e4)),
      'copy',
    ],
    ['a number of 1e300', numbers(delay), quantity(delay.map((value) => value * 1e300)), 'copy'],
    [
      'a price by product',
      levels(delay.map((value) => Math.floor((value + 50) / 2))),
      quantity(delay.map((value) => 2 * Math.floor(value / 2))),
      'nearly',
    ],
  ])('%s', (_name, feature, target, expected) => {
    const told = association(feature, target);
    expect(told.figure).toBeGreaterThanOrEqual(limit);
    expect(told.isCopy).toBe(expected === 'copy');
    expect(told.evidence).toBeGreaterThanOrEqual(300);
  });
});

describe('an honest feature does not', () => {
  const trend = Float64Array.from({ length: rows }, (_, row) => row / 10);
  const walk = (): Float64Array => {
    let level = 100;
    return chance.map((value) => (level += value - 0.499));
  };
  const price = walk();
  it.each<[string, FeatureValues, TargetValues]>([
    ['chance', numbers(chance), classes(late)],
    ['a strong but honest number', numbers(delay.map((value, row) => value + 10 * (chance[row] ?? 0))), classes(late)],
    ['a number of each row', numbers(Float64Array.from({ length: rows }, (_, row) => row)), classes(late)],
    ['a name of each row', levels(Float64Array.from({ length: rows }, (_, row) => row)), classes(late)],
    ['a name of each two rows', levels(Float64Array.from({ length: rows }, (_, row) => row >> 1)), classes(late)],
    ['a number of each row, where classes come in runs', numbers(trend), classes(trend.map((value) => Number(value % 4 < 2)))],
    ['the same in every row', numbers(new Float64Array(rows).fill(3)), classes(late)],
    ['missing in every row', numbers(new Float64Array(rows).fill(NaN)), classes(late)],
    ['identifiers of 16 digits', exact(chance.map((value) => 2 ** 53 - 1000 + Math.floor(value * 1000))), quantity(delay)],
    ['milliseconds since 1970', exact(chance.map((value) => 1.7e12 + Math.floor(value * 1e6))), quantity(delay)],
    ['whole numbers that float32 hardly tells apart', exact(chance.map((value) => 1.6e7 + Math.floor(value * 100))), quantity(delay)],
    ['infinite in some rows', numbers(chance.map((value) => (value > 0.9 ? Infinity : value))), quantity(delay)],
    [
      'a series with the same trend (R² above 0.999)',
      numbers(trend.map((value, row) => value + (chance[row] ?? 0))),
      quantity(trend.map((value, row) => value + (delay[row] ?? 0) / 50)),
    ],
    ['the price a day before', numbers(Float64Array.from(price, (_, row) => price[Math.max(0, row - 1)] ?? 0)), quantity(price)],
    [
      '0 where the target is mostly 0',
      numbers(chance.map((value) => (value > 0.999 ? value : 0))),
      quantity(delay.map((value) => (value > 49.9 ? value : 0))),
    ],
    [
      'a strong but honest category',
      levels(delay.map((value, row) => Math.floor((value + 50 + 8 * (chance[row] ?? 0)) / 5))),
      classes(late),
    ],
  ])('%s', (_name, feature, target) => {
    expect(association(feature, target).figure).toBeLessThan(0.98);
  });
});

it('says how many rows were looked at, and how many of them are evidence', () => {
  const half = numbers(late.map((value, row) => (row % 2 === 0 ? NaN : value)));
  const known = late.filter((_, row) => row % 2 === 1);
  expect(association(half, classes(late))).toMatchObject({
    by: 'value',
    rows: 2000,
    evidence: known.filter((value) => value === 1).length,
  });
  expect(association(numbers(chance.map((value, row) => (late[row] === 1 ? NaN : value))), classes(late))).toMatchObject({
    by: 'missing',
    rows,
  });
});

it('does not judge a handful of rows', () => {
  const few = Float64Array.from([0, 1, 0, 1, 1, 0]);
  expect(association(numbers(few), classes(few)).figure).toBe(0);
});
