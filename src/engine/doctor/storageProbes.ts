/** Probes of the folder that work is done in: its file system, its room, what lies in it, and whether locks hold there. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { writeNew } from '../../base/files.ts';
import { isLocked, takeLock } from '../../base/lock.ts';
import { t } from '../../base/localize.ts';
import { runCommand } from '../../base/process.ts';
import { removeTree } from '../../base/trees.ts';
import { hasFileStore } from '../tracking/fileStore.ts';
import { findDamagedState } from '../pipeline/records/damagedState.ts';
import { openStore } from '../stores/openStore.ts';
import { findMount, type Mount } from './mounts.ts';
import type { Finding, ProbeDefinition } from './probe.ts';

const leastFreeBytes = 2e9;

export function storageProbes(folder: string): ProbeDefinition[] {
  return [
    { name: 'File system', deadlineMs: 5000, probe: async () => fileSystemFinding(folder) },
    { name: 'Free space', deadlineMs: 5000, probe: async () => freeSpaceFinding(folder) },
    { name: 'Run stores', deadlineMs: 5000, probe: async (signal) => storesFinding(folder, signal) },
    { name: 'Project state', deadlineMs: 15_000, probe: async () => stateFinding(folder) },
    { name: 'Locking', deadlineMs: 15_000, probe: async (signal) => lockingFinding(folder, signal) },
  ];
}

/** Two stores in one folder: MLflow takes the older one, and its pages show other runs than ours. */
async function storesFinding(folder: string, signal: AbortSignal): Promise<Finding> {
  const [ours, theirs] = [openStore({ root: folder }).files.some((file) => existsSync(file)), await hasFileStore(folder)];
  if (!theirs) return ours ? ownStoreFinding(folder, signal) : { state: 'ok', detail: t('no runs yet') };
  return {
    state: 'failed',
    detail: ours
      ? t('mlflow.db and an older file store in mlruns: MLflow takes mlruns, and shows none of the runs in mlflow.db')
      : t('an older file store in mlruns: MLflow will take it, and show none of the runs that Millwright puts into mlflow.db'),
    remedy: t(
      'Tell MLflow where to look: mlflow ui --backend-store-uri sqlite:///mlflow.db (or MLFLOW_TRACKING_URI). The old runs can be copied into a database of their own: mlflow migrate-filestore --source . --target sqlite:///old.db',
    ),
  };
}

/** A store that cannot be read, or that somebody died over. */
async function ownStoreFinding(folder: string, signal: AbortSignal): Promise<Finding> {
  try {
    await using reader = openStore({ root: folder }).tracking();
    if ((await reader.isHalfDone?.({ signal })) !== true) return { state: 'ok', detail: t('mlflow.db') };
    return {
      state: 'warning',
      detail: t('mlflow.db, in which a program died while it was writing: its half-done change is shown nowhere'),
      remedy: t('Nothing is lost, and nothing has to be done: the next command that writes runs or models undoes it.'),
    };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return { state: 'failed', detail: error.message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
  }
}

/** What is damaged is done without: a job is not shown, a stage runs again. That is said here, by name. */
async function stateFinding(folder: string): Promise<Finding> {
  const damaged = await findDamagedState(folder);
  if (damaged.length === 0) return { state: 'ok', detail: t('every file of .millwright can be read') };
  return {
    state: 'failed',
    detail: t('damaged, or of a newer version: {paths}', { paths: damaged.join(', ') }),
    remedy: t('Update Millwright if a newer one works here; else delete them: they are done without, or made anew when they are needed.'),
  };
}

function scratchPath(folder: string, end: string): string {
  return join(folder, `.millwright-doctor-${randomBytes(6).toString('hex')}${end}`);
}

async function fileSystemFinding(folder: string): Promise<Finding> {
  const mount = await mountOf(folder);
  const caseSensitive = await distinguishesCase(folder);
  const detail = [
    ...(mount === undefined ? [] : [mount.network ? t('{type} over a network', { type: mount.type }) : mount.type]),
    caseSensitive ? t('upper and lower case differ') : t('upper and lower case are the same'),
    folder,
  ].join(', ');
  if (mount?.network === true) {
    return {
      state: 'warning',
      detail,
      remedy: t('SQLite over a network can lose writes: keep the project on a local disk where you can.'),
    };
  }
  return { state: 'ok', detail };
}

async function freeSpaceFinding(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const detail = t('{free} GB', { free: (freeBytes / 1e9).toFixed(1) });
  if (freeBytes >= leastFreeBytes) return { state: 'ok', detail };
  return { state: 'failed', detail, remedy: t('Free some space: "millwright clean" drops old cache entries and jobs.') };
}

async function mountOf(folder: string): Promise<Mount | undefined> {
  if (process.platform !== 'linux') return undefined;
  return findMount(await readFile('/proc/self/mounts', 'utf8'), await realpath(folder));
}

async function distinguishesCase(folder: string): Promise<boolean> {
  const path = scratchPath(folder, '.case');
  try {
    await writeNew(path, '');
    return !existsSync(path.replace(/\.case$/, '.CASE'));
  } finally {
    await removeTree(path);
  }
}

/** Takes a lock, sees it held from this process and from another, releases it and takes it again. */
async function lockingFinding(folder: string, signal: AbortSignal): Promise<Finding> {
  const path = scratchPath(folder, '.lock');
  try {
    using lock = await takeLock(path, { signal });
    if (lock === undefined) return lockFault(t('a lock nobody holds cannot be taken'));
    if (!isLocked(path)) return lockFault(t('a held lock is not seen by the process that holds it'));
    if (!(await seenByAnother(path, signal))) return lockFault(t('a held lock is not seen by another process'));
    lock.release();
    if (isLocked(path)) return lockFault(t('a released lock is still held'));
    return { state: 'ok', detail: t('a lock was taken, seen by another process, and released') };
  } finally {
    await removeTree(path);
  }
}

async function seenByAnother(path: string, signal: AbortSignal): Promise<boolean> {
  const script = `const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(process.argv[1], { readOnly: true, timeout: 0 });
    try { database.prepare('SELECT count(*) FROM sqlite_schema').get(); console.log('free'); } catch (error) { console.log(error.errcode & 0xff); }`;
  const { stdout } = await runCommand(process.execPath, ['--no-warnings', '-e', script, path], { signal });
  return stdout.trim() === '5';
}

function lockFault(detail: string): Finding {
  return {
    state: 'failed',
    detail,
    remedy: t('Keep the project on a local disk: this file system does not hold locks, so two runs could disturb each other.'),
  };
}
