/** What `npm start` and `npm run workbench` begin with: a fresh build and an example's data. What did not change is not done again. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { formatDuration } from '../src/base/clock.ts';
import { AppError } from '../src/base/errors.ts';
import { packageExtension, vsixPath } from './package.ts';
import { distFolder, root } from './paths.ts';
import { sourcesChanged } from './sourceStamp.ts';
import { stillWorking } from './stillWorking.ts';

/** Each example with the file of the npm package vega-datasets that it works on, and the name it has in the example's `data`. */
export const examples = {
  'flight-delays': { source: 'flights-3m.parquet', data: 'flights.parquet' },
  'movie-ratings': { source: 'movies.json', data: 'movies.json' },
  'penguin-species': { source: 'penguins.json', data: 'penguins.json' },
} as const;

export type ExampleName = keyof typeof examples;

/**
 * The example that was asked for on the command line; the first one where none was.
 * @throws AppError `setup.unknownExample`
 */
export function exampleNamed(name = 'flight-delays'): ExampleName {
  if (Object.hasOwn(examples, name)) return name as ExampleName;
  throw new AppError('setup.unknownExample', `There is no example ${name}. There are ${Object.keys(examples).join(', ')}.`, {
    kind: 'usage',
  });
}

export function exampleFolder(name: ExampleName): string {
  return join(root, 'examples', name);
}

/** Builds and packages for this platform. @returns the path of the VSIX */
export async function packageIfChanged(): Promise<string> {
  const change = await sourcesChanged('package');
  const vsix = vsixPath();
  if (change === undefined && existsSync(join(distFolder, 'cli.cjs')) && existsSync(vsix)) {
    console.log(`Build and ${relative(root, vsix)} are unchanged.`);
    return vsix;
  }
  const from = Date.now();
  await stillWorking('Building and packaging', async () => packageExtension());
  await change?.accept();
  console.log(`Built and packaged in ${formatDuration(Date.now() - from)}.`);
  return vsix;
}

/** Brings the data of an example into its folder, or into a copy of that. */
export async function placeData(name: ExampleName, folder: string = exampleFolder(name)): Promise<void> {
  const source = join(root, 'node_modules', 'vega-datasets', 'data', examples[name].source);
  const target = join(folder, 'data', examples[name].data);
  if (existsSync(target) && (await stat(target)).size === (await stat(source)).size) return;
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}
