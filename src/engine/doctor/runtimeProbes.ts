/** Probes of what programs run on: Node, Python with MLflow, git. */
import { AppError } from '../../base/errors.ts';
import { runCommand } from '../../base/process.ts';
import { t } from '../../base/localize.ts';
import { findInterpreter } from '../pipeline/key/interpreter.ts';
import { isNotInstalled, type Finding, type ProbeDefinition } from './probe.ts';

const oldestNode = 24;

export function runtimeProbes(folder: string, python: string | undefined): ProbeDefinition[] {
  return [
    { name: 'Node', deadlineMs: 1000, probe: async () => Promise.resolve(nodeFinding()) },
    { name: 'Python', deadlineMs: 10_000, probe: async (signal) => pythonFinding(folder, python, signal) },
    { name: 'MLflow', deadlineMs: 20_000, probe: async (signal) => mlflowFinding(folder, python, signal) },
    { name: 'git', deadlineMs: 10_000, probe: async (signal) => gitFinding(folder, signal) },
  ];
}

function nodeFinding(): Finding {
  const { node, sqlite, v8 } = process.versions;
  const detail = t('{version} on {platform}-{arch} ({path}), V8 {v8}, SQLite {sqlite}', {
    version: node,
    platform: process.platform,
    arch: process.arch,
    path: process.execPath,
    v8,
    sqlite: sqlite ?? t('none'),
  });
  if (Number(node.split('.')[0]) >= oldestNode) return { state: 'ok', detail };
  return {
    state: 'failed',
    detail,
    remedy: t('Millwright needs Node {oldest} or newer: install it, or name one in MILLWRIGHT_NODE.', { oldest: oldestNode }),
  };
}

/** The interpreter that `run` stages would use. */
function interpreterOf(folder: string, named: string | undefined): string | undefined {
  try {
    return findInterpreter(folder, [named], process.env);
  } catch (error) {
    if (AppError.is(error, 'pipeline.pythonMissing') && named === undefined) return undefined;
    throw error;
  }
}

const withoutPython = (): Finding => ({
  state: 'missing',
  detail: t('no python3 and no python on PATH'),
  remedy: t('Only "run" stages in Python need it: install it, or name one under "python:" in millwright.yaml.'),
});

async function pythonFinding(folder: string, named: string | undefined, signal: AbortSignal): Promise<Finding> {
  const path = interpreterOf(folder, named);
  if (path === undefined) return withoutPython();
  const { stdout } = await runCommand(path, ['-c', 'import platform; print(platform.python_version())'], { signal });
  return { state: 'ok', detail: t('{version} ({path})', { version: stdout.trim(), path }) };
}

async function mlflowFinding(folder: string, named: string | undefined, signal: AbortSignal): Promise<Finding> {
  const path = interpreterOf(folder, named);
  if (path === undefined) return { state: 'missing', detail: t('there is no Python that could have it') };
  const script = "import importlib.metadata as m; print(next((d.version for d in m.distributions(name='mlflow')), ''))";
  const version = (await runCommand(path, ['-c', script], { signal })).stdout.trim();
  if (version !== '') return { state: 'ok', detail: t('{version} in {path}', { version, path }) };
  return {
    state: 'missing',
    detail: t('not installed in {path}', { path }),
    remedy: t('Not needed to track runs: Millwright writes MLflow\'s own store. For its web page: "pip install mlflow", then "mlflow ui".'),
  };
}

async function gitFinding(folder: string, signal: AbortSignal): Promise<Finding> {
  let version: string;
  try {
    version = (await runCommand('git', ['--version'], { signal })).stdout.replace('git version', '').trim();
  } catch (error) {
    if (!isNotInstalled(error)) throw error;
    return {
      state: 'missing',
      detail: t('git is not on PATH'),
      remedy: t('Install git: runs then record the commit they were made from.'),
    };
  }
  const inside = await runCommand('git', ['rev-parse', '--is-inside-work-tree'], { cwd: folder, signal }).then(
    ({ stdout }) => stdout.trim() === 'true',
    (error: unknown) => {
      if (AppError.is(error, 'process.failed')) return false;
      throw error;
    },
  );
  if (inside) return { state: 'ok', detail: t('{version}, and this folder is in a repository', { version }) };
  return {
    state: 'ok',
    detail: t('{version}, but this folder is in no repository', { version }),
    remedy: t('"git init" lets runs record the commit they were made from.'),
  };
}
