/** Builds everything that is shipped into `dist`: bundles, pages, launchers. `npm run build`. */
import { chmod, copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleExtension, bundleProcesses } from './bundleNode.ts';
import { distFolder, root } from './paths.ts';

export interface BuildOptions {
  /** Small for shipping; otherwise readable, with source maps. */
  readonly minify: boolean;
}

/** Replaces `dist` with a fresh build. */
export async function build({ minify }: BuildOptions): Promise<void> {
  await rm(distFolder, { recursive: true, force: true });
  await mkdir(distFolder, { recursive: true });
  await Promise.all([
    bundleProcesses({ minify, outputFolder: distFolder }),
    bundleExtension({ minify, outputFolder: distFolder }),
    buildPages(minify),
    copyLaunchers(),
  ]);
}

async function buildPages(minify: boolean): Promise<void> {
  const source = join(root, 'scripts', 'bundlePages.ts');
  if (!existsSync(source)) return;
  const pages = (await import(source)) as { bundlePages: (options: { minify: boolean }) => Promise<void> };
  await pages.bundlePages({ minify });
}

/** The launchers run `dist/cli.js` on the Node that lies beside it. */
async function copyLaunchers(): Promise<void> {
  const from = join(root, 'scripts', 'launchers');
  const to = join(distFolder, 'bin');
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    await copyFile(join(from, name), join(to, name));
    await chmod(join(to, name), 0o755);
  }
}

/** Every file of `dist` but source maps, with its size. */
async function outputs(): Promise<{ name: string; bytes: number }[]> {
  const names = await readdir(distFolder, { recursive: true });
  const files = await Promise.all(
    names
      .filter((name) => !name.endsWith('.map'))
      .map(async (name) => {
        const entry = await stat(join(distFolder, name));
        return entry.isFile() ? [{ name, bytes: entry.size }] : [];
      }),
  );
  return files.flat().sort((a, b) => b.bytes - a.bytes);
}

/** Prints the size of every bundle, largest first. */
async function printSizes(): Promise<void> {
  for (const { name, bytes } of await outputs()) console.log(`${`${(bytes / 1000).toFixed(1)} kB`.padStart(12)}  dist/${name}`);
}

if (import.meta.main) {
  await build({ minify: !process.argv.includes('--readable') });
  await printSizes();
}
