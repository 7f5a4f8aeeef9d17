/** Where what is this user's own lies, outside of every project. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's own folder for answers; `MILLWRIGHT_CONFIG_HOME` names another. */
export function configFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env.MILLWRIGHT_CONFIG_HOME;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'darwin') return join(home(), 'Library', 'Application Support', 'millwright');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(home(), 'AppData', 'Roaming'), 'millwright');
  return join(absolute(env.XDG_CONFIG_HOME) ?? join(home(), '.config'), 'millwright');
}

/** The folder for code that was compiled, within the user's own for what can be made anew; `MILLWRIGHT_CONFIG_HOME` names another. */
export function compiledCodeFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(userCacheFolder(env), 'compiled');
}

function userCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.MILLWRIGHT_CONFIG_HOME;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'darwin') return join(home(), 'Library', 'Caches', 'millwright');
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(home(), 'AppData', 'Local'), 'millwright');
  return join(absolute(env.XDG_CACHE_HOME) ?? join(home(), '.cache'), 'millwright');
}

/** What an empty `HOME` or a relative folder names lies in the project: a cloned one would bring answers and code of its own. */
function home(): string {
  return absolute(homedir()) ?? userInfo().homedir;
}

const absolute = (folder: string | undefined): string | undefined => (folder !== undefined && isAbsolute(folder) ? folder : undefined);
