import { describe, expect, it } from 'vitest';
import { createMask, secretValues } from '../../../src/engine/safety/masking.ts';

describe('createMask', () => {
  it('replaces every occurrence, the longest secret first', () => {
    expect(createMask(['abcd', 'abcdef'])('x abcdef y abcd')).toBe('x *** y ***');
  });

  it('leaves words alone that are too short to be a secret', () => {
    expect(createMask(['1', 'no', ''])('no 1')).toBe('no 1');
  });
});

describe('secretValues', () => {
  it('takes values whose name says so', () => {
    const env = { HF_TOKEN: 'a-token', AWS_SECRET_ACCESS_KEY: 'a-key', DB_PASSWORD: 'a-password', HOME: '/home/ada', PATH: '/bin' };
    expect(secretValues(env).sort()).toEqual(['a-key', 'a-password', 'a-token']);
  });
});
