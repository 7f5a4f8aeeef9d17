import { describe, expect, it } from 'vitest';
import { secretValues } from '../../../src/engine/safety/secretValues.ts';

describe('secretValues', () => {
  it('takes values whose name says so', () => {
    const env = { HF_TOKEN: 'a-token', AWS_SECRET_ACCESS_KEY: 'a-key', DB_PASSWORD: 'a-password', HOME: '/home/ada', PATH: '/bin' };
    expect(secretValues(env).sort()).toEqual(['a-key', 'a-password', 'a-token']);
  });

  it.each([
    ...['OPENAI_KEY', 'GITHUB_PAT', 'PGPWD', 'PGPASSFILE', 'DB_PASS', 'X_TOKEN', 'SSH_PASSPHRASE', 'SENTRY_DSN', 'CARD_PIN'],
    ...['AUTHORIZATION', 'NPM_AUTH', 'MLFLOW_TRACKING_TOKEN', 'MLFLOW_TRACKING_PASSWORD', 'PGPASSWORD', 'openai_key', 'AZURE_ACCOUNT_KEY'],
    ...['GOOGLE_CREDENTIALS', 'MYSQL_PWD', 'SIGNING_KEYS', 'GH_PAT_2', 'PRIVATE-KEY'],
  ])('knows %s', (name) => {
    expect(secretValues({ [name]: 'value' })).toContain('value');
  });

  it.each([
    ...['PGHOST', 'PGPORT', 'PGDATABASE', 'KEYBOARD', 'PATH', 'MONKEY', 'COMPASS', 'PWD', 'OLDPWD'],
    ...['GIT_AUTHOR_NAME', 'XAUTHORITY', 'TOKENIZERS_PARALLELISM', 'PATCH', 'SPIN', 'PASTEL'],
  ])('leaves %s alone', (name) => {
    expect(secretValues({ [name]: 'value' })).toEqual([]);
  });

  it.each(['true', 'False', '0', '1', 'no', 'None', ''])('takes no switch for a secret: %j', (value) => {
    expect(secretValues({ USE_TOKEN: value })).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['postgresql://ada:s3cr%40t@db:5432/x', ['s3cr%40t', 's3cr@t']],
    ['postgresql://ada:p@ss@db/x', ['p', 'p@ss']],
    ['https://:only-password@host', ['only-password']],
    ['redis://ada:a/b@host', ['a/b']],
    ['https://ghp_0123456789abcdef@github.com/a/b', ['ghp_0123456789abcdef']],
    ['https://git@github.com/a/b', []],
    ['https://host:8080/@scope/package', []],
    ['https://host/x?user=ada&api_key=k%2Fey#a', ['k%2Fey#a', 'k/ey#a']],
    ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc+/def==;EndpointSuffix=x', ['abc+/def==']],
    ["host=db user=ada password='with space' port=5", ['with space']],
  ])('takes what is secret out of %s, whatever the name', (value, expected) => {
    expect(secretValues({ SOME_ADDRESS: value })).toEqual(expect.arrayContaining(expected));
    if (expected.length === 0) expect(secretValues({ SOME_ADDRESS: value })).toEqual([]);
  });
});
