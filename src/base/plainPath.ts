/**
 * A workspace comes from anywhere, and `git clone` carries links: nothing of our state, or of the store that lies beside it, is
 * reached through a link or a special file (device, FIFO, socket).
 */
import { closeSync, constants, lstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { AppError, errorCode } from './errors.ts';
import { t } from './localize.ts';

/** The first part of a path that is ours or the store's; from there down every part must be a plain file or folder. */
const ownName = /^(\.millwright|mlruns|mlartifacts|mlflow\.db(-journal|-wal|-shm)?|millwright\.lock)$/i;

/**
 * Checks a path at or below `.millwright`, `mlruns`, `mlflow.db` or the lock file; any other path is left alone.
 * What does not exist (yet) is plain.
 * @throws AppError `files.notPlain` naming the part that is a link or a special file
 */
export function requirePlain(path: string): void {
  const { root } = parse(path);
  const steps = path.slice(root.length).split(sep);
  const first = steps.findIndex((step) => ownName.test(step));
  if (first === -1) return;
  for (let end = first + 1; end <= steps.length; end++) {
    const part = root + steps.slice(0, end).join(sep);
    const found = lookAt(part);
    if (found === undefined) return;
    if (!isPlain(found)) throw notPlain(part, found);
  }
}

/**
 * Checks an output's parts below the project folder, whatever they are called.
 * @param root real path of the project folder
 * @throws AppError `files.notPlain`
 */
export function requirePlainBelow(root: string, path: string): void {
  const parts: string[] = [];
  for (let part = path; part !== root && part !== dirname(part); part = dirname(part)) parts.unshift(part);
  for (const part of parts) {
    const found = lookAt(part);
    if (found === undefined) return;
    if (!isPlain(found)) throw notPlain(part, found);
  }
}

/** Checks a folder with all that is in it, or a file. @throws AppError `files.notPlain` */
export function requirePlainTree(path: string): void {
  const found = lookAt(path);
  if (found === undefined) return;
  if (!isPlain(found)) throw notPlain(path, found);
  if (found.isDirectory()) for (const name of readdirSync(path)) requirePlainTree(join(path, name));
}

/**
 * SQLite follows the links of a database and of the files it keeps beside it, and some of its versions delete the file that a journal
 * names as the one above it.
 * @throws AppError `files.notPlain`, `files.journalOfOthers`
 */
export function requirePlainDatabase(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) {
    requirePlain(path + suffix);
    const found = lookAt(path + suffix);
    if (found?.isDirectory() === true) throw notPlain(path + suffix, found);
    if (suffix === '-journal' && found?.isFile() === true && namesAnother(path + suffix, found.size)) throw journalOfOthers(path + suffix);
  }
}

/** What ends a journal that names a super-journal (sqlite.org/fileformat.html, "The Rollback Journal"); it begins one, too. */
const journalMagic = Buffer.from('d9d505f920a163d7', 'hex');

/** Such a journal comes of transactions over several databases; neither Millwright nor MLflow makes any. */
function namesAnother(journal: string, size: number): boolean {
  if (size <= journalMagic.length) return false;
  let file: number;
  try {
    file = openSync(journal, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false; // its writer has just finished
    throw error;
  }
  try {
    const end = Buffer.alloc(journalMagic.length);
    readSync(file, end, 0, end.length, size - end.length);
    return end.equals(journalMagic);
  } finally {
    closeSync(file);
  }
}

function journalOfOthers(path: string): AppError {
  return new AppError(
    'files.journalOfOthers',
    t('{path} is the journal of a change to several databases at once, which may have files deleted elsewhere: it was not opened.', {
      path,
    }),
    {
      args: { path },
      remedy: t('Neither Millwright nor MLflow writes such a journal. Delete it if you did not make it.'),
    },
  );
}

function isPlain(found: Stats): boolean {
  return found.isFile() || found.isDirectory();
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The refusal of something that is no plain file, naming what it is. */
export function notPlain(path: string, found: Stats): AppError {
  const args = { path, kind: kindOf(found) };
  const message = found.isDirectory()
    ? t('{path} is a folder where Millwright keeps a file.', args)
    : t('{path} is {kind}, and Millwright follows none here.', args);
  return new AppError('files.notPlain', message, {
    args,
    remedy: t('Replace it by a plain file or folder, or delete it if you did not make it.'),
  });
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) return t('a link');
  if (found.isFIFO()) return t('a named pipe');
  if (found.isSocket()) return t('a socket');
  if (found.isDirectory()) return t('a folder');
  return t('a device');
}
