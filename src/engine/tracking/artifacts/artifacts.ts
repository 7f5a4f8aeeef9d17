/** Where artifacts lie: the locations MLflow stores, and what they are on this machine. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInside } from '../../../base/files.ts';
import { artifactsFolder } from '../../../protocol/tables/storedNames.ts';

/** The folders in which MLflow keeps artifacts beside its database; a location is recognised by them after a move. */
export const artifactFolders = [artifactsFolder, 'mlartifacts'] as const;

/**
 * The location that MLflow stores for `mlruns/<parts>` of a project: an absolute path, on Windows a `file:` URI.
 * @param root the project folder, where `mlflow.db` lies
 */
export function artifactLocation(root: string, ...parts: readonly string[]): string {
  return locationOf(join(root, artifactsFolder, ...parts));
}

/** The location that MLflow stores for a path. */
export function locationOf(path: string): string {
  return process.platform === 'win32' ? `file:///${path.replaceAll('\\', '/')}` : path;
}

/**
 * The path of an artifact location on this machine: of a run (`run.artifactUri`) or of a model version (`version.source`).
 * Where the project was moved, or copied, the location still names the old place: what lies below the database's own folder
 * counts, so that a copy never reads the original's files.
 * @returns undefined where it lies elsewhere (`s3:`, `mlflow-artifacts:` without its folder …)
 */
export function resolveArtifacts(root: string, location: string): string | undefined {
  const stored = localPath(location);
  if (stored !== undefined && isInside(root, stored) && existsSync(stored)) return stored;
  const moved = movedPath(root, location);
  return moved !== undefined && existsSync(moved) ? moved : stored;
}

/** The path that artifacts of a location are written to: in the project, wherever it lay when the location was stored. */
export function ownArtifacts(root: string, location: string): string | undefined {
  return writableArtifacts(root, location) ?? movedArtifacts(root, location)?.path ?? localPath(location);
}

/** Where a location outside of the project would lie in it; undefined where it lies in it, or is none of MLflow's folders. */
export function movedArtifacts(root: string, location: string): { readonly path: string; readonly location: string } | undefined {
  const stored = localPath(location);
  if (stored === undefined || isInside(root, stored)) return undefined;
  const path = movedPath(root, location);
  return path === undefined ? undefined : { path, location: locationOf(path) };
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
  const start = steps.findLastIndex((step) => artifactFolders.some((folder) => folder === step));
  return start === -1 || steps.includes('..') ? undefined : join(root, ...steps.slice(start));
}
