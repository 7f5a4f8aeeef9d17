/** Files that the project reads, which nothing it writes may replace, whatever name a path gives them. */
import { glob, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { isInside, isMissing } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import type { Project } from '../../project/definitions/project.ts';
import { isSameOrInside, reads } from '../../project/graph/outputIndex.ts';
import { splitCommand } from '../../project/values/splitCommand.ts';
import { roleOf } from '../../project/definitions/stage.ts';
import { outputsOf } from '../../project/graph/stageGraph.ts';
import { openStore } from '../../stores/openStore.ts';
import { lockPath } from './lockFile.ts';
import { projectFileName } from '../../../protocol/tables/storedNames.ts';

/** A path that the project reads, as it is written, and what reads it. */
interface ReadPath {
  readonly path: string;
  readonly reader: string;
}

/**
 * @param outputs absolute paths, or such that start from the project folder
 * @param made paths, relative to the project, that the writer has made before or declares: others may read them by these names
 * @throws AppError `files.readByProject` for an output that is one of those files: by its path, through a link, or as a match of a glob
 */
export async function requireUnread(project: Project, outputs: readonly string[], made: readonly string[] = []): Promise<void> {
  const read = readPaths(project).filter(({ path }) => !made.some((output) => reads(path, output)));
  for (const output of outputs) {
    const target = resolve(project.root, output);
    const identities = await identitiesOf(target);
    if (identities.length === 0) continue; // nothing lies there that could be replaced
    for (const { path, reader } of read) {
      for await (const file of filesOf(project.root, path)) {
        const isRead = (await identitiesOf(file)).some((identity) => identities.includes(identity)) || (await holds(file, target));
        if (isRead) throw readByProject(target, reader);
      }
    }
  }
}

function readPaths(project: Project): ReadPath[] {
  const datasets = Object.entries(project.datasets).flatMap(([name, { path }]) =>
    path === undefined ? [] : [{ path, reader: t('the data set {name}', { name }) }],
  );
  const commands = Object.entries(project.stages).flatMap(([name, stage]) => {
    const { commands: own, reads = [] } = roleOf(stage);
    if (own === undefined) return [];
    const reader = t('the stage {name}', { name });
    const outputs = outputsOf(name, stage).map(({ output }) => output);
    const words = own.flatMap((command) => wordsOf(command));
    const arguments_ = words.filter((word) => !outputs.some((output) => isSameOrInside(word, output)));
    return [...reads.map(({ path }) => path), ...arguments_].map((path) => ({ path, reader }));
  });
  const ownFiles = [join(project.root, projectFileName), lockPath(project.root), ...openStore(project).files];
  const settings = project.paramsFile === undefined ? [] : [project.paramsFile];
  return [...datasets, ...commands, ...[...ownFiles, ...settings].map((path) => ({ path, reader: t('the project itself') }))];
}

function wordsOf(command: string): string[] {
  try {
    return splitCommand(command).flatMap((word) => [word, word.replace(/^--?[^=]+=/, '')]);
  } catch {
    return []; // its quotes are told where the file is checked
  }
}

/** The files that a path means: itself where it exists, else those it matches as a glob. */
async function* filesOf(root: string, path: string): AsyncGenerator<string> {
  const literal = resolve(root, path);
  if ((await stateOf(literal)) !== undefined) {
    yield literal;
    return;
  }
  if (!/[*?[{]/.test(path)) return;
  for await (const match of glob(path, { cwd: root })) yield resolve(root, match);
}

/** What tells a file from others, however it is reached: its real path, and its number on its device. */
async function identitiesOf(path: string): Promise<string[]> {
  const state = await stateOf(path);
  if (state === undefined) return [];
  const place = join(await realpath(dirname(path)), basename(path));
  return [place, await realpath(path), ...(state.isFile() ? [`${state.dev}:${state.ino}`] : [])];
}

/** Whether a folder that is read holds the file. */
async function holds(folder: string, file: string): Promise<boolean> {
  return (await stateOf(folder))?.isDirectory() === true && isInside(await realpath(folder), await realpath(file));
}

interface FileState {
  readonly dev: bigint;
  readonly ino: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
}

async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    return await stat(path, { bigint: true }); // numbers of files can be larger than a float64 holds
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readByProject(path: string, reader: string): AppError {
  return new AppError('files.readByProject', t('{path} would be replaced, but {reader} reads it.', { path, reader }), {
    args: { path, reader },
    remedy: t('Write to another file, or move that one away first if it may be replaced.'),
  });
}
