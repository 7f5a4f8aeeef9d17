import { expect, it } from 'vitest';
import { missingText, unreadableText } from '../../../src/engine/data/rows/columns.ts';
import { fitCategorical, missingNumber, withMissingLevel } from '../../../src/engine/features/fitFeatures.ts';
import type { CategoricalFeature } from '../../../src/engine/features/planFeatures.ts';

const feature: CategoricalFeature = {
  kind: 'categorical',
  name: 'x',
  column: { name: 'x', type: 'text', storedAs: 'VARCHAR' },
  encode: 'native',
  maxLevels: 254,
  otherCode: NaN,
  missingIsLevel: false,
};
const target = { classes: ['no', 'yes'], values: Float64Array.of(0, 1) };

it('tells texts apart that differ in one character only, in an order that no locale changes', () => {
  const dictionary = ['b', 'a ', 'A', '\ufeffa', 'a', 'ä', 'a\u0308', ''];
  const codes = Int32Array.from(dictionary.keys());
  expect(fitCategorical(feature, { dictionary, codes }, target).levels.values).toEqual(dictionary.toSorted());
});

it('takes no text for a level that a model cannot be asked about', () => {
  const dictionary = ['a\0b', missingText, unreadableText, 'a'];
  const { levels, codes } = fitCategorical(feature, { dictionary, codes: Int32Array.of(0, 1, 2, 3, 0) }, target);
  expect(levels.values).toEqual(['a']);
  expect([...codes]).toEqual([0, 1]);
});

it('makes a missing value a level, beside those that training has not seen, where it is asked to', () => {
  const asked = { ...feature, missingIsLevel: true, maxLevels: 2 };
  const rows = { dictionary: ['b', 'a', 'c'], codes: Int32Array.of(0, 1, 1, 2, 2, -1) };
  const { levels, codes } = fitCategorical(asked, withMissingLevel(rows, asked), { classes: [], values: new Float64Array(6) });
  expect(levels.values).toEqual([missingText, 'a']);
  expect([...codes]).toEqual([0, 1, 2]);
  const numbers = { ...asked, column: { name: 'x', type: 'integer', storedAs: 'BIGINT' } as const };
  const whole = { dictionary: [7, 3], codes: Int32Array.of(0, 1, -1) };
  expect(fitCategorical({ ...numbers, maxLevels: 9 }, withMissingLevel(whole, numbers), target).levels).toEqual({
    kind: 'integer',
    values: [missingNumber, 3, 7],
  });
  expect(withMissingLevel({ ...rows, codes: Int32Array.of(0, 1) }, asked).dictionary).toEqual(['b', 'a', 'c']);
});
