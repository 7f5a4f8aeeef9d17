import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { placeReader, readCopiedText, readProposalChoices } from '../../../src/protocol/pages/pageParameters.ts';

const readPlace = placeReader(['stage', 'model']);

describe('what a page sends', () => {
  it('is passed on where it keeps the contract', () => {
    expect(readCopiedText({ text: 'a' })).toBe('a');
    expect(readPlace({ what: 'model' })).toBe('model');
    expect(readProposalChoices({})).toEqual({ uses: [] });
    const choices = { target: 'y', uses: [{ column: 'x', use: 'categorical' }], trainer: 'linear', split: 'random', metric: 'r2_score' };
    expect(readProposalChoices({ ...choices, path: '/elsewhere' })).toEqual(choices);
  });

  it('is refused, and never anything but refused, where it does not', () => {
    const refused = [
      () => readCopiedText({ text: 1 }),
      () => readPlace({ what: '../..' }),
      () => readProposalChoices({ target: {} }),
      () => readProposalChoices({ uses: [{ column: 'x', use: 'target' }] }),
      () => readProposalChoices({ uses: { column: 'x', use: 'ignored' } }),
      () => readProposalChoices({ split: 'kfold' }),
    ];
    for (const read of refused) expect(read).toThrow(expect.objectContaining({ code: 'page.badRequest' }));
    fc.assert(
      fc.property(fc.anything(), (params) => {
        for (const read of [readCopiedText, readPlace, readProposalChoices]) {
          try {
            read(params);
          } catch (error) {
            expect(AppError.is(error, 'page.badRequest')).toBe(true);
          }
        }
      }),
    );
  });
});
