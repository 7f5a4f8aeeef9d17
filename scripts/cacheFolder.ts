/** Where things lie that are installed outside the clone. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for what is installed outside the clone; reused by every clone of this user. */
export function cacheFolder(): string {
  return process.env.MILLWRIGHT_CACHE ?? join(homedir(), '.cache', 'millwright');
}
