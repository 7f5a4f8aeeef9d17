/** Whether what a build is made of changed since it was last made. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { errorCode } from '../src/base/errors.ts';
import { outFolder, root } from './paths.ts';

/** Everything that a bundle or a VSIX can hold or is made by. */
const sources = ['src', 'webview-ui', 'media', 'scripts', 'package.json', 'package-lock.json', 'README.md', 'CHANGELOG.md', 'LICENSE'];

export interface SourceChange {
  /** To be called when the new build is there. */
  accept(): Promise<void>;
}

/** @returns undefined when nothing changed since the last accepted change of this name */
export async function sourcesChanged(name: string): Promise<SourceChange | undefined> {
  const stamp = join(outFolder, `${name}.stamp`);
  const digest = await digestSources();
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === digest) return undefined;
  return {
    accept: async () => {
      await mkdir(outFolder, { recursive: true });
      await writeFile(stamp, digest);
    },
  };
}

async function digestSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    for (const file of await filesBelow(path)) {
      hash
        .update(`${relative(root, file)}\0`)
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** The path itself where it is a file; sorted. */
async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
