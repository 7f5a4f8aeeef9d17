/** What `npm start` and `npm run workbench` begin with: a fresh build and the example's data. What did not change is not done again. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { formatDuration } from '../src/base/clock.ts';
import { packageExtension, vsixPath } from './package.ts';
import { distFolder, root } from './paths.ts';
import { sourcesChanged } from './sourceStamp.ts';

export const exampleFolder = join(root, 'examples', 'flight-delays');

/** Builds and packages for this platform. @returns the path of the VSIX */
export async function packageIfChanged(): Promise<string> {
  const change = await sourcesChanged('package');
  const vsix = vsixPath();
  if (change === undefined && existsSync(join(distFolder, 'cli.js')) && existsSync(vsix)) {
    console.log(`Build and ${relative(root, vsix)} are unchanged.`);
    return vsix;
  }
  const from = Date.now();
  await packageExtension();
  await change?.accept();
  console.log(`Built and packaged in ${formatDuration(Date.now() - from)}.`);
  return vsix;
}

/** Three million flights, from the npm package vega-datasets. */
export async function placeFlights(): Promise<void> {
  const source = join(root, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
  const target = join(exampleFolder, 'data', 'flights.parquet');
  if (existsSync(target) && (await stat(target)).size === (await stat(source)).size) return;
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}
