/** Which Python runs a `run` stage, and what is installed in it. */
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { runCommand } from '../../../base/process.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const windows = process.platform === 'win32';
const listTimeoutMs = 30_000;
const listPackages =
  'import importlib.metadata as m, sys; print(sys.version); print("\\n".join(sorted({f"{d.metadata[\'Name\']}=={d.version}" for d in m.distributions()})))';

/** Whether a command's first word asks for the project's Python. */
export function isPython(word: string): boolean {
  return /^python3?(\.exe)?$/.test(word);
}

/**
 * The interpreter: the stage's, the project's, `.venv`, VIRTUAL_ENV, CONDA_PREFIX, PATH, in this order.
 * @returns an absolute path
 * @throws AppError `pipeline.pythonMissing` (kind environment)
 */
export function findInterpreter(root: string, named: readonly (string | undefined)[], env: Environment): string {
  const asked = named.find((name) => name !== undefined);
  if (asked !== undefined) {
    const found = fromSetting(root, asked, env);
    if (found !== undefined) return found;
    throw new AppError('pipeline.pythonMissing', t('There is no Python interpreter at {python}.', { python: asked }), {
      kind: 'environment',
      args: { python: asked },
      remedy: t('Correct "python" in millwright.yaml: an interpreter, or the folder of a virtual environment.'),
    });
  }
  const folders = [join(root, '.venv'), env.VIRTUAL_ENV, env.CONDA_PREFIX];
  const found = folders.map((folder) => (folder === undefined ? undefined : inFolder(folder))).find((path) => path !== undefined);
  const interpreter = found ?? onPath('python3', env) ?? onPath('python', env);
  if (interpreter !== undefined) return interpreter;
  throw new AppError('pipeline.pythonMissing', t('No Python interpreter was found.'), {
    kind: 'environment',
    remedy: t('Install Python, or name an interpreter with "python:" in millwright.yaml.'),
  });
}

function fromSetting(root: string, setting: string, env: Environment): string | undefined {
  const path = resolve(root, setting);
  if (existsSync(path)) return statSync(path).isDirectory() ? inFolder(path) : path;
  return isAbsolute(setting) || /[\\/]/.test(setting) ? undefined : onPath(setting, env);
}

function inFolder(folder: string): string | undefined {
  const candidates = windows ? ['Scripts/python.exe', 'python.exe'] : ['bin/python', 'bin/python3'];
  return candidates.map((candidate) => join(folder, candidate)).find((path) => existsSync(path));
}

function onPath(name: string, env: Environment): string | undefined {
  const file = windows ? `${name}.exe` : name;
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

/**
 * A digest of the interpreter's version and its installed packages.
 * @throws AppError `process.failed`, `process.timedOut`; CancelledError
 */
export async function digestPackages(interpreter: string, signal?: AbortSignal): Promise<string> {
  const { stdout } = await runCommand(interpreter, ['-c', listPackages], {
    cwd: dirname(interpreter), // Python puts the working directory first on its path: a project's email.py would shadow the library's
    timeoutMs: listTimeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
  return sha256(stdout);
}
