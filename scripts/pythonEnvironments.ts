/** Python environments with pinned packages for the tests against real tools; each is installed once per machine. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../src/base/errors.ts';
import { writeAtomic } from '../src/base/files.ts';
import { sha256 } from '../src/base/hash.ts';
import { takeLock } from '../src/base/lock.ts';
import { runCommand } from '../src/base/process.ts';
import { cacheFolder } from './cacheFolder.ts';
import { stillWorking } from './stillWorking.ts';

/** What each environment is for; its packages, every one with its version, are in `test/support/python/<name>.txt`. */
export type PythonEnvironmentName = 'mlflow-newest' | 'mlflow-2' | 'boosting' | 'datasets';

/** Environments whose packages are wanted for their files: what they would need to run is left out. */
const filesOnly: readonly PythonEnvironmentName[] = ['datasets'];

export interface PythonEnvironment {
  /** The folder of the virtual environment. */
  readonly folder: string;
  readonly python: string;
  /** A command that one of the packages brings, such as `mlflow`. */
  readonly command: (name: string) => string;
}

/** pip may take minutes on a slow line, and another process may be installing the same. */
const installPatienceMs = 20 * 60_000;

/**
 * Installs an environment into the cache folder where it is missing, under a name that changes with its packages and the
 * Python they run on. Whoever comes second waits; an installation that was cut short is started anew.
 * @throws AppError `setup.missing` or `setup.failed`, saying what to install
 */
export async function ensurePythonEnvironment(name: PythonEnvironmentName): Promise<PythonEnvironment> {
  const requirements = join(import.meta.dirname, '..', 'test', 'support', 'python', `${name}.txt`);
  const contents = (await readFile(requirements, 'utf8')).replaceAll('\r', '');
  const folder = join(cacheFolder(), `python-${name}-${sha256(`${await pythonVersion()}\n${contents}`).slice(0, 12)}`);
  const environment = describe(folder);
  if (existsSync(join(folder, mark))) return environment;
  await mkdir(cacheFolder(), { recursive: true });
  using lock = await takeLock(`${folder}.lock`, { patienceMs: installPatienceMs });
  if (lock === undefined) {
    throw new AppError('setup.busy', `Another process has been installing ${folder} for ${installPatienceMs / 60_000} minutes.`, {
      kind: 'busy',
      remedy: 'Wait for it, or end it, and try again.',
    });
  }
  if (existsSync(join(folder, mark))) return environment;
  console.log(`Installing the Python environment ${name} into ${folder} (1 to 3 minutes, once) …`);
  await rm(folder, { recursive: true, force: true });
  await stillWorking(`Installing ${name}`, async () => {
    await makeVenv(folder);
    await install(environment.python, name, requirements);
  });
  await writeAtomic(join(folder, mark), contents);
  return environment;
}

function describe(folder: string): PythonEnvironment {
  const [bin, suffix] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', ''];
  const command = (name: string): string => join(folder, bin, `${name}${suffix}`);
  return { folder, python: command('python'), command };
}

const mark = '.complete';

const system = process.platform === 'win32' ? 'python' : 'python3';

/** `3.11`: an environment is bound to the Python that made it, and the pinned packages exist for 3.11 to 3.13 only. */
async function pythonVersion(): Promise<string> {
  const missing = (found: string, cause?: unknown): AppError =>
    new AppError('setup.missing', `The tests against real tools need Python 3.11, 3.12 or 3.13 as ${system} on PATH; ${found}`, {
      kind: 'environment',
      cause,
      remedy: 'Install it, on Debian or Ubuntu with: sudo apt-get install python3 python3-venv',
    });
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const output = await runCommand(system, ['-c', script], { timeoutMs: 30_000 }).catch((cause: unknown) => {
    throw missing('there is none.', cause);
  });
  const version = output.stdout.trim();
  if (!/^3\.1[123]$/.test(version)) throw missing(`that is ${version}.`);
  return version;
}

async function makeVenv(folder: string): Promise<void> {
  try {
    await runCommand(system, ['-m', 'venv', folder], { timeoutMs: 300_000 });
  } catch (cause) {
    throw new AppError('setup.missing', `Python cannot make virtual environments here: ${reason(cause)}`, {
      kind: 'environment',
      cause,
      remedy: 'Install the venv module, on Debian or Ubuntu with: sudo apt-get install python3-venv',
    });
  }
}

async function install(python: string, name: PythonEnvironmentName, requirements: string): Promise<void> {
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', ...(filesOnly.includes(name) ? ['--no-deps'] : [])];
  try {
    await runCommand(python, ['-m', 'pip', 'install', ...options, '-r', requirements], { timeoutMs: installPatienceMs });
  } catch (cause) {
    throw new AppError('setup.failed', `The Python environment ${name} could not be installed: ${reason(cause)}`, {
      kind: 'environment',
      cause,
      remedy: `See that pip reaches a package index, with: ${python} -m pip install -r ${requirements}`,
    });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
