/** Packages the extension as a VSIX: `npm run package`, or `npm run package -- --target darwin-arm64`. */
import { createVSIX } from '@vscode/vsce';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { outFolder, root } from './paths.ts';
import { platformOf, thisTarget } from './platforms.ts';
import { stageExtension } from './stageExtension.ts';

export interface PackageOptions {
  /** VS Code's name of the platform; default: this one. */
  readonly target?: string;
}

/**
 * Builds and packages.
 * @returns the path of the VSIX
 * @throws Error for an unknown target
 */
export async function packageExtension({ target = thisTarget() }: PackageOptions = {}): Promise<string> {
  const platform = platformOf(target);
  await build({ minify: true });
  const folder = join(outFolder, 'staging', target);
  for (const lack of await stageExtension(platform, folder)) console.log(lack);
  const path = vsixPath(target);
  // The bundles are scanned for secrets as sources; scanning megabytes of native code takes longer than packaging it.
  await createVSIX({
    cwd: folder,
    target,
    packagePath: path,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
    allowPackageAllSecrets: true,
  });
  return path;
}

/** Where the VSIX of a target is put. */
export function vsixPath(target: string = thisTarget()): string {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  return join(outFolder, `${name}-${version}-${target}.vsix`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { target: { type: 'string' } } });
  const path = await packageExtension(values.target === undefined ? {} : { target: values.target });
  console.log(`${relative(root, path)}  ${((await stat(path)).size / 1e6).toFixed(1)} MB`);
}
