import { describe, expect, it } from 'vitest';
import { createMask, secretValues } from '../../../src/engine/safety/masking.ts';

describe('createMask', () => {
  it('replaces every occurrence, the longest secret first', () => {
    expect(createMask(['abcd', 'abcdef'])('x abcdef y abcd')).toBe('x *** y ***');
  });

  it('masks short values as whole words only', () => {
    expect(createMask(['123', '7', ''])('PIN 123, 1234, 0.123, 17 and 7')).toBe('PIN ***, 1234, 0.123, 17 and ***');
  });

  it('masks every line of a value with several', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADAN\r\nabc+/def=\n-----END KEY-----';
    const mask = createMask([key]);
    expect(key.split(/\r?\n/).map(mask)).toEqual(['***', '***', '***', '***']);
    expect(mask(key)).toBe('***');
  });

  it.each(['a.c', '(', '$&', '\\d+', '[x]'])('takes %s for a text, not for a pattern', (secret) => {
    expect(createMask([secret])(`x ${secret} abc`)).toBe('x *** abc');
  });
});

describe('secretValues', () => {
  it('takes values whose name says so', () => {
    const env = { HF_TOKEN: 'a-token', AWS_SECRET_ACCESS_KEY: 'a-key', DB_PASSWORD: 'a-password', HOME: '/home/ada', PATH: '/bin' };
    expect(secretValues(env).sort()).toEqual(['a-key', 'a-password', 'a-token']);
  });

  it.each(['OPENAI_KEY', 'GITHUB_PAT', 'PGPWD', 'PGPASSFILE', 'DB_PASS', 'X_TOKEN', 'SSH_PASSPHRASE', 'SENTRY_DSN', 'CARD_PIN'])(
    'knows %s',
    (name) => {
      expect(secretValues({ [name]: 'value' })).toContain('value');
    },
  );

  it.each(['PGHOST', 'PGPORT', 'KEYBOARD', 'PATH', 'MONKEY', 'COMPASS', 'PWD', 'OLDPWD'])('leaves %s alone', (name) => {
    expect(secretValues({ [name]: 'value' })).toEqual([]);
  });

  it('takes the password out of an address, whatever the name', () => {
    expect(secretValues({ DATABASE_URL: 'postgresql://ada:s3cr%40t@db:5432/x' })).toEqual(['s3cr%40t', 's3cr@t']);
  });
});
