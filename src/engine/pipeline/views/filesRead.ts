/** The user's files that the states of a project's stages hang on, as far as the project file names them. */
import { resolve } from 'node:path';
import { matchFiles } from '../../data/files/locateFiles.ts';
import type { Project } from '../../project/definitions/project.ts';
import { roleOf } from '../../project/definitions/stage.ts';

/** Who watches them looks at each once a second. */
const mostFiles = 200;

/** @returns absolute paths of the file of parameters, of data and of what commands depend on; what does not exist is left out of globs only */
export async function filesRead({ root, paramsFile, datasets, stages }: Project): Promise<readonly string[]> {
  const patterns = Object.entries(datasets).flatMap(([name, { path }]) => (path === undefined ? [] : [{ name, path }]));
  const matches = await Promise.all(
    patterns.map(async ({ name, path }) => matchFiles(root, path, `datasets.${name}.path`).catch(() => [resolve(root, path)])),
  );
  const dependencies = Object.values(stages).flatMap((stage) => (roleOf(stage).reads ?? []).map(({ path }) => path));
  const named = [...(paramsFile === undefined ? [] : [paramsFile]), ...dependencies].map((path) => resolve(root, path));
  return [...new Set([...named, ...matches.flat()])].slice(0, mostFiles);
}
