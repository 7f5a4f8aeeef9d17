/** What is said of stages in every view. */
import { describe, expect, it } from 'vitest';
import { reasonWords } from '../../../src/protocol/words/stageWords.ts';

describe('why a stage would run', () => {
  it.each([
    [[], ''],
    [['it has not run yet'], 'it has not run yet'],
    [['seed changed 1 → 2', 'dep train.py changed'], 'seed changed 1 → 2; dep train.py changed'],
    [['The gate did not open.', 'seed changed 1 → 2'], 'The gate did not open. seed changed 1 → 2'],
  ])('%j', (reasons, words) => {
    expect(reasonWords(reasons)).toBe(words);
  });
});
