/**
 * What is kept of every change beside its lines in the audit log: how to undo it, and who is at it.
 * An operation is alive exactly while its lock is held; one without an end line and without a holder was abandoned.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Json } from '../../base/canonicalJson.ts';
import { readIfPresent } from '../../base/boundedRead.ts';
import { writeAtomic } from '../../base/files.ts';
import { digestOf } from '../../base/hash.ts';
import { takeLock, type Lock } from '../../base/lock.ts';
import { statePath } from '../../base/stateFolder.ts';
import { namesIn, removeTree } from '../../base/trees.ts';
import { userMark } from '../../base/userMark.ts';
import type { AuditEntry } from '../../protocol/audit.ts';

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
  /** What there was, before the change, of what its undo would take back; undefined where nothing is compared. */
  readonly found?: Json | undefined;
  /** What the change left of it, also one that failed; undefined while it is under way, where nothing is left, or nothing is compared. */
  readonly left?: Json | undefined;
  /** What the change came to, once it was made: the line after it says so, whoever writes it. */
  readonly end?: ChangeEnd | undefined;
}

const endSchema = z.object({
  outcome: z.enum(['success', 'failure']),
  model_version: z.string().nullable(),
  resources_affected: z.array(z.string()),
  metrics: z.record(z.string(), z.number()).nullable(),
  error_detail: z.string().nullable(),
  duration_seconds: z.number(),
});
/** What the line after a change says beyond the line before. */
export type ChangeEnd = Pick<AuditEntry, 'model_version' | 'resources_affected' | 'metrics' | 'error_detail'> & {
  readonly outcome: 'success' | 'failure';
  readonly duration_seconds: number;
};

const recordSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  undo: z.object({ kind: z.string(), args: z.record(z.string(), z.json()) }).optional(),
  jobId: z.string().optional(),
  startedAt: z.number(),
  found: z.json().optional(),
  left: z.json().optional(),
  end: endSchema.optional(),
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

function markText({ id, undo, jobId, startedAt, found, left, end }: OperationRecord): string {
  const plan = undo === undefined ? null : { kind: undo.kind, args: undo.args };
  const more = { ...(found === undefined ? {} : { found }), ...(end === undefined ? {} : { end: { ...end } }) }; // not known to earlier marks
  return `operation ${digestOf({ id, undo: plan, jobId: jobId ?? null, startedAt, left: left ?? null, ...more })}`;
}

/**
 * The record of an operation that this user made on this machine; undefined where there is none, or what lies there was made elsewhere
 * or by hand: what came with a folder is not believed.
 */
export async function loadOwnOperation(root: string, id: string): Promise<OperationRecord | undefined> {
  const stored = parseRecord(await readIfPresent(recordPath(root, id)));
  if (stored?.id !== id) return undefined;
  const { undo, jobId, startedAt, found, left, end, mark } = stored;
  const record: OperationRecord = { id, undo, jobId, startedAt, found, left, end };
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

/** Drops what is no longer needed of an operation that has its end line: its lock and, unless it can be undone, its record and what it kept. */
export async function retireOperation(root: string, id: string, undoable: boolean): Promise<void> {
  if (!undoable) {
    await removeTree(recordPath(root, id));
    await removeTree(operationFolder(root, id));
  }
  await removeTree(lockPath(root, id));
}

/** Drops what writers that died have left of records and kept files; an operation that has its lock is somebody's, or waits to be ended. */
export async function sweepOperations(root: string): Promise<void> {
  for (const name of await namesIn(folder(root))) {
    const id = /^\.?([0-9a-f-]{36})(?=$|\.json\.[0-9a-f]{12}\.tmp$)/.exec(name)?.[1];
    if (id === undefined || existsSync(lockPath(root, id))) continue;
    const isKept = name === id && existsSync(recordPath(root, id));
    if (!isKept) await removeTree(join(folder(root), name));
  }
}

/** Operations whose lock file is still there: under way, or abandoned. */
export async function openOperations(root: string): Promise<string[]> {
  return (await namesIn(folder(root))).flatMap((name) => (name.endsWith('.lock') ? [name.slice(0, -'.lock'.length)] : []));
}
