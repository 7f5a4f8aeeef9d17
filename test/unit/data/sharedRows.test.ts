import { describe, expect, it } from 'vitest';
import { findSharedRows, repetition, sharedRowsSeverity } from '../../../src/engine/data/sharedRows.ts';

describe('findSharedRows', () => {
  it('counts every judged row that occurs among the others, repeated ones too', () => {
    const shared = findSharedRows(Float64Array.from([9, 4, 4, 7, 1]), Float64Array.from([8, 4, 2, 7, 4]));
    expect(shared).toEqual({ rows: 3, share: 0.6, example: { judged: 1, other: 1 } });
  });

  it.each([
    ['none shared', [1, 2], [3, 4]],
    ['nothing to judge', [], [1]],
    ['no others', [1], []],
  ])('%s', (_name, judged, others) => {
    expect(findSharedRows(Float64Array.from(judged), Float64Array.from(others))).toEqual({ rows: 0, share: 0, example: undefined });
  });
});

it('repetition is the mean number of equal rows', () => {
  expect(repetition(Float64Array.from([5, 1, 5, 5, 1, 2]))).toBe(2);
  expect(repetition(new Float64Array(0))).toBe(0);
});

describe('sharedRowsSeverity', () => {
  const shared = (rows: number) => ({ rows, share: rows / 100, example: { judged: 0, other: 0 } });
  it.each([
    ['copies stop', 2, 1.02, undefined, 'error'],
    ['unless the stage says otherwise', 2, 1.02, 'warn', 'warn'],
    ['a single row is no share', 1, 1.02, undefined, 'warn'],
    ['rows of few columns come back by themselves', 80, 12, 'error', 'warn'],
  ] as const)('%s', (_name, rows, repeated, configured, expected) => {
    expect(sharedRowsSeverity(shared(rows), { configured, repeated })).toBe(expected);
  });
});
