import { describe, expect, it } from 'vitest';
import { findSharedRows, isSharedByChance, sharedRowsSeverity, twinShare } from '../../../src/engine/data/rows/sharedRows.ts';

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

it('the share of rows that have an equal one in their own part', () => {
  expect(twinShare(Float64Array.from([5, 1, 5, 5, 1, 2]))).toBeCloseTo(5 / 6, 12);
  expect(twinShare(new Float64Array(0))).toBe(0);
});

describe('shared rows are chance', () => {
  const shared = (rows: number, judged: number) => ({ rows, share: rows / judged, example: { judged: 0, other: 0 } });
  /** A hundred rows, of which so many are pairs. */
  const learned = (pairs: number): Float64Array =>
    Float64Array.from({ length: 100 }, (_, row) => (row < 2 * pairs ? row >> 1 : 1000 + row));
  it.each([
    ['as many as repeat among the learned ones', 20, 100, 10, true],
    ['twice as many', 40, 100, 10, true],
    ['all of them, where few repeat', 100, 100, 10, false],
    ['some, where none repeat', 5, 100, 0, false],
    ['all of them, where all repeat', 100, 100, 50, true],
  ])('%s', (_name, rows, judged, pairs, expected) => {
    expect(isSharedByChance(shared(rows, judged), twinShare(learned(pairs)))).toBe(expected);
  });
});

describe('sharedRowsSeverity', () => {
  const shared = (rows: number) => ({ rows, share: rows / 100, example: { judged: 0, other: 0 } });
  it.each([
    ['copies stop', 2, undefined, 'error'],
    ['unless the stage says otherwise', 2, 'warn', 'warn'],
    ['a single row is no share', 1, undefined, 'warn'],
  ] as const)('%s', (_name, rows, configured, expected) => {
    expect(sharedRowsSeverity(shared(rows), configured)).toBe(expected);
  });
});
