/** The one way to change state: permissions, a prepared undo, a line in the audit log before and one after. */
import { randomUUID } from 'node:crypto';
import { isCancelled } from '../../base/abort.ts';
import { timestamp } from '../../base/clock.ts';
import { canonicalJson, type Json } from '../../base/canonicalJson.ts';
import { AppError, toErrorRecord } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { AuditEntry, Environment } from '../../protocol/audit.ts';
import { appendAuditEntry, readAuditLog } from './auditLog.ts';
import { createMask } from './masking.ts';
import {
  loadOwnOperation,
  lockOperation,
  openOperations,
  retireOperation,
  saveOperation,
  sweepOperations,
  type ChangeEnd,
  type OperationRecord,
  type UndoPlan,
} from './operations.ts';
import { requirePermissions, ticketText } from './safeguards.ts';

/** Whose changes are written, and where. */
export interface AuditLog {
  /** Real path of the project folder. */
  readonly root: string;
  readonly user: string;
  readonly environment: Environment;
  readonly ticket: string | undefined;
  readonly approvedBy: string | undefined;
  /** The command as the user would type it. */
  readonly command: string;
  readonly jobId: string | undefined;
  /** Values that are masked wherever they would appear in a line. */
  readonly secrets: readonly string[];
}

export interface ChangeDescription {
  /** `train`, `register`, `alias.set`, … */
  readonly operation: string;
  readonly modelName?: string | undefined;
  readonly modelVersion?: string | undefined;
  /** Paths and names, as a person would look for them. */
  readonly resources: readonly string[];
}

/** What became known only while the change was made. */
export interface ChangeOutcome<T> {
  readonly value: T;
  readonly modelVersion?: string | undefined;
  readonly resources?: readonly string[];
  readonly metrics?: Readonly<Record<string, number>>;
  /** What was done stays, and what it found is a failure: it is thrown once the line is written. */
  readonly failure?: AppError;
}

/** A way back, and how to see what the change left: an undo that finds something else there does not take it away unasked. */
export interface PreparedUndo extends UndoPlan {
  readonly state?: () => Promise<Json>;
}

export interface Change<T> {
  readonly describe: ChangeDescription;
  /** Called first; what it returns is stored before anything is changed. Undefined: the change cannot be undone. */
  readonly prepareUndo: (operationId: string) => Promise<PreparedUndo | undefined> | PreparedUndo | undefined;
  readonly apply: (operationId: string) => Promise<ChangeOutcome<T>> | ChangeOutcome<T>;
}

/**
 * Makes a change: stores its undo, writes the line before, applies it, writes the line after.
 * When the process dies in between, whoever reaps its job writes the missing line.
 * @throws AppError `safety.ticketMissing`, `safety.approvalMissing`, `audit.busy`, `audit.lineMissing`; whatever `apply` throws, unchanged
 */
export async function change<T>(log: AuditLog, planned: Change<T>): Promise<T> {
  requirePermissions(log);
  return carryOut(log, planned);
}

/**
 * Ends in an audited way what a process that died had begun. It needs no permission: what is ended had one, and nothing new begins.
 * @throws AppError `audit.busy`; whatever `apply` throws, unchanged
 */
export async function repair<T>(log: Omit<AuditLog, 'ticket' | 'approvedBy'>, planned: Omit<Change<T>, 'prepareUndo'>): Promise<T> {
  return carryOut({ ...log, ticket: undefined, approvedBy: undefined }, { ...planned, prepareUndo: () => undefined });
}

