import { expect, test } from 'vitest';
import { findTargetSum } from '../../../src/engine/proposal/sumsOfColumns.ts';
import { proposalWarnings } from '../../../src/engine/proposal/warnings.ts';

const values = (of: (row: number) => number): Float64Array => Float64Array.from({ length: 60 }, (_, row) => of(row));
const [casual, registered, other] = [values((row) => (row * 7) % 31), values((row) => ((row * 13) % 57) + 0.1), values((row) => row % 5)];
const sum = values((row) => (casual[row] ?? 0) + (registered[row] ?? 0));

test.each([
  ['a sum', sum, { casual, other, registered }, { columns: ['casual', 'registered'], sign: 1 }],
  ['a difference', registered, { other, sum, casual }, { columns: ['sum', 'casual'], sign: -1 }],
  [
    'a sum but for missing values',
    sum,
    { casual: casual.map((value, row) => (row % 9 === 0 ? NaN : value)), registered },
    { columns: ['casual', 'registered'], sign: 1 },
  ],
  ['no sum', sum, { casual, other }, undefined],
  ['a copy beside a column of zeros', casual, { copy: casual, zero: values(() => 0) }, undefined],
  ['a sum but in one row', sum.map((value, row) => (row === 41 ? value + 1 : value)), { casual, registered }, undefined],
] as const)('%s', (_name, target, columns, expected) => {
  expect(findTargetSum(target, new Map(Object.entries(columns)))).toEqual(expected);
});

test('warns of what nearly settles the target, and of how long it was watched', () => {
  const use = (column: string) => ({ column, use: 'numeric' as const, reason: '', uses: [] });
  const told = { telling: new Set<string>(), nearly: new Map([['week', 0.965]]), sum: undefined };
  expect(proposalWarnings('arrest', { task: 'binary', uses: [use('week'), use('days'), use('age')], told })).toEqual([
    '"week" alone tells "arrest" to 0.9650 of 1: leave it out if it is known only afterwards.',
    '"days" may be how long it took until "arrest" was known: leave it out if it is not known before.',
  ]);
  expect(proposalWarnings('arr_delay', { task: 'regression', uses: [use('arr_time'), use('dep_time')], told })).toEqual([
    '"arr_time" may be known only with "arr_delay": leave it out if it is not known before.',
  ]);
});
