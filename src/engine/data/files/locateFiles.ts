/** From the `path:` of a data set to the files it means: one file, or those a glob matches, in a fixed order. */
import { glob, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { readHead } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { notPlain } from '../../../base/plainPath.ts';
import { fileFormatNames, formatByName, type FileFormatName } from '../../../protocol/tables/fileFormats.ts';
import type { ReadOptions } from '../../project/definitions/dataset.ts';
import { listed } from '../../project/schema/describeValue.ts';

export interface LocatedFiles {
  /** Absolute, sorted by their path with `/`. */
  readonly paths: readonly string[];
  readonly format: FileFormatName;
  /** Whether each file is gzip, in the order of `paths`. */
  readonly gzip: boolean;
}

/**
 * @param root the folder relative paths start from
 * @param key where the path is written, for messages
 * @throws AppError `dataset.fileMissing`, `dataset.noMatch`, `dataset.notAFile`, `dataset.emptyFile`, `dataset.formatUnknown`,
 *   `dataset.mixedFiles`, `files.notPlain` for a named pipe, a socket or a device
 */
export async function locateFiles(
  root: string,
  source: { readonly pattern: string; readonly read: ReadOptions; readonly key: string },
): Promise<LocatedFiles> {
  const { pattern, read, key } = source;
  const paths = await matchFiles(root, pattern, key);
  const formats = new Set(paths.map((path) => read.format ?? formatOf(path, key)));
  const [format] = formats;
  if (format === undefined || formats.size > 1) throw mixed(pattern, key, t('different formats'));
  const zipped = new Set<boolean>();
  for (const path of paths) zipped.add(await checkContent(path, { root, key }));
  if (zipped.size > 1) throw mixed(pattern, key, t('both plain and gzip files'));
  return { paths, format, gzip: zipped.has(true) };
}

/** @throws AppError as `locateFiles`, but for what is in the files */
export async function matchFiles(root: string, pattern: string, key: string): Promise<string[]> {
  const literal = resolve(root, pattern);
  const found = await stat(literal).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (found?.isFile() === true) return [literal];
  if (found?.isDirectory() === false) throw notPlain(literal, found);
  if (found !== undefined) {
    throw new AppError('dataset.notAFile', t('{path} is a folder, not a file of data.', { path: pattern }), {
      args: { path: pattern, key },
      remedy: t('Name a file in it, or a glob such as {example}.', { example: `${pattern.replace(/[\\/]$/, '')}/*.parquet` }),
    });
  }
  if (!/[*?[{]/.test(pattern)) throw await missing(literal, pattern, key);
  const matches: string[] = [];
  for await (const entry of glob(pattern, { cwd: root, withFileTypes: true })) {
    if (!entry.isDirectory()) matches.push(resolve(entry.parentPath, entry.name));
  }
  if (matches.length > 0) return matches.sort((a, b) => compareText(withSlashes(a), withSlashes(b)));
  throw new AppError('dataset.noMatch', t('No file matches {pattern}.', { pattern }), {
    args: { pattern, key },
    remedy: t('Relative paths start from the project folder {root}.', { root }),
  });
}

async function missing(path: string, pattern: string, key: string): Promise<AppError> {
  const neighbours: string[] = [];
  const stem = basename(path, extname(path)).toLowerCase();
  try {
    for await (const entry of glob('*', { cwd: dirname(path) })) {
      if (basename(entry, extname(entry)).toLowerCase() === stem) neighbours.push(entry);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const similar = neighbours.sort(compareText)[0];
  return new AppError('dataset.fileMissing', t('The file {path} does not exist.', { path: pattern }), {
    args: { path: pattern, key },
    remedy:
      similar === undefined
        ? isAbsolute(pattern)
          ? t('Check the path, or write the file first.')
          : t('Relative paths start from the project folder. It was looked for at {path}.', { path })
        : t('Beside it lies {similar}: did you mean that?', { similar }),
  });
}

/** By code unit, the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A path as files under version control spell it: relative to the project where it can be, with `/`. */
export function portablePath(root: string, path: string): string {
  const steps = relative(root, path);
  return withSlashes(steps === '' ? path : steps);
}

function withSlashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}

function formatOf(path: string, key: string): FileFormatName {
  const named = formatByName(path);
  if (named !== undefined) return named.format;
  throw new AppError('dataset.formatUnknown', t('The name {file} does not tell the format of its data.', { file: basename(path) }), {
    args: { file: basename(path), key },
    remedy: t('Say which with "format:" under "read:": {formats}.', { formats: listed(fileFormatNames) }),
  });
}

/** @returns whether the file is gzip */
async function checkContent(path: string, { root, key }: { root: string; key: string }): Promise<boolean> {
  const start = await readHead(path, 2);
  if (start !== undefined && start.length > 0) return start[0] === 0x1f && start[1] === 0x8b;
  throw emptyFile(portablePath(root, path), key);
}

/** @param path as it is shown */
export function emptyFile(path: string, key: string): AppError {
  return new AppError('dataset.emptyFile', t('The file {path} is empty.', { path }), {
    args: { path, key },
    remedy: t('Write the data to it again, or leave it out.'),
  });
}

function mixed(pattern: string, key: string, what: string): AppError {
  return new AppError('dataset.mixedFiles', t('{pattern} matches {what}.', { pattern, what }), {
    args: { pattern, what, key },
    remedy: t('A data set is made of files of one kind. Narrow the glob, or make two data sets.'),
  });
}