async function carryOut<T>(log: AuditLog, { describe, prepareUndo, apply }: Change<T>): Promise<T> {
  const id = randomUUID();
  using lock = await lockOperation(log.root, id); // first: what is kept and recorded from now on is seen to be somebody's
  const startedAt = Date.now();
  const { record, state, before } = await begin(log, { id, startedAt, describe, prepareUndo }).catch(async (error: unknown) => {
    lock?.release();
    await retireOperation(log.root, id, false).catch(() => undefined); // the first failure is the one to report
    throw error;
  });
  const finish = async (end: Omit<ChangeEnd, 'duration_seconds'>, left: Json | undefined): Promise<void> => {
    const whole = { ...end, duration_seconds: (Date.now() - startedAt) / 1000 };
    const made: OperationRecord = { ...record, left, end: whole };
    await saveOperation(log.root, made);
    await appendAuditEntry(log.root, id, { ...before, ...whole, timestamp: timestamp(), rollback_available: canUndo(made) });
    lock?.release();
    await retireOperation(log.root, id, canUndo(made)).catch(() => undefined); // whoever looks next does
  };
  let outcome: ChangeOutcome<T>;
  try {
    outcome = await apply(id);
  } catch (error) {
    const { model_version, resources_affected } = before;
    const end = { outcome: 'failure', model_version, resources_affected, metrics: null, error_detail: failureText(log, error) } as const;
    // The first failure is the one to report; a line that cannot be written now is written by whoever reaps the job.
    await finish(end, otherThan(record.found, await stateNow(state))).catch(() => undefined);
    throw error;
  }
  await finish(endOf(log, outcome, before), await stateNow(state)).catch((error: unknown) => {
    throw outcome.failure ?? lineMissing(describe.operation, error);
  });
  if (outcome.failure !== undefined) throw outcome.failure;
  return outcome.value;
}

interface Beginning extends Pick<Change<unknown>, 'describe' | 'prepareUndo'> {
  readonly id: string;
  readonly startedAt: number;
}

interface Begun {
  readonly record: OperationRecord;
  readonly state: PreparedUndo['state'];
  readonly before: AuditEntry;
}

/** Stores the way back, then writes the line before. */
async function begin(log: AuditLog, { id, startedAt, describe, prepareUndo }: Beginning): Promise<Begun> {
  const { state, ...plan } = (await prepareUndo(id)) ?? {};
  const undo: UndoPlan | undefined = isPlan(plan) ? plan : undefined;
  const record: OperationRecord = { id, undo, jobId: log.jobId, startedAt, found: await state?.() };
  await saveOperation(log.root, record);
  const before = entryBefore(log, describe, undo !== undefined);
  await appendAuditEntry(log.root, id, before);
  return { record, state, before };
}

function endOf(
  log: AuditLog,
  { failure, modelVersion, resources, metrics }: ChangeOutcome<unknown>,
  before: AuditEntry,
): Omit<ChangeEnd, 'duration_seconds'> {
  return {
    ...(failure === undefined
      ? { outcome: 'success', error_detail: null }
      : { outcome: 'failure', error_detail: failureText(log, failure) }),
    model_version: modelVersion ?? before.model_version,
    resources_affected: resources?.map(createMask(log.secrets)) ?? before.resources_affected,
    metrics: finite(metrics),
  };
}

/** What cannot be looked at now equals nothing later: its undo has to be insisted on. */
const unknownState = 'unknown';

async function stateNow(state: (() => Promise<Json>) | undefined): Promise<Json | undefined> {
  return state?.().catch(() => unknownState);
}

function otherThan(found: Json | undefined, left: Json | undefined): Json | undefined {
  return found !== undefined && left !== undefined && canonicalJson(left) === canonicalJson(found) ? undefined : left;
}

function lineMissing(operation: string, cause: unknown): AppError {
  const args = { operation, reason: toErrorRecord(cause).message };
  return new AppError(
    'audit.lineMissing',
    t('The change ({operation}) is made, but the audit log could not be told that it has succeeded: {reason}', args),
    {
      kind: 'environment',
      args,
      cause,
      remedy: t('Mend that; the next run, or "millwright clean", writes the missing line.'),
    },
  );
}

/** What succeeded, and what failed and left something, as far as that can be compared. */
function canUndo({ undo, left, end }: OperationRecord): boolean {
  return undo !== undefined && (end?.outcome === 'success' || left !== undefined);
}

function isPlan(plan: Partial<UndoPlan>): plan is UndoPlan {
  return plan.kind !== undefined && plan.args !== undefined;
}

