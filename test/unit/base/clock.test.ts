import { expect, it } from 'vitest';
import { durationForm, parseDuration } from '../../../src/base/clock.ts';

it.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['7', undefined],
  ['7D', undefined],
  ['-7d', undefined],
  ['7d ', undefined],
  ['1.5h', undefined],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it('takes the units that are allowed, and no other', () => {
  expect(durationForm(['s', 'h']).test('7h')).toBe(true);
  expect(durationForm(['s', 'h']).test('7m')).toBe(false);
});
