import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findStageLine } from '../../../src/extension/stageLines.ts';

const text = `datasets:
  train: {path: a.csv}
stages:
  train:
    uses: train
  "quoted stage": {uses: validate}
  'a.b': {run: echo}
`.split('\n');

describe('the line of a stage in an edited file', () => {
  it('is where it was last seen', () => {
    expect(findStageLine(text, 'train', 3)).toBe(3);
  });

  it('is the nearest one after lines were added above', () => {
    expect(findStageLine(['# new', '', ...text], 'train', 3)).toBe(3);
    expect(findStageLine(['# new', '', '', '', ...text], 'train', 3)).toBe(5);
  });

  it('knows quoted names', () => {
    expect(findStageLine(text, 'quoted stage', 0)).toBe(5);
    expect(findStageLine(text, 'a.b', 0)).toBe(6);
  });

  it('takes no other name for it', () => {
    expect(findStageLine(['  axb: {}', '  trainer: {}', 'train: {}'], 'a.b', 0)).toBeUndefined();
    expect(findStageLine(['  axb: {}', '  trainer: {}', 'train: {}'], 'train', 0)).toBeUndefined();
  });

  it('is found for any name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\s"':#][^"'\n\r:]{0,20}$/), (name) => {
        expect(findStageLine(['stages:', `  ${name}: {}`], name, 0)).toBe(1);
      }),
    );
  });
});
