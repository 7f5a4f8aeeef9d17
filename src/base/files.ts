/** Files: whole-or-nothing writes, lines of JSON, and paths that must stay inside a folder. */
import { randomBytes } from 'node:crypto';
import { constants, realpathSync } from 'node:fs';
import { access, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AppError } from './errors.ts';
import { t } from './localize.ts';

/** True for the error a file operation gives when nothing lies at the path. */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}

/** The operating system's code of a file error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Replaces a file in one step: readers see the old content or the new, also after a power cut.
 * Creates missing folders.
 * @throws AppError `files.writeFailed` (full disk, read-only, no permission); the old content stays
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await ensureFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to report
    throw writeFailure(path, error);
  }
}

/**
 * Makes a folder and those above it.
 * @throws the file system's error; on a read-only file system, where Node's is a bare ENOENT, the true one
 */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (isMissing(error)) await access(await nearestExisting(path), constants.W_OK);
    throw error;
  }
}

/** Windows refuses to replace a file that a scanner or an editor has open for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const code = errorCode(error);
      if (attempt === 5 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) throw error;
      await new Promise((done) => setTimeout(done, 20 * 2 ** attempt));
    }
  }
}

/** Drops what killed writers of a file left beside it. Only for a caller that knows nobody is writing the file now. */
export async function removeTornWrites(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`;
  const isTorn = (name: string): boolean => name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length));
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const name of names) if (isTorn(name)) await rm(join(dirname(path), name), { recursive: true, force: true });
}

/**
 * Makes a folder and those above it.
 * @throws AppError `files.diskFull`, `files.notWritable`, `files.writeFailed`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // On a read-only file system a recursive mkdir says "no such file": only the plain one tells the reason.
    const reason = isMissing(error) ? await mkdir(path).catch((plain: unknown) => plain) : error;
    throw writeFailure(path, reason ?? error);
  }
}

/** A failed write in the words of a person: what could not be written, why, and what to do. */
export function writeFailure(path: string, cause: unknown): AppError {
  if (AppError.is(cause)) return cause;
  const args = { path };
  switch (errorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('files.diskFull', t('The disk is full: {path} was not written.', args), {
        kind: 'environment',
        args,
        cause,
        remedy: t('Free some space ("millwright clean" drops old cache entries) and try again.'),
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new AppError('files.notWritable', t('{path} cannot be written: the folder is read-only for you.', args), {
        kind: 'environment',
        args,
        cause,
        remedy: t('Check the permissions of the folder, or work in a copy of it.'),
      });
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return new AppError('files.writeFailed', wrongKind(path, cause), {
        kind: 'environment',
        args,
        cause,
        remedy: t('Choose another place, or move what is there away.'),
      });
    default:
      return new AppError(
        'files.writeFailed',
        t('{path} could not be written: {reason}', { path, reason: cause instanceof Error ? cause.message : String(cause) }),
        {
          kind: 'environment',
          args,
          cause,
          remedy: t('Check the place, or choose another one.'),
        },
      );
  }
}

function wrongKind(path: string, cause: unknown): string {
  return errorCode(cause) === 'EISDIR'
    ? t('{path} cannot be written: it is a folder.', { path })
    : t('{path} cannot be written: a part of this path is a file, not a folder.', { path });
}

/**
 * Appends one value as one line of JSON with a single write.
 * A torn last line of an earlier, killed writer is closed with a line break first.
 */
export async function appendJsonLine(path: string, value: unknown): Promise<void> {
  try {
    await ensureFolder(dirname(path));
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    try {
      const { size } = await file.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await file.read(last, 0, 1, size - 1);
      const torn = size > 0 && last[0] !== 0x0a;
      await file.write(`${torn ? '\n' : ''}${JSON.stringify(value)}\n`);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Every whole line of a JSON Lines file, in order; a line that is not JSON (torn by a crash) is left out. */
export function parseJsonLines(text: string): unknown[] {
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line));
    } catch {
      continue; // torn by a writer that died; its neighbours still count
    }
  }
  return values;
}

/** The text of a file, or undefined where there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * The absolute path of an output, which must lie inside `root` after every link is followed.
 * @throws AppError `files.outsideProject`
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const target = resolve(root, path);
  const outside = (): AppError =>
    new AppError('files.outsideProject', t('The output {path} would lie outside the project folder {root}.', { path, root }), {
      args: { path, root },
      remedy: t('Choose a path inside the project folder.'),
    });
  if (!isInside(root, target)) throw outside();
  const existing = await nearestExisting(target);
  if (!isInside(realpathSync(root), realpathSync(existing))) throw outside();
  return target;
}

/** Lexically: is `path` the folder itself or below it? */
export function isInside(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps === '' || (!isAbsolute(steps) && steps !== '..' && !steps.startsWith(`..${sep}`));
}

async function nearestExisting(path: string): Promise<string> {
  for (let current = path; ; current = dirname(current)) {
    try {
      await lstat(current);
      return current;
    } catch (error) {
      if (!isMissing(error) || dirname(current) === current) throw error;
    }
  }
}
