/** The only module that starts, recognises and ends processes. */
import { execFile, fork, spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { CancelledError, delay } from './abort.ts';
import { AppError, errorCode } from './errors.ts';
import { t } from './localize.ts';

const execFileAsync = promisify(execFile);

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a short command to its end and returns its output.
 * @throws AppError `process.notFound`, `process.folderNotFound`, `process.timedOut` or `process.failed` (kind environment); CancelledError
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>>; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<CommandOutput> {
  const { execa } = await import('execa'); // it starts few of our processes, and loading it takes longer than some of those commands
  const result = await execa(command, args, {
    reject: false,
    stdin: 'ignore',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (!result.failed) return { stdout: result.stdout, stderr: result.stderr };
  if (result.isCanceled) throw new CancelledError();
  const args_ = { command };
  if (result.timedOut) {
    throw new AppError(
      'process.timedOut',
      t('{command} did not answer within {seconds} s.', { command, seconds: (options.timeoutMs ?? 0) / 1000 }),
      { kind: 'environment', args: args_ },
    );
  }
  if (result.code === 'ENOENT') throw notFound(command, options.cwd, result);
  if (result.exitCode === undefined && result.signal === undefined) {
    const code = result.code ?? '';
    throw new AppError('process.failed', t('{command} could not be started ({code}).', { command, code }), {
      kind: 'environment',
      args: args_,
      cause: result,
    });
  }
  const detail = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new AppError(
    'process.failed',
    t('{command} failed with exit code {code}. {detail}', { command, code: String(result.exitCode ?? result.signal), detail }).trim(),
    {
      kind: 'environment',
      args: args_,
      cause: result,
    },
  );
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Ends this process at once, whatever its threads are doing; the reason is the last thing that it prints. */
export function endThisProcess(reason: string): never {
  writeSync(2, `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
  process.abort(); // not reached
}

/** A running process: a promise of its end, plus the means to end it. */
export interface RunningProcess {
  readonly pid: number;
  /** Distinguishes this process from a later one with the same number; see {@link processStartTime}. */
  readonly startTime: string | undefined;
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  /** Ends the process and everything it started: asks first, insists after `graceMs` (default 5000). */
  stop(graceMs?: number): Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Only where the user wrote `shell: true`. */
  readonly shell?: boolean;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

/**
 * Starts a user's command in a process group of its own and streams its output.
 * @throws AppError `process.notFound`, `process.folderNotFound`, `process.notStarted`
 */
export async function startCommand(command: string, args: readonly string[], options: StartOptions): Promise<RunningProcess> {
  const child = spawnCommand(command, args, options);
  child.stdout.on('data', options.onStdout);
  child.stderr.on('data', options.onStderr);
  return running(child, { command, cwd: options.cwd, ownGroup: true });
}

function spawnCommand(
  command: string,
  args: readonly string[],
  { cwd, env, shell = false }: StartOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  try {
    return spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      shell,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // Node's own words quote the variable, whose value may be a secret: neither they nor the error go on from here.
    throw notStarted(
      command,
      errorCode(error) === 'ERR_INVALID_ARG_VALUE' ? t('NUL in an argument or in its environment') : String(errorCode(error)),
    );
  }
}

/** The system has one code for a program and for a working folder that are not there. */
function notFound(command: string, cwd: string | undefined, cause: unknown): AppError {
  if (cwd !== undefined && !existsSync(cwd)) {
    const args = { command, path: cwd };
    return new AppError('process.folderNotFound', t('{command} could not be started: its folder {path} is not there.', args), {
      kind: 'environment',
      args,
      cause,
    });
  }
  return new AppError('process.notFound', t('{command} was not found.', { command }), { kind: 'environment', args: { command }, cause });
}

function notStarted(command: string, reason: string, cause?: Error): AppError {
  const args = { command, reason };
  return new AppError('process.notStarted', t('{command} could not be started: {reason}', args), { kind: 'environment', args, cause });
}

/** A child of our own code that speaks over IPC with structured clones (typed arrays stay typed). */
export interface ForkedProcess extends RunningProcess {
  readonly child: ChildProcess;
}

/** For processes that stay beside an editor: what reading a large text leaves behind is swept up early instead of piling up. */
export const smallHeap: readonly string[] = ['--max-semi-space-size=4'];

/**
 * Starts one of our entry points as a child.
 * @param runtime the Node to run it on; default: the one running now
 */
export async function forkEntryPoint(
  modulePath: string,
  args: readonly string[],
  options: {
    cwd?: string;
    env?: Readonly<Record<string, string | undefined>>;
    runtime?: string;
    nodeArguments?: readonly string[];
    onStderr?: (chunk: Buffer) => void;
    onStdout?: (chunk: Buffer) => void;
  } = {},
): Promise<ForkedProcess> {
  const child = fork(modulePath, [...args], {
    serialization: 'advanced',
    execPath: options.runtime ?? process.execPath,
    execArgv: ['--no-warnings', ...(options.nodeArguments ?? [])],
    silent: true,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  child.stdout?.on('data', options.onStdout ?? ((): void => undefined));
  child.stderr?.on('data', options.onStderr ?? ((): void => undefined));
  return { ...(await running(child, { command: modulePath, cwd: options.cwd, ownGroup: false })), child };
}

/**
 * Starts a process that outlives this one, its output going to `logPath`.
 * @returns once the process exists
 */
export async function startDetached(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string | undefined>>; logPath: string },
): Promise<{ readonly pid: number }> {
  const log = openSync(options.logPath, 'a');
  try {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', log, log],
    });
    const pid = await started(child, command, options.cwd);
    child.unref();
    return { pid };
  } finally {
    closeSync(log);
  }
}

async function started(child: ChildProcess, command: string, cwd: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(errorCode(error) === 'ENOENT' ? notFound(command, cwd, error) : notStarted(command, error.message, error));
    });
    child.once('spawn', () => {
      resolve(child.pid ?? 0);
    });
  });
}

async function running(
  child: ChildProcess,
  { command, cwd, ownGroup }: { readonly command: string; readonly cwd: string | undefined; readonly ownGroup: boolean },
): Promise<RunningProcess> {
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const pid = await started(child, command, cwd);
  child.on('error', () => undefined); // a message to a child that has just died; its end is seen through `exited`
  const stop = async (graceMs = 5000): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const tree = await descendants(pid);
    signalAll(pid, tree, 'SIGTERM', ownGroup);
    const patience = new AbortController();
    const gone = exited.then(() => true);
    const ended = await Promise.race([gone, delay(graceMs, patience.signal).then(() => false)]);
    patience.abort();
    if (!ended) {
      await endTree(pid, [...tree, ...(await descendants(pid))], ownGroup);
      await exited;
    }
  };
  return { pid, startTime: await processStartTime(pid), exited, stop };
}

function signalAll(pid: number, tree: readonly number[], signal: NodeJS.Signals, group: boolean): void {
  for (const target of [...(group && process.platform !== 'win32' ? [-pid] : []), pid, ...tree]) {
    try {
      process.kill(target, signal);
    } catch {
      continue; // already gone
    }
  }
}

async function endTree(pid: number, tree: readonly number[], group: boolean): Promise<void> {
  if (process.platform === 'win32') {
    await execFileAsync('taskkill', ['/pid', String(pid), '/T', '/F']).catch(() => undefined); // already gone
    return;
  }
  signalAll(pid, tree, 'SIGKILL', group);
}

/** How long a killed process may take to be gone: what it holds is free only then. */
const deathMs = 5000;

/**
 * Ends a process of an earlier holder and everything it started, provided it is still the same process.
 * @returns true once it is gone; false when there was nothing to end
 */
export async function endRecorded(pid: number, startTime: string | undefined): Promise<boolean> {
  const isThere = async (): Promise<boolean> => startTime !== undefined && (await processStartTime(pid)) === startTime;
  if (!(await isThere())) return false;
  await endTree(pid, await descendants(pid), false);
  for (const deadline = Date.now() + deathMs; Date.now() < deadline && (await isThere());) await delay(10);
  return true;
}

/**
 * A token for the moment a process started, equal for the same process and different for a later one that got its number.
 * @returns undefined when there is no such process (or it is a zombie)
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const fields = statFields(await readFile(`/proc/${pid}/stat`, 'utf8'));
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    if (process.platform === 'win32') {
      const script = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`;
      return (await execFileAsync('powershell', ['-NoProfile', '-Command', script])).stdout.trim();
    }
    const { stdout } = await execFileAsync('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined; // no such process
  }
}

/** The fields of /proc/<pid>/stat after the name (which may hold spaces and parentheses); the first is the state. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Every process below `pid`, nearest first. */
async function descendants(pid: number): Promise<number[]> {
  if (process.platform === 'win32') return []; // taskkill /T walks the tree itself
  const parents = await parentTable();
  const found: number[] = [];
  for (let frontier = [pid]; frontier.length > 0;) {
    frontier = parents.filter(([, parent]) => frontier.includes(parent)).map(([child]) => child);
    found.push(...frontier);
  }
  return found;
}

async function parentTable(): Promise<(readonly [number, number])[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await execFileAsync('ps', ['-A', '-o', 'pid=,ppid=']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined); // ended meanwhile
      return stat === undefined ? undefined : ([Number(name), Number(statFields(stat)[1])] as const);
    }),
  );
  return rows.filter((row) => row !== undefined);
}