function entryBefore(log: AuditLog, describe: ChangeDescription, undoable: boolean): AuditEntry {
  const mask = createMask(log.secrets);
  return {
    timestamp: timestamp(),
    user: log.user,
    change_ticket: ticketText(log),
    environment: log.environment,
    operation: describe.operation,
    model_name: describe.modelName ?? null,
    model_version: describe.modelVersion ?? null,
    command: mask(log.command),
    outcome: 'started',
    resources_affected: describe.resources.map(mask),
    rollback_available: undoable,
    duration_seconds: null,
    metrics: null,
    error_detail: null,
  };
}

function failureText(log: AuditLog, error: unknown): string {
  if (isCancelled(error)) return 'cancelled';
  const { code, message } = toErrorRecord(error);
  return createMask(log.secrets)(`${code}: ${message}`);
}

/** JSON has no NaN and no infinity; a metric without a number is left out. */
function finite(metrics: Readonly<Record<string, number>> | undefined): Readonly<Record<string, number>> | null {
  if (metrics === undefined) return null;
  const entries = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** A killed process holds its locks until its last thread is gone, a moment after it counts as dead. */
const lastThreadMs = 2000;

export interface AbandonedChanges {
  /** What to write for a change of the given job (undefined: of none): `cancelled`, or how it ended. */
  readonly detailOf: (jobId: string | undefined) => string;
  /** The job whose processes are known to be dead: its changes are waited for. */
  readonly deadJob?: string | undefined;
  /** What there is now of what an undo would take back: tells whether an abandoned change left something. */
  readonly stateOf?: StateReader | undefined;
}

/** Undefined where the kind of undo compares nothing. */
export type StateReader = (plan: UndoPlan) => Promise<Json | undefined>;

/**
 * Writes the missing end line of every change that nobody is at any more, and drops what dead writers left half-written.
 * @returns how many lines were written
 */
export async function closeAbandonedChanges(root: string, { detailOf, deadJob, stateOf }: AbandonedChanges): Promise<number> {
  let closed = 0;
  for (const id of await openOperations(root)) {
    const operation = await loadOwnOperation(root, id);
    const jobId = operation?.jobId;
    using lock = await lockOperation(root, id, jobId !== undefined && jobId === deadJob ? lastThreadMs : 0);
    if (lock === undefined) continue; // somebody is at it
    const lines = (await readAuditLog(root)).filter((line) => line.operationId === id);
    const started = lines.find(({ entry }) => entry.outcome === 'started');
    let last = lines.at(-1)?.entry;
    if (operation !== undefined && started !== undefined && lines.length === 1) {
      last = { ...started.entry, ...(await endOfAbandoned(root, operation, { started: started.entry, detail: detailOf(jobId), stateOf })) };
      await appendAuditEntry(root, id, last);
      closed++;
    }
    lock.release();
    if (operation !== undefined || lines.length !== 1) await retireOperation(root, id, last?.rollback_available === true);
  }
  await sweepOperations(root);
  return closed;
}

interface Abandoned {
  /** The line before. */
  readonly started: AuditEntry;
  readonly detail: string;
  readonly stateOf: StateReader | undefined;
}

/** What the line after an abandoned change says; where what is there now can be looked at, that is remembered as what it left. */
async function endOfAbandoned(
  root: string,
  operation: OperationRecord,
  { started, detail, stateOf }: Abandoned,
): Promise<Partial<AuditEntry>> {
  if (operation.end !== undefined) return { ...operation.end, rollback_available: canUndo(operation), timestamp: timestamp() };
  const { undo, found } = operation;
  const { model_version, resources_affected, metrics } = started;
  const duration_seconds = (Date.now() - Date.parse(started.timestamp)) / 1000;
  const end: ChangeEnd = { outcome: 'failure', model_version, resources_affected, metrics, error_detail: detail, duration_seconds };
  const now = undo === undefined || stateOf === undefined ? undefined : await stateOf(undo).catch(() => unknownState);
  const ended = { ...operation, left: otherThan(found, now), end };
  if (found !== undefined && now !== undefined) await saveOperation(root, ended);
  const mayBeUndone = now === undefined ? started.rollback_available && found !== undefined : canUndo(ended);
  return { ...end, rollback_available: mayBeUndone, timestamp: timestamp() };
}
