/** Lays out what a VSIX holds in a folder of its own: the manifest for users, the bundles, and one platform's native packages. */
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '../src/base/process.ts';
import { extractTexts } from './extractTexts.ts';
import { distFolder, outFolder, root } from './paths.ts';
import type { Platform } from './platforms.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Keys of package.json that mean nothing to a user's editor. */
const developers = ['scripts', 'devDependencies', 'optionalDependencies', 'dependencies', 'private', 'bin'];
const documents = ['README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'];
/** Files of native packages that only their builders need. */
const unneeded = /\.(d\.[cm]?ts|map|md)$|(^|\/)(script|share|include|lib\/[^/]*\.ts)(\/|$)/;

/**
 * Fills the folder anew.
 * @returns what the platform lacks, as sentences
 */
export async function stageExtension(platform: Platform, folder: string): Promise<string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  for (const name of [...documents, 'media']) {
    if (existsSync(join(root, name))) await cp(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of (await readdir(root)).filter((file) => /^package\.nls(\.\w+)?\.json$/.test(file))) {
    await cp(join(root, name), join(folder, name));
  }
  await mkdir(join(folder, 'media', 'l10n'), { recursive: true });
  await writeFile(join(folder, 'media', 'l10n', 'bundle.l10n.json'), JSON.stringify(extractTexts(), undefined, 2));
  await cp(distFolder, join(folder, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.map') });
  const manifest = await readManifest(root);
  const dependencies = await stageNativePackages(platform, folder, manifest);
  await writeManifest(folder, { ...without(manifest, developers), dependencies });
  return [
    ...(platform.node === undefined ? [`It carries no Node: users need Node 24 or newer.`] : []),
    ...(platform.onnxruntime === undefined
      ? [`It carries no ONNX Runtime, which is not made for ${platform.target}: models cannot be run there.`]
      : []),
  ];
}

/** @returns the packages that were staged, with their versions */
async function stageNativePackages(platform: Platform, folder: string, manifest: Manifest): Promise<Record<string, string>> {
  const modules = join(folder, 'node_modules');
  const bindings = await readManifest(join(root, 'node_modules', '@duckdb', 'node-bindings'));
  const duckdb = `@duckdb/node-bindings-${platform.duckdb}`;
  const wanted: Readonly<Record<string, string>> = {
    '@duckdb/node-api': '',
    '@duckdb/node-bindings': '',
    'detect-libc': '',
    [duckdb]: bindings.optionalDependencies?.[duckdb] ?? '',
    ...(platform.onnxruntime === undefined ? {} : { 'onnxruntime-node': '', 'onnxruntime-common': '' }),
    ...(platform.node === undefined ? {} : { [platform.node]: manifest.optionalDependencies?.[platform.node] ?? '' }),
  };
  const staged: Record<string, string> = {};
  for (const [name, version] of Object.entries(wanted)) {
    const source = await packageFolder(name, version);
    await cp(source, join(modules, name), { recursive: true, filter: (path) => isNeeded(path.slice(source.length + 1), name, platform) });
    staged[name] = await writePrunedManifest(join(modules, name), Object.keys(wanted));
  }
  if (platform.node !== undefined) await makeExecutable(join(modules, platform.node));
  return staged;
}

function isNeeded(path: string, name: string, platform: Platform): boolean {
  const parts = path.replaceAll('\\', '/');
  if (/^LICENSE/i.test(parts)) return true;
  if (parts === 'node_modules' || unneeded.test(parts)) return false;
  if (name === platform.node) return !parts.startsWith('bin/') || /^bin\/node(\.exe)?$/.test(parts);
  if (name !== 'onnxruntime-node') return true;
  if (parts.includes('libonnxruntime_providers_') || /\.\d+\.\d+\.\d+\.dylib$/.test(parts)) return false; // CUDA; a copy of the library under its full version
  const binaries = `bin/napi-v6/${platform.onnxruntime ?? ''}`;
  return !parts.startsWith('bin') || parts.startsWith(binaries) || binaries.startsWith(`${parts}/`);
}

/** Where a package lies: in node_modules, or fetched from the registry for another platform. */
async function packageFolder(name: string, version: string): Promise<string> {
  const installed = join(root, 'node_modules', name);
  if (existsSync(join(installed, 'package.json'))) return installed;
  const folder = join(outFolder, 'packages', `${name.replace('/', '-')}-${version}`);
  if (existsSync(join(folder, 'package', 'package.json'))) return join(folder, 'package');
  await mkdir(folder, { recursive: true });
  console.log(`Fetching ${name} ${version} …`);
  const { stdout } = await runCommand('npm', ['pack', `${name}@${version}`, '--loglevel=error', '--pack-destination', folder], {
    cwd: folder,
  });
  const archive = join(folder, basename(stdout.trim().split('\n').at(-1) ?? ''));
  await runCommand('tar', ['-xzf', archive, '-C', folder]);
  await rm(archive);
  return join(folder, 'package');
}

/** Leaves of a package's manifest what Node and the packager read. @returns its version */
async function writePrunedManifest(folder: string, staged: readonly string[]): Promise<string> {
  const manifest = await readManifest(folder);
  const dependencies = Object.fromEntries(Object.entries(manifest.dependencies ?? {}).filter(([name]) => staged.includes(name)));
  await writeManifest(folder, { ...without(manifest, [...developers, 'os', 'cpu', 'libc', 'binary']), dependencies });
  return manifest.version;
}

async function makeExecutable(folder: string): Promise<void> {
  const bin = join(folder, 'bin');
  for (const name of await readdir(bin)) await chmod(join(bin, name), 0o755);
}

function without(manifest: Manifest, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !keys.includes(key)));
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

async function writeManifest(folder: string, manifest: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(dirname(join(folder, 'package.json')), { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
