/** Every reason for which a row is not predicted, and rows for which there is none. */
import { describe, expect, it } from 'vitest';
import { missingTime, type ColumnVector } from '../../../src/engine/data/rows/columns.ts';
import { findFaults } from '../../../src/engine/inference/prediction/inputChecks.ts';
import type { ModelInput } from '../../../src/engine/inference/scoring/model.ts';

const numbers = (...values: number[]): ColumnVector => ({ kind: 'number', values: Float64Array.from(values) });
const texts = (...values: (string | null)[]): ColumnVector => ({ kind: 'text', values });
const times = (...values: bigint[]): ColumnVector => ({ kind: 'time', values: BigInt64Array.from(values) });

const number: ModelInput = { name: 'x', type: 'number', tensor: 'double', nullable: true };
const text: ModelInput = { name: 'x', type: 'category', tensor: 'string', nullable: true };
const time: ModelInput = { name: 'x', type: 'timestamp', tensor: 'int64', nullable: true };
const day = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

function faultsOf(input: ModelInput, vector: ColumnVector, misfits?: (string | null)[]): [number, string[]][] {
  const chunk = { rows: vector.values.length, columns: { x: vector }, ...(misfits === undefined ? {} : { misfits: { x: misfits } }) };
  return [...findFaults(chunk, [input])];
}

describe('findFaults', () => {
  it.each<[string, ModelInput, ColumnVector]>([
    ['numbers, missing ones and infinite ones among them', number, numbers(1, NaN, Infinity, -0.5)],
    ['numbers on the bounds', { ...number, min: 1, max: 3 }, numbers(1, 3, NaN)],
    ['whole numbers', { ...number, type: 'integer' }, numbers(-3, 0, 2 ** 53, NaN)],
    ['truth values', { ...number, type: 'boolean', values: [true, false] }, numbers(0, 1, NaN)],
    ['allowed texts', { ...text, values: ['a', 'true', '2'] }, texts('a', 'true', '2', null)],
    ['the empty text', text, texts('')],
    ['times on the bounds', { ...time, min: '2001-01-01', max: '2001-12-31' }, times(day('2001-01-01'), day('2001-12-31'), missingTime)],
    ['allowed times', { ...time, values: ['2001-01-01'] }, times(day('2001-01-01'))],
  ])('lets %s pass', (_, input, vector) => {
    expect(faultsOf(input, vector)).toEqual([]);
  });

  it.each<[string, ModelInput, ColumnVector, string]>([
    ['a missing number', { ...number, nullable: false }, numbers(1, NaN), '"x" is missing'],
    ['a missing text', { ...text, nullable: false }, texts('a', null), '"x" is missing'],
    ['a missing time', { ...time, nullable: false }, times(0n, missingTime), '"x" is missing'],
    ['a number below', { ...number, min: 0 }, numbers(0, -1), '"x" is -1, below the smallest allowed, 0'],
    ['a number above', { ...number, max: 10 }, numbers(10, 10.5), '"x" is 10.5, above the largest allowed, 10'],
    ['an infinite number', { ...number, max: 10 }, numbers(10, Infinity), '"x" is Infinity, above the largest allowed, 10'],
    ['a fraction', { ...number, type: 'integer' }, numbers(2, 2.5), '"x" is 2.5, not a whole number'],
    ['a number that is no truth value', { ...number, type: 'boolean' }, numbers(1, 2), '"x" is 2, not true or false'],
    ['another number', { ...number, values: [1, 2] }, numbers(2, 3), '"x" is "3", which is not among the values allowed'],
    ['another text', { ...text, values: ['a'] }, texts('a', 'A'), '"x" is "A", which is not among the values allowed'],
    [
      'a time before',
      { ...time, min: '2001-01-01' },
      times(day('2001-01-01'), day('2000-12-31')),
      '"x" is 2000-12-31, below the smallest allowed, 2001-01-01',
    ],
    [
      'a time after',
      { ...time, max: '2001-01-01 12:00' },
      times(0n, day('2001-01-01T12:00:01Z')),
      '"x" is 2001-01-01T12:00:01Z, above the largest allowed, 2001-01-01 12:00',
    ],
  ])('finds %s in the second row', (_, input, vector, reason) => {
    expect(faultsOf(input, vector)).toEqual([[1, [reason]]]);
  });

  it('names a text that is not of the type once, not as missing, and cuts it', () => {
    const input: ModelInput = { ...number, nullable: false };
    expect(faultsOf(input, numbers(NaN, NaN), [null, 'abc'])).toEqual([
      [1, ['"x" is "abc", not of the type number']],
      [0, ['"x" is missing']],
    ]);
    expect(faultsOf(number, numbers(NaN), ['y'.repeat(100)])).toEqual([[0, [`"x" is "${'y'.repeat(59)}…", not of the type number`]]]);
  });

  it('gives every reason of a row, in the order of the inputs', () => {
    const chunk = { rows: 1, columns: { a: numbers(-1), b: numbers(NaN) } };
    const inputs: ModelInput[] = [
      { ...number, name: 'a', min: 0 },
      { ...number, name: 'b', nullable: false },
    ];
    expect(findFaults(chunk, inputs).get(0)).toEqual(['"a" is -1, below the smallest allowed, 0', '"b" is missing']);
  });
});
