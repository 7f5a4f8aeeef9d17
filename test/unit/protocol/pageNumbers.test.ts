import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packNumbers, unpackNumbers } from '../../../src/protocol/pages/pageNumbers.ts';

const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.double().map((value) => (value === 0 ? 0 : value)), // JSON has no −0
    fc.string(),
    fc.boolean(),
    fc.constant(null),
  ),
  tree: fc.oneof({ depthSize: 'small' }, tie('leaf'), fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
}));

test('what goes to a page comes back as it was, through JSON', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(unpackNumbers(JSON.parse(JSON.stringify(packNumbers(value))))).toEqual(value);
    }),
  );
});

test('what has no NaN and no infinities stays the same object', () => {
  const fine = { a: [1, 'NaN', null], bytes: new Uint8Array(2) };
  const packed = packNumbers({ loss: NaN, fine }) as { readonly fine: unknown };
  expect(packed.fine).toBe(fine);
  expect(packNumbers(fine)).toBe(fine);
  expect(unpackNumbers(fine)).toBe(fine);
});
