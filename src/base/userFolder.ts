/** Where what is this user's own lies, outside of every project. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's own folder for answers; `MILLWRIGHT_CONFIG_HOME` names another. */
export function configFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env.MILLWRIGHT_CONFIG_HOME;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'millwright');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'millwright');
  const xdg = env.XDG_CONFIG_HOME;
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.config') : xdg, 'millwright');
}

/** The folder for code that was compiled, within the user's own for what can be made anew; `MILLWRIGHT_CONFIG_HOME` names another. */
export function compiledCodeFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(userCacheFolder(env), 'compiled');
}

function userCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.MILLWRIGHT_CONFIG_HOME;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'millwright');
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'millwright');
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg, 'millwright');
}
