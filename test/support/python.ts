/** Runs the scripts of `test/support/python` in a pinned environment and reads the JSON that they print. */
import { join } from 'node:path';
import { runCommand } from '../../src/base/process.ts';
import { ensurePythonEnvironment, type PythonEnvironmentName } from '../../scripts/pythonEnvironments.ts';

const scripts = join(import.meta.dirname, 'python');

/** What keeps MLflow quiet, off the network and away from a developer's own settings. */
const quiet = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
  GIT_PYTHON_REFRESH: 'quiet',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONWARNINGS: 'ignore',
  MLFLOW_TRACKING_URI: '',
  CUDA_VISIBLE_DEVICES: '',
};

/** How a version of MLflow is told where the store is: the newest looks at `mlflow.db` by itself. */
export function storeSettings(name: PythonEnvironmentName): Readonly<Record<string, string>> {
  return name === 'mlflow-2' ? { ...quiet, MLFLOW_TRACKING_URI: 'sqlite:///mlflow.db' } : quiet;
}

/**
 * Runs a script in the folder of a project.
 * @returns the parsed last line of its output
 */
export async function runPython<T>(
  name: PythonEnvironmentName,
  script: string,
  { cwd, args = [] }: { readonly cwd: string; readonly args?: readonly string[] },
): Promise<T> {
  const { python } = await ensurePythonEnvironment(name);
  const { stdout } = await runCommand(python, [join(scripts, script), ...args], { cwd, env: storeSettings(name), timeoutMs: 600_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}
