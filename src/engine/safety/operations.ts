/**
 * What is kept of every change beside its lines in the audit log: how to undo it, and who is at it.
 * An operation is alive exactly while its lock is held; one without an end line and without a holder was abandoned.
 */
import { readdir, rm } from 'node:fs/promises';
import * as z from 'zod';
import type { Json } from '../../base/canonicalJson.ts';
import { isMissing, readIfPresent, writeAtomic } from '../../base/files.ts';
import { takeLock, type Lock } from '../../base/lock.ts';
import { statePath } from '../../base/stateFolder.ts';

/** How a change is taken back: the name of a performer and what it needs to know. */
export interface UndoPlan {
  readonly kind: string;
  readonly args: Readonly<Record<string, Json>>;
}

export interface OperationRecord {
  readonly version: 1;
  readonly id: string;
  readonly undo: UndoPlan | undefined;
  /** The job that made the change, where one did. */
  readonly jobId: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
}

const recordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  undo: z.object({ kind: z.string(), args: z.record(z.string(), z.json()) }).optional(),
  jobId: z.string().optional(),
  startedAt: z.number(),
});

const folder = (root: string): string => statePath(root, 'operations');
const recordPath = (root: string, id: string): string => statePath(root, 'operations', `${id}.json`);
const lockPath = (root: string, id: string): string => statePath(root, 'operations', `${id}.lock`);

/** Where an operation may keep what its undo needs, such as the file it replaces. */
export function operationFolder(root: string, id: string): string {
  return statePath(root, 'operations', id);
}

export async function saveOperation(root: string, record: OperationRecord): Promise<void> {
  await writeAtomic(recordPath(root, record.id), JSON.stringify(record));
}

export async function loadOperation(root: string, id: string): Promise<OperationRecord | undefined> {
  const text = await readIfPresent(recordPath(root, id));
  if (text === undefined) return undefined;
  const { undo, jobId, ...record } = recordSchema.parse(JSON.parse(text));
  return { ...record, undo, jobId };
}

/** Holds the operation; undefined when another process does. */
export async function lockOperation(root: string, id: string, patienceMs = 0): Promise<Lock | undefined> {
  return takeLock(lockPath(root, id), { patienceMs });
}

/** Drops what is no longer needed of an operation that has its end line: its lock and, unless it can be undone, its record. */
export async function retireOperation(root: string, id: string, undoable: boolean): Promise<void> {
  if (!undoable) await rm(recordPath(root, id), { force: true });
  await rm(lockPath(root, id), { force: true });
}

/** Operations whose lock file is still there: under way, or abandoned. */
export async function openOperations(root: string): Promise<string[]> {
  try {
    const names = await readdir(folder(root));
    return names.flatMap((name) => (name.endsWith('.lock') ? [name.slice(0, -'.lock'.length)] : []));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
