import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSorter } from '../../../src/engine/training/gbdt/sortNumbers.ts';

const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(-0, 0, Infinity, -Infinity, 5e-324, -5e-324),
);

test('sorts as the sort of typed arrays does, to the bit, and again with the same room', () => {
  const sorter = new NumberSorter(300);
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (numbers) => {
      const sorted = Float64Array.from(numbers);
      sorter.sort(sorted);
      expect(sorted).toEqual(Float64Array.from(numbers).sort());
    }),
  );
});

test('sorts what lies inside a larger array, and leaves the rest', () => {
  const all = Float64Array.of(9, 3, -1, 2, 8);
  new NumberSorter(3).sort(all.subarray(1, 4));
  expect(all).toEqual(Float64Array.of(9, -1, 2, 3, 8));
});
