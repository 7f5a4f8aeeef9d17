/** Where the entry points of our own processes lie: bundled side by side in `dist`, or as sources in a checkout. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type EntryPointName = 'cli' | 'engine' | 'language' | 'stage' | 'trainer' | 'scorer' | 'foreign' | 'query';

const here = dirname(fileURLToPath(import.meta.url));
const bundled = basename(here) !== 'base';

const sources: Readonly<Record<EntryPointName, string>> = {
  cli: 'cli/main.ts',
  engine: 'workers/engine.ts',
  language: 'language/main.ts',
  stage: 'workers/stage.ts',
  trainer: 'workers/trainer.ts',
  scorer: 'workers/scorer.ts',
  foreign: 'workers/foreign.ts',
  query: 'workers/query.ts',
};

/** Absolute path of a file that the pinned Node can run. */
export function entryPoint(name: EntryPointName): string {
  return bundled ? join(here, `${name}.cjs`) : join(here, '..', sources[name]);
}

/** The folder that holds package.json, media and the JSON Schema, in a checkout and in an installed extension alike. */
export function installationRoot(): string {
  let folder = here;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

export function installedVersion(): string {
  const manifest = JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}
