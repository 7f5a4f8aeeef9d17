import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findKeyLines, findStageLine } from '../../../src/extension/projectFile/stageLines.ts';

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
    expect(findStageLine(findKeyLines(text), 'train', 3)).toBe(3);
  });

  it('is the nearest one after lines were added above', () => {
    expect(findStageLine(findKeyLines(['# new', '', ...text]), 'train', 3)).toBe(3);
    expect(findStageLine(findKeyLines(['# new', '', '', '', ...text]), 'train', 3)).toBe(5);
  });

  it('knows quoted names', () => {
    expect(findStageLine(findKeyLines(text), 'quoted stage', 0)).toBe(5);
    expect(findStageLine(findKeyLines(text), 'a.b', 0)).toBe(6);
  });

  it('takes no other name for it', () => {
    expect(findStageLine(findKeyLines(['  axb: {}', '  trainer: {}', 'train: {}']), 'a.b', 0)).toBeUndefined();
    expect(findStageLine(findKeyLines(['  axb: {}', '  trainer: {}', 'train: {}']), 'train', 0)).toBeUndefined();
  });

  it('is found for any name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\s"':#][^"'\s:]{0,20}$/), (name) => {
        expect(findStageLine(findKeyLines(['stages:', `  ${name}: {}`]), name, 0)).toBe(1);
      }),
    );
  });
});
