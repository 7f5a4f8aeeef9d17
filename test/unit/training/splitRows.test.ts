/** Which split a stage means. */
import { describe, expect, it } from 'vitest';
import { planSplit } from '../../../src/engine/training/rows/splitRows.ts';

describe('planSplit', () => {
  it.each([
    ['nothing said, a time', undefined, 'when', { by: 'time', folds: undefined, share: 0.2, time: 'when' }],
    ['nothing said, no time', undefined, undefined, { by: 'stratified', folds: undefined }],
    ['folds, a time', { split: 'kfold' }, 'when', { by: 'time', folds: 5 }],
    ['folds, no time', { split: 'kfold', folds: 3 }, undefined, { by: 'stratified', folds: 3 }],
    ['folds of a group', { split: 'kfold', group: 'user' }, 'when', { by: 'group', group: 'user', time: undefined }],
    ['folds at random', { split: 'kfold', by: 'random' }, 'when', { by: 'random', group: undefined, time: undefined }],
    ['a share at random', { split: 'random', share: 0.3 }, 'when', { by: 'random', share: 0.3, folds: undefined }],
  ] as const)('%s', (_, validation, time, expected) => {
    expect(planSplit(validation, time)).toMatchObject(expected);
  });

  it.each([
    ['training.noTime', { split: 'kfold', by: 'time' }],
    ['training.noGroup', { split: 'kfold', by: 'group' }],
    ['training.noTime', { split: 'time' }],
  ] as const)('refuses with %s', (code, validation) => {
    expect(() => planSplit(validation, undefined)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
