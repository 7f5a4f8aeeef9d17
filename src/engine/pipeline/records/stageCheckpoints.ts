/** Where trainings keep their checkpoints: `.millwright/checkpoints/`, one folder per stage. They go once the stage has succeeded. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { statePath } from '../../../base/stateFolder.ts';
import { namesIn, removeTree } from '../../../base/trees.ts';

/** @returns absolute path of a folder that need not exist */
export function checkpointFolder(root: string, stage: string): string {
  return statePath(root, 'checkpoints', `stage-${encodeURIComponent(stage)}`);
}

export async function dropCheckpoints(root: string, stage: string): Promise<void> {
  await removeTree(checkpointFolder(root, stage));
}

/** Drops the stages' folders that nothing was added to for longer than this. @returns how many */
export async function cleanCheckpoints(root: string, { maxAgeMs }: { readonly maxAgeMs: number }): Promise<number> {
  const all = statePath(root, 'checkpoints');
  let dropped = 0;
  for (const name of await namesIn(all)) {
    if (Date.now() - (await newestChange(join(all, name))) <= maxAgeMs) continue;
    await removeTree(join(all, name));
    dropped++;
  }
  return dropped;
}

async function newestChange(path: string): Promise<number> {
  const info = await lstat(path);
  const inside = info.isDirectory() ? await Promise.all((await namesIn(path)).map((name) => newestChange(join(path, name)))) : [];
  return Math.max(info.mtimeMs, ...inside);
}
