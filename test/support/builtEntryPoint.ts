/** Stands for `src/base/entryPoint.ts` in tests that start processes: what they start is what is shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder, root } from '../../scripts/paths.ts';
import type * as sources from '../../src/base/entryPoint.ts';

/** How the sources import what this stands for. */
export const asksForEntryPoints = /^.*\/entryPoint\.ts$/;

/** All of what it stands for: what is forgotten does not compile. */
export const { entryPoint, installationRoot, installedVersion } = {
  entryPoint: (name) => join(distFolder, `${name}.cjs`),
  installationRoot: () => root,
  installedVersion: () => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version,
} satisfies typeof sources;
