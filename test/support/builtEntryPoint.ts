/** Stands for `src/base/entryPoint.ts` in tests that start processes: what they start is what is shipped. */
import { join } from 'node:path';
import { distFolder, root } from '../../scripts/paths.ts';
import type { EntryPointName } from '../../src/base/entryPoint.ts';

/** How the sources import what this stands for. */
export const asksForEntryPoints = /^.*\/entryPoint\.ts$/;

export function entryPoint(name: EntryPointName): string {
  return join(distFolder, `${name}.cjs`);
}

export function installationRoot(): string {
  return root;
}
