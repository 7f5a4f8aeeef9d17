/** The results of completed stages by key, in `.millwright/cache/<key>/`: whole or not there, and outputs that can be put back. */
import { randomUUID } from 'node:crypto';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCancelled } from '../../../base/abort.ts';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { isMissing, moveOver, removeTornWrites, resolveInside, temporaryBeside, writeAtomic, writeFailure } from '../../../base/files.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { copyTree, namesIn, removeTree, replaceTree, touch } from '../../../base/trees.ts';
import { digestPath } from './pathDigest.ts';
import { executionSchema, type StageExecution, type StoredOutput } from './stageResult.ts';

/** Beginnings of the names of entries that are not whole yet, and of such as are being replaced. */
const [staging, stepsAside] = ['.staging-', '.old-'] as const;

const entryFolder = (root: string, key: string): string => statePath(root, 'cache', key);
const entryPath = (root: string, key: string): string => join(entryFolder(root, key), 'entry.json');
const contentPath = (folder: string, index: number): string => join(folder, 'outputs', String(index));

/** The completed execution with this key; undefined where there is none that can be read. */
export async function readCacheEntry(root: string, key: string): Promise<StageExecution | undefined> {
  return parseExecution(await readIfPresent(entryPath(root, key)));
}

function parseExecution(text: string | undefined): StageExecution | undefined {
  if (text === undefined) return undefined;
  try {
    const execution = executionSchema.safeParse(JSON.parse(text));
    return execution.success ? execution.data : undefined;
  } catch {
    return undefined; // written by hand, or damaged: the stage runs again
  }
}

/**
 * Stores an execution with copies of its outputs; an earlier entry of the same key gives way.
 * @returns the execution with its outputs' digests
 */
export async function storeCacheEntry(
  root: string,
  execution: Omit<StageExecution, 'outputs'>,
  signal?: AbortSignal,
): Promise<StageExecution> {
  const unfinished = statePath(root, 'cache', staging + randomUUID());
  try {
    const outputs: StoredOutput[] = [];
    for (const [index, path] of execution.result.outputs.entries()) {
      const source = await resolveInside(root, path);
      await copyTree(source, contentPath(unfinished, index), signal);
      outputs.push({ path, ...(await digestPath(root, source, signal)) });
    }
    const entry: StageExecution = { ...execution, outputs };
    await writeAtomic(join(unfinished, 'entry.json'), JSON.stringify(entry));
    await replaceTree(unfinished, entryFolder(root, execution.key), statePath(root, 'cache', stepsAside + randomUUID()));
    return entry;
  } catch (error) {
    await removeTree(unfinished).catch(() => undefined); // the first failure is the one to report
    throw isCancelled(error) ? error : writeFailure(entryFolder(root, execution.key), error);
  }
}

/** Whether every output lies in the project as it was made, or could be put back. */
export async function outputsAvailable(root: string, entry: StageExecution): Promise<boolean> {
  for (const [index, output] of entry.outputs.entries()) {
    if (!(await isIntact(root, output)) && !(await exists(contentPath(entryFolder(root, entry.key), index)))) return false;
  }
  return true;
}

/** Puts back outputs that are gone or differ. @throws AppError `files.outsideProject`, `files.diskFull`, … */
export async function restoreOutputs(root: string, entry: StageExecution): Promise<void> {
  for (const [index, output] of entry.outputs.entries()) {
    const target = await resolveInside(root, output.path);
    await removeTornWrites(target);
    if (await isIntact(root, output)) continue;
    const temporary = temporaryBeside(target);
    try {
      await copyTree(contentPath(entryFolder(root, entry.key), index), temporary);
      await removeTree(target);
      await moveOver(temporary, target);
    } catch (error) {
      await removeTree(temporary).catch(() => undefined); // the first failure is the one to report
      throw writeFailure(target, error);
    }
  }
  await touch(entryPath(root, entry.key)); // tells cleaning what was used last
}

async function isIntact(root: string, output: StoredOutput): Promise<boolean> {
  try {
    return (await digestPath(root, join(root, output.path))).digest === output.digest;
  } catch (error) {
    if (isMissing(error) || AppError.is(error, 'files.notPlain')) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Drops what killed writers of entries left. Only for a caller that knows nobody is storing one now. */
export async function dropUnfinishedEntries(root: string): Promise<void> {
  for (const name of await namesIn(statePath(root, 'cache'))) {
    if (name.startsWith(staging) || name.startsWith(stepsAside)) await removeTree(statePath(root, 'cache', name));
  }
}

/** Drops the entries used longest ago until the cache holds at most `maxBytes`. @returns what was dropped */
export async function cleanCache(
  root: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<{ readonly entries: number; readonly bytes: number }> {
  const folder = statePath(root, 'cache');
  const names = await foldersIn(folder);
  const entries = await Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      bytes: await sizeOf(join(folder, name)),
      usedAt: await usedAt(join(folder, name)),
    })),
  );
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const before = total;
  let dropped = 0;
  for (const { path, bytes } of entries.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes) break;
    await removeTree(path);
    total -= bytes;
    dropped++;
  }
  return { entries: dropped, bytes: before - total };
}

async function foldersIn(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  const kinds = await Promise.all(names.map(async (name) => lstat(join(folder, name))));
  return names.filter((_, index) => kinds[index]?.isDirectory() === true);
}

async function usedAt(folder: string): Promise<number> {
  return stat(join(folder, 'entry.json')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0, // left by a process that died: the first to go
  );
}

async function sizeOf(path: string): Promise<number> {
  const info = await lstat(path);
  if (!info.isDirectory()) return info.size;
  const sizes = await Promise.all((await readdir(path)).map(async (name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
