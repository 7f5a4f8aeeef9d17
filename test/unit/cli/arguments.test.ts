import { describe, expect, test } from 'vitest';
import { collectOverride, parseCount, parseMoment, parseSince, parseSize } from '../../../src/cli/arguments.ts';
import { formatBytes } from '../../../src/base/format.ts';

describe('values of options', () => {
  test.each(['0', '-1', '1.5', 'x', '', '1e99'])('%j is no count', (text) => {
    expect(() => parseCount(text)).toThrow();
  });

  test('a moment is read as UTC unless it names an offset', () => {
    expect(parseMoment('2001-03-01').toISOString()).toBe('2001-03-01T00:00:00.000Z');
    expect(parseMoment('2001-03-01T12:00').toISOString()).toBe('2001-03-01T12:00:00.000Z');
    expect(parseMoment('2001-03-01T12:00:00+02:00').toISOString()).toBe('2001-03-01T10:00:00.000Z');
  });

  test.each(['yesterday', '03/01/2001', '2001-13-01', ''])('%j is no moment', (text) => {
    expect(() => parseMoment(text)).toThrow();
  });

  test('a length of time counts back from now', () => {
    const before = Date.now() - 7 * 86_400_000;
    expect(Math.abs(parseSince('7d') - before)).toBeLessThan(5000);
    expect(parseSince('2026-01-02')).toBe(Date.UTC(2026, 0, 2));
  });

  test.each([
    ['500', 500],
    ['500MB', 5e8],
    ['1.5 GB', 1.5e9],
    ['2tb', 2e12],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  test.each(['', 'much', '-1GB', '1 PB', '5k'])('%j is no size', (text) => {
    expect(() => parseSize(text)).toThrow();
  });

  test('overrides are collected by path, values may hold equals signs, the last one counts', () => {
    const one = collectOverride('params.query=a=b');
    expect(collectOverride('params.query=c', collectOverride('seed=1', one))).toEqual({ 'params.query': 'c', seed: '1' });
    expect(() => collectOverride('=1')).toThrow();
    expect(() => collectOverride('params.x')).toThrow();
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [88_032_185, '88.0 MB'],
  [999_960_000, '1.0 GB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
