/** Projects at or shortly below the folders of a workspace. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFileName } from '../protocol/tables/storedNames.ts';

const depth = 2;
const foldersWithoutProjects = /^(\..*|node_modules|mlruns|mlartifacts|__pycache__|venv)$/;

/** Real paths of the folders that hold a project file, sorted. */
export async function findProjects(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(folders.map(async (folder) => searchBelow(folder, depth)));
  const roots = await Promise.all(found.flat().map(async (folder) => realpath(folder)));
  return [...new Set(roots)].sort();
}

async function searchBelow(folder: string, levels: number): Promise<string[]> {
  const here = (await isFile(join(folder, projectFileName))) ? [folder] : [];
  if (levels === 0) return here;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // gone, or not ours to read
  const below = entries.filter((entry) => entry.isDirectory() && !foldersWithoutProjects.test(entry.name));
  return [...here, ...(await Promise.all(below.map(async ({ name }) => searchBelow(join(folder, name), levels - 1)))).flat()];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // absent, or unreadable: for us it is not there
  }
}
