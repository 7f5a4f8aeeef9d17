/** Where the database of a `sqlite:` URI lies, as SQLAlchemy reads one, and what it is called from elsewhere. */
import { resolve } from 'node:path';

const prefix = 'sqlite:///';

/** Three slashes begin a path from the project folder, a fourth one an absolute path. */
export function databasePath(root: string, uri: string): string {
  return resolve(root, uri.slice(prefix.length));
}

/** The URI that means the same file in every folder. */
export function databaseUri(path: string): string {
  return `${prefix}${path.replaceAll('\\', '/')}`;
}

/** The database, with what SQLite keeps beside it while somebody writes. */
export function databaseFiles(path: string): readonly string[] {
  return [path, `${path}-wal`, `${path}-journal`];
}
