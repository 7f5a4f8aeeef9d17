/** Where artifacts lie: the locations MLflow stores, and what they are on this machine. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from '../../base/files.ts';

/** The folders in which MLflow keeps artifacts beside its database; a location is recognised by them after a move. */
const artifactFolders = new Set(['mlruns', 'mlartifacts']);

/**
 * The location that MLflow stores for `mlruns/<parts>` of a project: an absolute path, on Windows a `file:` URI.
 * @param root the project folder, where `mlflow.db` lies
 */
export function artifactLocation(root: string, ...parts: readonly string[]): string {
  const path = join(root, 'mlruns', ...parts);
  return process.platform === 'win32' ? `file:///${path.replaceAll('\\', '/')}` : path;
}

/**
 * The path of an artifact location on this machine: of a run (`run.artifactUri`) or of a model version (`version.source`).
 * A location that is no longer there, because the project was moved or comes from another machine, is looked for below the
 * database's own folder.
 * @returns undefined where it lies elsewhere (`s3:`, `mlflow-artifacts:` without its folder …)
 */
export function resolveArtifacts(root: string, location: string): string | undefined {
  const stored = localPath(location);
  if (stored !== undefined && existsSync(stored)) return stored;
  const moved = movedPath(root, location);
  return moved !== undefined && existsSync(moved) ? moved : stored;
}

/** The local path that a location names, whether or not something is there. */
export function localPath(location: string): string | undefined {
  if (isAbsolute(location)) return location;
  if (!location.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(location);
  } catch {
    return undefined; // a file on another host, or no valid URI: not here
  }
}

/** A location inside `root` that artifacts may be written to, or undefined. */
export function writableArtifacts(root: string, location: string | undefined): string | undefined {
  const path = location === undefined ? undefined : localPath(location);
  return path !== undefined && path !== root && isInside(root, path) ? path : undefined;
}

function movedPath(root: string, location: string): string | undefined {
  const steps = location
    .replace(/^mlflow-artifacts:\/*/, 'mlartifacts/')
    .split(/[\\/]/)
    .filter((step) => step !== '' && step !== '.');
  const start = steps.findLastIndex((step) => artifactFolders.has(step));
  return start === -1 || steps.includes('..') ? undefined : join(root, ...steps.slice(start));
}
