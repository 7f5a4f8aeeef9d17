/** Paths as results, logs and records name them. */
import { relative } from 'node:path';

/** A path as results name it: relative to the project, with `/`. */
export function projectPath(root: string, path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}
