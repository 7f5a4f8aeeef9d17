/** Finding and reading a project: the front door of this folder. */
import { realpathSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readBytesIfPresent, readBytesNow } from '../../base/boundedRead.ts';
import { AppError, errorCode, type ErrorRecord, type SourceRange } from '../../base/errors.ts';
import { isMissing } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import type { Project } from './definitions/project.ts';
import { parseProject, type ParsedProject, type StageOutline } from './parseProject.ts';
import type { EnvironmentValue } from './values/references.ts';
import { mostTextBytes } from './text/textSize.ts';
import { rangeOfSpan } from './text/textSource.ts';
import { textTooLarge } from './text/yamlDiagnostics.ts';
import type { Path } from './text/yamlTree.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

export interface LoadOptions {
  /** Values by dotted path, as given with `--set`. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedProject {
  /** Undefined when there are diagnostics. */
  readonly project: Project | undefined;
  /** In the order of the file, each with its place; those about `--set` have none and are of kind `usage`. */
  readonly diagnostics: readonly ErrorRecord[];
  /** Every stage that the file names, also when it has mistakes. */
  readonly stages: readonly StageOutline[];
  /** Values of the environment that the file refers to, for masking. */
  readonly secrets: readonly EnvironmentValue[];
  /** Where a value is written (for a mapping or list: its key); undefined where it is not. */
  readonly rangeOf: (path: Path) => SourceRange | undefined;
}

/** A project that can be worked with, and where its values are written. */
export type RequiredProject = Project & Pick<LoadedProject, 'rangeOf' | 'secrets'>;

/** The real path of the nearest folder, upward from `start`, that holds a project file; undefined where none does. */
export async function findProjectRoot(start: string): Promise<string | undefined> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (await isFile(join(folder, projectFileName))) return realpath(folder);
    if (dirname(folder) === folder) return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isMissing(error) || errorCode(error) === 'EACCES') return false;
    throw error;
  }
}

/** Reads the project file of a folder. What is wrong with it comes back as diagnostics; nothing is thrown for it. */
export async function loadProject(root: string, options: LoadOptions = {}): Promise<LoadedProject> {
  const folder = await realFolder(root);
  const file = join(folder, projectFileName);
  try {
    const bytes = await readBytesIfPresent(file, { most: mostTextBytes });
    if (bytes === undefined) return unreadable(notFound(file));
    const { text, invalidAt } = decode(bytes);
    if (invalidAt !== undefined) return unreadable(notUtf8(file, text, invalidAt));
    return parseText(text, folder, options);
  } catch (error) {
    return unreadable(readFailure(file, error));
  }
}

/**
 * A project from a text that may not be saved yet.
 * @param root the project folder; its real path is taken
 */
export function parseProjectText(text: string, root: string, options: LoadOptions = {}): ParsedProject {
  let folder = resolve(root);
  try {
    folder = realpathSync(root);
  } catch (error) {
    if (!isMissing(error)) throw error; // a folder that is gone while its file is still open in an editor
  }
  return parseText(text, folder, options);
}

function parseText(text: string, folder: string, options: LoadOptions): ParsedProject {
  return parseProject(text, {
    root: folder,
    file: join(folder, projectFileName),
    env: options.env ?? process.env,
    readText: readTextIfPossible,
    ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
  });
}

/**
 * The project of a folder.
 * @throws AppError the first diagnostic, with the number of the others in its remedy
 */
export async function requireProject(root: string, options: LoadOptions = {}): Promise<RequiredProject> {
  const { project, diagnostics, rangeOf, secrets } = await loadProject(root, options);
  if (project !== undefined) return { ...project, rangeOf, secrets };
  const [first, ...others] = diagnostics;
  if (first === undefined) throw new Error('a project without diagnostics was not read');
  if (others.length === 0) throw AppError.fromRecord(first);
  const count =
    others.length === 1
      ? t('There is one more problem in the file; "millwright validate" lists all.')
      : t('There are {count} more problems in the file; "millwright validate" lists all.', { count: others.length });
  throw AppError.fromRecord({ ...first, remedy: first.remedy === undefined ? count : `${first.remedy} ${count}` });
}

async function realFolder(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    if (isMissing(error)) return resolve(root);
    throw error;
  }
}

function unreadable(error: AppError): LoadedProject {
  return { project: undefined, diagnostics: [error.toRecord()], stages: [], secrets: [], rangeOf: () => undefined };
}

function notFound(file: string): AppError {
  return new AppError('project.notFound', t('There is no {name} in {folder}.', { name: projectFileName, folder: dirname(file) }), {
    kind: 'usage',
    args: { folder: dirname(file) },
    remedy: t('Run "millwright init" with a data file to make one, or name another folder with --project.'),
  });
}

function readFailure(file: string, cause: unknown): AppError {
  if (AppError.is(cause, 'files.tooLarge')) return atStart(textTooLarge(), file);
  if (AppError.is(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError('project.unreadable', t('{file} cannot be read: {reason}', { file, reason }), { args: { file }, cause });
}

function atStart(error: AppError, file: string): AppError {
  return AppError.fromRecord({ ...error.toRecord(), at: rangeOfSpan({ source: { file, text: '', kind: 'file' }, start: 0, end: 0 }) });
}

function notUtf8(file: string, text: string, invalidAt: number): AppError {
  const at = rangeOfSpan({ source: { file, text, kind: 'file' }, start: invalidAt, end: invalidAt + 1 });
  return new AppError('project.notUtf8', t('The project file is not UTF-8 text.'), { at, remedy: t('Save it with the encoding UTF-8.') });
}

/** UTF-8 without its byte order mark; `invalidAt` is the offset of the first byte sequence that is none. */
function decode(bytes: Uint8Array): { text: string; invalidAt?: number } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const text = new TextDecoder('utf-8').decode(bytes);
    return { text, invalidAt: Math.max(0, text.indexOf('\uFFFD')) };
  }
}

function readTextIfPossible(path: string): string | undefined {
  try {
    const { text, invalidAt } = decode(readBytesNow(path, { most: mostTextBytes }));
    return invalidAt === undefined ? text : undefined;
  } catch (error) {
    if (errorCode(error) !== undefined || AppError.is(error)) return undefined;
    throw error;
  }
}
