/** Files: whole-or-nothing writes, lines of JSON, and paths that must stay inside a folder. */
import { randomBytes } from 'node:crypto';
import { constants, createWriteStream, realpathSync } from 'node:fs';
import { access, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, errorCode } from './errors.ts';
import { t } from './localize.ts';
import { requirePlain, requirePlainBelow } from './plainPath.ts';

/** The codes of a path that leads nowhere, also by a link that leads to itself. */
const missing: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** True for the error a file operation gives when nothing lies at the path. */
export function isMissing(error: unknown): boolean {
  return missing.has(errorCode(error));
}

/**
 * Replaces a file in one step: readers see the old content or the new, also after a power cut.
 * Creates missing folders.
 * @throws AppError `files.writeFailed` (full disk, read-only, no permission), `files.notPlain`; the old content stays
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  requirePlain(path);
  const temporary = temporaryBeside(path);
  try {
    await ensureFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure is the one to report
    throw writeFailure(path, error);
  }
}

/**
 * Writes a file where none lies, making the folders above.
 * @throws AppError `files.exists`, `files.notPlain`, and as {@link writeAtomic}; nothing is left then
 */
export async function writeNew(
  path: string,
  content: string | Uint8Array,
  { mode = 0o666 }: { readonly mode?: number } = {},
): Promise<void> {
  requirePlain(path);
  try {
    await ensureFolder(dirname(path));
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } catch (error) {
      await rm(path, { force: true }); // it is ours, and half-written
      throw error;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw writeFailure(path, error);
    throw new AppError('files.exists', t('There is something at {path} already.', { path }), {
      args: { path },
      remedy: t('Choose another place, or move what is there away.'),
    });
  }
}

/**
 * Makes a folder and those above it.
 * @throws AppError `files.notPlain`; the file system's error; on a read-only file system, where Node's is a bare ENOENT, the true one
 */
export async function ensureFolder(path: string): Promise<void> {
  requirePlain(path);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (isMissing(error)) await access(await nearestExisting(path), constants.W_OK);
    throw error;
  }
}

/**
 * Writes a file that nobody else reads yet, as its content comes.
 * @throws AppError `files.notPlain`, `files.diskFull`, `files.notWritable`, `files.writeFailed`; what `content` throws
 */
export async function writeStream(path: string, content: AsyncIterable<string | Uint8Array>): Promise<void> {
  requirePlain(path);
  const file = createWriteStream(path, { flags: 'wx' });
  await pipeline(content, file).catch((error: unknown) => {
    throw errorCode(error) === undefined ? error : writeFailure(path, error);
  });
}

/** Makes a file's bytes durable. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name beside a file for what is not whole yet; {@link removeTornWrites} finds it when its writer dies. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

/**
 * Renames, replacing a file that is in the way. Windows refuses that for as long as a scanner or an editor has the file open.
 * @throws AppError `files.notPlain`; the file system's error
 */
export async function moveOver(from: string, to: string): Promise<void> {
  requirePlain(from);
  requirePlain(to);
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
  await removeTorn(dirname(path), (name) => name === basename(path));
}

/** {@link removeTornWrites} of every file in a folder, for a caller that knows nobody is writing any of them now. */
export async function removeTornWritesIn(folder: string): Promise<void> {
  await removeTorn(folder, () => true);
}

async function removeTorn(folder: string, isOf: (name: string) => boolean): Promise<void> {
  requirePlain(folder);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const name of names) {
    const file = /^\.(.+)\.[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    if (file !== undefined && isOf(file)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Makes a folder and those above it.
 * @throws AppError `files.diskFull`, `files.notPlain`, `files.notWritable`, `files.writeFailed`
 */
export async function makeFolder(path: string): Promise<void> {
  requirePlain(path);
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
        remedy: t('Free some space and try again.'),
        inTerminal: t('"millwright clean" drops old cache entries.'),
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
  requirePlain(path);
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

/**
 * The absolute path of an output, which must lie inside `root` and be reached through no link and no special file.
 * @throws AppError `files.outsideProject`, `files.notPlain`
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const target = resolve(root, path);
  const outside = (): AppError =>
    new AppError('files.outsideProject', t('The output {path} would lie outside the project folder {root}.', { path, root }), {
      args: { path, root },
      remedy: t('Choose a path inside the project folder.'),
    });
  if (!isInside(root, target)) throw outside();
  if (!leadsInside(root, await nearestExisting(target))) throw outside();
  requirePlainBelow(root, target);
  return target;
}

/** Whether a path lies inside after every link; one that leads nowhere is judged by what it is, not by where it leads. */
function leadsInside(root: string, existing: string): boolean {
  try {
    return isInside(realpathSync(root), realpathSync(existing));
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
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
