/**
 * What is kept of every change beside its lines in the audit log: how to undo it, and who is at it.
 * An operation is alive exactly while its lock is held; one without an end line and without a holder was abandoned.
 */
import * as z from 'zod';
import type { Json } from '../../base/canonicalJson.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { writeAtomic } from '../../base/files.ts';
import { digestOf } from '../../base/hash.ts';
import { takeLock, type Lock } from '../../base/lock.ts';
import { statePath } from '../../base/stateFolder.ts';
import { namesIn, removeTree } from '../../base/trees.ts';
import { userMark } from '../../base/userMark.ts';

/** How a change is taken back: the name of a performer and what it needs to know. */
export interface UndoPlan {
  readonly kind: string;
  readonly args: Readonly<Record<string, Json>>;
}

export interface OperationRecord {
  readonly id: string;
  readonly undo: UndoPlan | undefined;
  /** The job that made the change, where one did. */
  readonly jobId: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly startedAt: number;
  /** What the change left of what its undo would take back; undefined while it is under way, or where nothing is compared. */
  readonly left?: Json | undefined;
}

const recordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  undo: z.object({ kind: z.string(), args: z.record(z.string(), z.json()) }).optional(),
  jobId: z.string().optional(),
  startedAt: z.number(),
  left: z.json().optional(),
  mark: z.string().optional(),
});

const folder = (root: string): string => statePath(root, 'operations');
const recordPath = (root: string, id: string): string => statePath(root, 'operations', `${id}.json`);
const lockPath = (root: string, id: string): string => statePath(root, 'operations', `${id}.lock`);

/** Where an operation may keep what its undo needs, such as the file it replaces. */
export function operationFolder(root: string, id: string): string {
  return statePath(root, 'operations', id);
}

export async function saveOperation(root: string, record: OperationRecord): Promise<void> {
  const mark = (await userMark()).of(markText(record));
  await writeAtomic(recordPath(root, record.id), JSON.stringify({ version: 1, ...record, mark }));
}

function markText({ id, undo, jobId, startedAt, left }: OperationRecord): string {
  return `operation ${digestOf({ id, undo: undo === undefined ? null : { kind: undo.kind, args: undo.args }, jobId: jobId ?? null, startedAt, left: left ?? null })}`;
}

/**
 * The record of an operation that this user made on this machine; undefined where there is none, or what lies there was made elsewhere
 * or by hand: what came with a folder is not believed.
 */
export async function loadOwnOperation(root: string, id: string): Promise<OperationRecord | undefined> {
  const found = parseRecord(await readIfPresent(recordPath(root, id)));
  if (found?.id !== id) return undefined;
  const { undo, jobId, startedAt, left, mark } = found;
  const record: OperationRecord = { id, undo, jobId, startedAt, ...(left === undefined ? {} : { left }) };
  return (await userMark()).isOn(markText(record), mark) ? record : undefined;
}

function parseRecord(text: string | undefined): z.infer<typeof recordSchema> | undefined {
  if (text === undefined) return undefined;
  try {
    return recordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // damaged
  }
}

/** Holds the operation; undefined when another process does. */
export async function lockOperation(root: string, id: string, patienceMs = 0): Promise<Lock | undefined> {
  return takeLock(lockPath(root, id), { patienceMs });
}

/** Held while an operation is taken back; undefined when another process is at it. */
export async function lockUndo(root: string, id: string): Promise<Lock | undefined> {
  return takeLock(statePath(root, 'operations', `${id}.undo`));
}

/** Drops what is no longer needed of an operation that has its end line: its lock and, unless it can be undone, its record. */
export async function retireOperation(root: string, id: string, undoable: boolean): Promise<void> {
  if (!undoable) await removeTree(recordPath(root, id));
  await removeTree(lockPath(root, id));
}

/** Operations whose lock file is still there: under way, or abandoned. */
export async function openOperations(root: string): Promise<string[]> {
  return (await namesIn(folder(root))).flatMap((name) => (name.endsWith('.lock') ? [name.slice(0, -'.lock'.length)] : []));
}
