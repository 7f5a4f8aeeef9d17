import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDelimiter, parseCsvRecords, uniqueNames } from '../../../src/engine/data/files/csvHead.ts';

describe('parseCsvRecords', () => {
  test('reads back whatever RFC 4180 can write', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '🚀', ',', ';', '"', '\n', '\r\n', ' ') });
    const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, (rows) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(parseCsvRecords(text, ',', { limit: 100 })).toEqual(rows);
      }),
    );
  });

  test('stops at the limit, and takes an unclosed quote to the end', () => {
    expect(parseCsvRecords('a,b\n1,2\n3,4', ',', { limit: 2 })).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(parseCsvRecords('a,"b\n1', ',', { limit: 9 })).toEqual([['a', 'b\n1']]);
  });
});

test.each([
  ['a,b\n1,2\n', ','],
  ['a;b\n1,5;2\n', ';'],
  ['a\tb c\n1,5\t2\n', '\t'],
  ['"a,x"|b\n1|2\n', '|'],
  ['alone\n1\n', ','],
])('the delimiter of %j is %j', (text, delimiter) => {
  expect(findDelimiter(text)).toBe(delimiter);
});

test('names are unique without regard to case', () => {
  expect(uniqueNames(['a', 'A', '', 'b', 'b', 'b_1', ''])).toEqual(['a', 'A_1', 'column2', 'b', 'b_2', 'b_1', 'column6']);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'A', 'a_1', '', 'column0'), { maxLength: 8 }), (names) => {
      const unique = uniqueNames(names).map((name) => name.toLowerCase());
      expect(new Set(unique).size).toBe(names.length);
    }),
  );
});
