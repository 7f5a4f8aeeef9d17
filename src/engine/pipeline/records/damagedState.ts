/** Files of a project's own state that cannot be read, and that Millwright therefore does without. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { readIfPresent, readTail } from '../../../base/boundedRead.ts';
import { AppError } from '../../../base/errors.ts';
import { isLocked } from '../../../base/lock.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { namesIn } from '../../../base/trees.ts';
import { jobIdPattern, jobIds, jobPaths, type JobPaths } from '../../jobs/jobFolder.ts';
import { parsePending } from '../../safety/pendingAppend.ts';

/** Whether a file's text is one of ours. */
type Judge = (text: string) => boolean;

/** The newest of a job's events that are looked at. */
const mostEventBytes = 1 << 20;

/** @returns paths relative to the project, with `/`; none where all can be read */
export async function findDamagedState(root: string): Promise<string[]> {
  const ids = await jobIds(root);
  const jobs = ids.map((id) => jobPaths(root, id));
  const found = await Promise.all([
    ...jobs.flatMap(({ record, result }) => [record, result].map((path) => damaged(path, isVersioned))),
    ...jobs.map(damagedEvents),
    ...[...jobs.map(({ lock }) => lock), statePath(root, 'audit.lock'), statePath(root, 'run.lock')].map(damagedLock),
    ...(await filesIn(statePath(root, 'stages'))).map((path) => damaged(path, isVersioned)),
    ...(await filesIn(statePath(root, 'operations'))).map((path) => damaged(path, isVersioned)),
    ...(await filesBelow(statePath(root, 'validation'), ['report.json', 'summary.json'])).map((path) => damaged(path, isVersioned)),
    ...(await filesBelow(statePath(root, 'cache'), ['entry.json'])).map((path) => damaged(path, isVersioned)),
    damaged(statePath(root, 'run.holder'), (text) => text === '' || jobIdPattern.test(text)),
    damaged(statePath(root, 'audit.pending.json'), (text) => parsePending(text) !== undefined),
  ]);
  return found.flatMap((path) => (path === undefined ? [] : [relative(root, path).replaceAll('\\', '/')])).sort();
}

const versioned = z.object({ version: z.literal(1) });

function isVersioned(text: string): boolean {
  return versioned.safeParse(parsed(text)).success;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The path of a file that is there and is not what it should be; one that is no plain file, or too large, is none. */
async function damaged(path: string, isOurs: Judge): Promise<string | undefined> {
  try {
    const text = await readIfPresent(path);
    return text === undefined || isOurs(text) ? undefined : path;
  } catch (error) {
    if (AppError.is(error)) return path;
    throw error;
  }
}

const event = z.looseObject({ type: z.string() });

/** The last line of a job that has no result may be torn by its death, or not be finished yet. */
async function damagedEvents({ events: path, result }: JobPaths): Promise<string | undefined> {
  const tail = (await readTail(path, mostEventBytes))?.toString('utf8');
  if (tail === undefined) return undefined;
  const lines = tail.split('\n');
  const whole = lines.slice(tail.length < mostEventBytes ? 0 : 1, -1);
  const isEvent = (line: string): boolean => line.trim() === '' || event.safeParse(parsed(line)).success;
  const endsWhole = lines.at(-1) === '' || !existsSync(result);
  return endsWhole && lines.length > 1 && whole.every(isEvent) ? undefined : path;
}

function damagedLock(path: string): Promise<string | undefined> {
  try {
    isLocked(path);
    return Promise.resolve(undefined);
  } catch (error) {
    if (AppError.is(error)) return Promise.resolve(path);
    throw error;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).map((name) => join(folder, name));
}

async function filesBelow(folder: string, names: readonly string[]): Promise<string[]> {
  const folders = (await namesIn(folder)).filter((name) => !name.startsWith('.') && name !== 'hashes.db');
  return folders.flatMap((each) => names.map((name) => join(folder, each, name)));
}
