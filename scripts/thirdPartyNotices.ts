/** The licences of every package whose code is in the bundles, as one text: bundling leaves their own files behind. */
import type { Metafile } from 'esbuild';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './paths.ts';

const licenceFile = /^(licen[cs]e|copying|notice)/i;
const heading = 'Millwright contains code of the following packages.';

/**
 * @param metafiles what esbuild says of its bundles
 * @throws Error where a bundled package names no licence
 */
export async function thirdPartyNotices(metafiles: readonly Metafile[]): Promise<string> {
  const sources = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const packages = [...new Set(sources.flatMap((source) => packageOf(source) ?? []))].sort();
  const notices = await Promise.all(packages.map(async (name) => noticeOf(name)));
  return [heading, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name/lib/x.js` → `@scope/name`; the innermost package where one lies in another. */
function packageOf(source: string): string | undefined {
  return /^.*?node_modules\/(.*node_modules\/)?((?:@[^/]+\/)?[^/]+)\//
    .exec(source)?.[0]
    .replace(/^.*?node_modules\//, '')
    .replace(/\/$/, '');
}

async function noticeOf(name: string): Promise<string> {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string; license?: string };
  if (license === undefined) throw new Error(`${name} names no licence`);
  const found = (await readdir(folder)).filter((entry) => licenceFile.test(entry)).sort();
  const files = (await Promise.all(found.map(async (entry) => filesAt(join(folder, entry))))).flat();
  const texts = await Promise.all(files.map(async (file) => (await readFile(file, 'utf8')).trim()));
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

/** The file itself, or the files of a folder such as `licenses`. */
async function filesAt(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  return (await readdir(path)).sort().map((name) => join(path, name));
}
