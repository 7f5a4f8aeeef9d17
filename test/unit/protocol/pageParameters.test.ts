import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { placeReader, readCopiedText, readTrainingChoices } from '../../../src/protocol/pageParameters.ts';

const readPlace = placeReader(['stage', 'model']);

describe('what a page sends', () => {
  it('is passed on where it keeps the contract', () => {
    expect(readCopiedText({ text: 'a' })).toBe('a');
    expect(readPlace({ what: 'model' })).toBe('model');
    expect(readTrainingChoices({ leaveOut: ['x'] })).toEqual({ target: undefined, leaveOut: ['x'] });
    expect(readTrainingChoices({ target: 'y', leaveOut: [], path: '/elsewhere' })).toEqual({ target: 'y', leaveOut: [] });
  });

  it('is refused, and never anything but refused, where it does not', () => {
    const refused = [
      () => readCopiedText({ text: 1 }),
      () => readPlace({ what: '../..' }),
      () => readTrainingChoices({ target: {}, leaveOut: [] }),
      () => readTrainingChoices({ leaveOut: [1] }),
    ];
    for (const read of refused) expect(read).toThrow(expect.objectContaining({ code: 'page.badRequest' }));
    fc.assert(
      fc.property(fc.anything(), (params) => {
        for (const read of [readCopiedText, readPlace, readTrainingChoices]) {
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
