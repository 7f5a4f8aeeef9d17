import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitted,
  isValidKey,
  metricValue,
  requireExperimentName,
  requireKey,
  requireMetric,
  storedValue,
} from '../../../src/engine/tracking/store/entryLimits.ts';

describe('names', () => {
  it.each(['roc_auc', 'learning rate', 'features/numeric', 'a:b', 'a.b-c', 'Größe', '数', 'x'.repeat(250)])('accepts %s', (key) => {
    expect(isValidKey(key)).toBe(true);
  });

  it.each(['', '/a', 'a/', 'a//b', './a', 'a/../b', '..', '...', 'a,b', 'a"b', 'a\nb', '🙂', 'x'.repeat(251)])('refuses %j', (key) => {
    expect(isValidKey(key)).toBe(false);
    expect(() => {
      requireKey(key, 'metric');
    }).toThrow(expect.objectContaining({ code: 'tracking.badName' }));
  });

  it('counts characters, not UTF-16 units', () => {
    expect(isValidKey('𝒳'.repeat(250))).toBe(true);
    expect(isValidKey('𝒳'.repeat(251))).toBe(false);
  });

  it('asks experiments for 1 to 500 characters', () => {
    requireExperimentName('any: "name" 🙂');
    for (const name of ['', 'x'.repeat(501)]) {
      expect(() => {
        requireExperimentName(name);
      }).toThrow(expect.objectContaining({ code: 'tracking.badName' }));
    }
  });
});

describe('metrics', () => {
  it('gives back every value that it stores', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        fc.pre(Math.abs(value) !== Number.MAX_VALUE);
        const { value: stored, isNan } = storedValue(value);
        expect(Number.isFinite(stored)).toBe(true);
        expect(metricValue(stored, isNan === 1)).toBe(value);
      }),
    );
  });

  it.each([
    [Number.NaN, { value: 0, isNan: 1 }],
    [Number.POSITIVE_INFINITY, { value: 1.7976931348623157e308, isNan: 0 }],
    [Number.NEGATIVE_INFINITY, { value: -1.7976931348623157e308, isNan: 0 }],
  ])('stores %d as MLflow does', (value, stored) => {
    expect(storedValue(value)).toEqual(stored);
  });

  it.each([
    { step: 0.5, timestamp: 1 },
    { step: 0, timestamp: -1 },
    { step: 2 ** 53, timestamp: 1 },
    { step: Number.NaN, timestamp: 1 },
  ])('refuses step and time of %j', (place) => {
    expect(() => {
      requireMetric({ key: 'loss', value: 1, ...place });
    }).toThrow(expect.objectContaining({ code: 'tracking.badMetric' }));
  });
});

it('cuts long values between characters', () => {
  expect(fitted('abc', 3)).toBe('abc');
  expect(fitted('abcd', 3)).toBe('abc');
  expect(fitted('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
  expect(fitted('🙂🙂🙂🙂', 3)).toBe('🙂🙂🙂');
});
