/**
 * What V8 compiled of our code, kept between starts: a short command spends a third of its time on compiling. Node's own cache
 * (`module.enableCompileCache`) keeps what is compiled when a file is loaded, and that is hardly a function of a bundle; what is kept
 * here was taken when the process had run.
 */
import { hash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { createRequire, wrap } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { installedVersion } from './entryPoint.ts';
import { compiledCodeFolder } from './userFolder.ts';

/** When what a process runs that does not end by itself is taken for loaded. */
const loadedAfterMs = 400;
/** What other versions left is of no use to anyone after this. */
const keptMs = 30 * 24 * 60 * 60_000;
const digestBytes = 32;

/**
 * Runs a bundle in CommonJS, compiled as it was left by the start before.
 * @param use what tells starts apart that need other functions of it, such as the command of the terminal
 */
export function runCompiled(file: string, use = ''): void {
  const kept = keptFile(file, use);
  const stamp = stampOf(file); // before its content: what another installs in between must not have this code
  const source = readFileSync(file, 'utf8');
  const cachedData = kept === undefined ? undefined : read(kept, stamp);
  const script = new Script(wrap(source.replace(/^#!/, '//')), {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (kept !== undefined && script.cachedDataRejected !== false) keepOnce(script, { kept, stamp });
  const module = { exports: {} };
  const run = script.runInThisContext() as (exports: object, require: NodeJS.Require, module: object, file: string, folder: string) => void;
  run(module.exports, createRequire(file), module, file, dirname(file));
}

/** As soon as it ends, or after a while: it may be killed. */
function keepOnce(script: Script, to: { readonly kept: string; readonly stamp: string }): void {
  const keep = (): void => {
    clearTimeout(timer);
    process.off('exit', keep);
    if ((process.exitCode ?? 0) === 0) write(script.createCachedData(), to);
  };
  const timer = setTimeout(keep, loadedAfterMs).unref();
  process.on('exit', keep);
}

/** Equal for a file that was not written to in between. */
function stampOf(file: string): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(file);
  return [size, mtimeMs, ctimeMs, ino].join(':');
}

/** V8 does not look at whether what it is given is damaged, and dies of it: so a digest lies before it. */
function read(kept: string, stamp: string): Buffer | undefined {
  try {
    const content = readFileSync(kept);
    const data = content.subarray(digestBytes);
    return content.subarray(0, digestBytes).equals(digest(stamp, data)) ? data : undefined;
  } catch {
    return undefined; // not kept yet
  }
}

function write(data: Buffer, { kept, stamp }: { readonly kept: string; readonly stamp: string }): void {
  const temporary = `${kept}-${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([digest(stamp, data), data]), { flag: 'wx', mode: 0o600 });
    renameSync(temporary, kept);
  } catch {
    removeIfPossible(temporary); // no space, no permission: the next start is only slower
  }
}

/** The process goes on, or has its own exit code: no fault of what is kept may change that. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // its folder was closed, or is none any more
  }
}

function digest(stamp: string, data: Buffer): Buffer {
  return hash('sha256', Buffer.from(`${stamp} ${hash('sha256', data)}`), 'buffer');
}

/** Where a bundle's code lies compiled, by the version of ours and of Node; undefined where it cannot be kept. */
function keptFile(file: string, use: string): string | undefined {
  if ((process.env.NODE_DISABLE_COMPILE_CACHE ?? '') !== '') return undefined;
  const name = `${basename(file)}-${use}-${hash('sha256', file).slice(0, 16)}`;
  const named = process.env.NODE_COMPILE_CACHE ?? ''; // where the user lets Node keep such
  try {
    const folder = join(named === '' ? compiledCodeFolder() : named, `${installedVersion()}-${process.version}-${process.arch}`);
    const isNew = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
    if (named === '' && !isOwn(folder)) return undefined;
    if (named === '' && isNew) removeOld(dirname(folder));
    return join(folder, name);
  } catch {
    return undefined; // no permission, no space, a file in its place
  }
}

/**
 * Who can write there decides what is executed: so it lies in the user's own folder, never in a shared one, and is not used behind a
 * link or where others can write.
 */
function isOwn(folder: string): boolean {
  return [dirname(dirname(folder)), dirname(folder), folder].every((part) => isClosed(lstatSync(part)));
}

function isClosed(found: Stats): boolean {
  const writableByOthers = 0o022;
  if (!found.isDirectory()) return false;
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & writableByOthers) === 0);
}

function removeOld(all: string): void {
  for (const name of readdirSync(all)) {
    const path = join(all, name);
    if (Date.now() - lstatSync(path).mtimeMs > keptMs) removeIfPossible(path);
  }
}
