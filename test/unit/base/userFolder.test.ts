import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compiledCodeFolder, configFolder } from '../../../src/base/userFolder.ts';

const folders = (env: Readonly<Record<string, string>>): readonly string[] => [configFolder(env), compiledCodeFolder(env)];

it.runIf(process.platform === 'linux')('lies under an absolute folder that the environment names, and at home otherwise', () => {
  const atHome = folders({});
  expect(folders({ XDG_CONFIG_HOME: '/etc/own', XDG_CACHE_HOME: '/var/own' })).toEqual([
    '/etc/own/millwright',
    '/var/own/millwright/compiled',
  ]);
  expect(folders({ XDG_CONFIG_HOME: 'in/project', XDG_CACHE_HOME: '' })).toEqual(atHome);
});

it.runIf(process.platform === 'linux').each(['', 'in/project'])('is the user’s own, not the project’s, where HOME is "%s"', (named) => {
  const before = process.env.HOME;
  process.env.HOME = named;
  try {
    expect(folders({})).toEqual([
      join(userInfo().homedir, '.config', 'millwright'),
      join(userInfo().homedir, '.cache', 'millwright', 'compiled'),
    ]);
  } finally {
    process.env.HOME = before;
  }
});
