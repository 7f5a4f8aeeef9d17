/** Builds everything that is shipped into `dist`: bundles, pages, launchers, kernels. `npm run build`. */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlePages } from './bundlePages.ts';
import { bundleExtension, bundleProcesses } from './bundleNode.ts';
import { compileKernels } from './compileKernels.ts';
import { distFolder, root } from './paths.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

export interface BuildOptions {
  /** Small for shipping; otherwise readable, with source maps. */
  readonly minify: boolean;
}

/** Replaces `dist` with a fresh build in one step, so that what runs from it meets the old files or the new. */
export async function build({ minify }: BuildOptions): Promise<void> {
  const next = `${distFolder}-next-${process.pid}`; // beside dist: source maps point to sources relatively
  await mkdir(next, { recursive: true });
  try {
    const parts = await Promise.allSettled([
      bundleProcesses({ minify, outputFolder: next }),
      bundleExtension({ minify, outputFolder: next }),
      bundlePages({ minify, outDir: join(next, 'pages') }),
      copyLaunchers(join(next, 'bin')),
      copyKernels(join(next, 'kernels.wasm')),
    ]); // all of them settled: none writes into the folder any more
    for (const part of parts) if (part.status === 'rejected') throw part.reason;
    const metafiles = parts.flatMap((part) => (part.status === 'fulfilled' ? (part.value ?? []) : []));
    await writeFile(join(next, 'ThirdPartyNotices.txt'), await thirdPartyNotices(metafiles));
    await swap(next);
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

async function copyKernels(to: string): Promise<void> {
  await copyFile(await compileKernels(), to);
}

async function swap(next: string): Promise<void> {
  const old = `${next}-old`;
  if (existsSync(distFolder)) await rename(distFolder, old);
  await rename(next, distFolder);
  await rm(old, { recursive: true, force: true });
}

/** The launchers run `cli.cjs` on the Node that lies beside it. */
async function copyLaunchers(to: string): Promise<void> {
  const from = join(root, 'scripts', 'launchers');
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
