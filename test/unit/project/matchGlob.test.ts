import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatcher } from '../../../src/engine/project/graph/matchGlob.ts';

describe('a glob', () => {
  const part = fc.constantFrom(
    '*',
    '?',
    'a',
    'b',
    'ab',
    '/',
    '/',
    '/**/',
    '[ab]',
    '[!a]',
    '[a-c]',
    '{a,b}',
    '{a,b/c}',
    '{1..3}',
    '.a',
    '1',
  );
  const glob = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('').replace(/^\/|\/$|\/(?=\/)/g, ''));
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'abc', '.a', '1', '2', 'c', 'ba'), { minLength: 1, maxLength: 4 })
    .map((steps) => steps.join('/'));

  // Node says that a/.a fits **/*/.a and does not fit **/*/**/.a
  const hiddenBehindTwo = /\*\*\/.*\*\*\/\./;

  it('fits a hidden file behind folders that may be none', () => {
    expect(globMatcher('**/*/**/.a')('a/.a')).toBe(true);
  });

  it('fits what Node says that it fits', () => {
    fc.assert(
      fc.property(path, glob, (one, pattern) => {
        fc.pre(!hiddenBehindTwo.test(pattern));
        expect(globMatcher(pattern)(one), `${one} and ${pattern}`).toBe(posix.matchesGlob(one, pattern));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['stars', `${'*a'.repeat(30)}b`, 'a'.repeat(200)],
    ['folders', `${'**/a/'.repeat(30)}b`, 'a/'.repeat(200)],
    ['stars in a row', '*'.repeat(4000), `${'a/'.repeat(2000)}b`],
    ['any characters', `${'?*'.repeat(100)}b`, 'a'.repeat(4000)],
  ])('of many %s is told at once, where Node tries for minutes', (_, pattern, one) => {
    expect(globMatcher(pattern)(one)).toBe(false);
  });

  it('of more alternatives than can be tried may fit anything', () => {
    expect(globMatcher('{a,b}'.repeat(30))('x')).toBe(true);
    expect(globMatcher('{1..999999999}')('x')).toBe(true);
  });
});
