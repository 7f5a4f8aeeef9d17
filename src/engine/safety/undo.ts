/** Takes back a change by its line in the audit log. What each kind of undo does is given by the composition. */
import { canonicalJson, type Json } from '../../base/canonicalJson.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { AuditLine } from '../../protocol/audit.ts';
import { readAuditLog } from './auditLog.ts';
import { change, type AuditLog, type PreparedUndo, type StateReader } from './change.ts';
import { loadOwnOperation, lockUndo, type OperationRecord, type UndoPlan } from './operations.ts';

/** One kind of undo. */
export interface UndoPerformer {
  /** What there is now of what the undo takes back; without it nothing is compared. */
  readonly state?: (args: UndoPlan['args']) => Promise<Json>;
  /** What undoing this undo would be. */
  readonly prepareUndo: (args: UndoPlan['args'], operationId: string) => Promise<PreparedUndo | undefined> | PreparedUndo | undefined;
  readonly perform: (args: UndoPlan['args']) => Promise<void> | void;
}

export type UndoPerformers = Readonly<Record<string, UndoPerformer>>;

export interface UndoneChange {
  readonly operation: string;
  readonly resources: readonly string[];
}

export interface UndoOptions {
  /** Take the change back although something else is there by now; what is there is kept as the undo's own way back. */
  readonly force?: boolean;
}

/**
 * Performs the prepared undo of the change that the line belongs to (its line before or its line after), once, however many ask.
 * @throws AppError `undo.noSuchLine` (kind usage), `undo.notPossible`, `undo.notDone`, `undo.alreadyDone`, `undo.changedSince`,
 * `undo.cutShort`, `undo.busy`; whatever the performer throws
 */
export async function undoChange(
  log: AuditLog,
  line: number,
  performers: UndoPerformers,
  { force = false }: UndoOptions = {},
): Promise<UndoneChange> {
  const target = (await readAuditLog(log.root)).find((candidate) => candidate.line === line);
  if (target === undefined) {
    throw new AppError('undo.noSuchLine', t('The audit log has no line {line}.', { line }), {
      kind: 'usage',
      args: { line },
      remedy: t('See the lines with "millwright audit".'),
    });
  }
  const { operationId } = target;
  using lock = await lockUndo(log.root, operationId);
  if (lock === undefined) {
    throw new AppError('undo.busy', t('Line {line} is being undone by another process.', { line }), { kind: 'busy', args: { line } });
  }
  const lines = await readAuditLog(log.root);
  const operation = await loadOwnOperation(log.root, operationId);
  const performer = operation?.undo === undefined ? undefined : performers[operation.undo.kind];
  requireUndoable(lines, target, performer === undefined ? undefined : operation);
  if (operation?.undo === undefined || performer === undefined) throw new RangeError(`line ${line} has no undo`);
  const { args } = operation.undo;
  if (!force && performer.state !== undefined) requireUntouched(operation, await performer.state(args), lines, target);
  const { resources_affected: resources, model_name: modelName, model_version: modelVersion } = target.entry;
  return await change(log, {
    describe: {
      operation: 'undo',
      modelName: modelName ?? undefined,
      modelVersion: modelVersion ?? undefined,
      resources: [markerOf(operationId), ...resources.filter((resource) => !resource.startsWith(marker))],
    },
    prepareUndo: async (undoId) => performer.prepareUndo(args, undoId),
    apply: async () => {
      await performer.perform(args);
      return { value: { operation: target.entry.operation, resources } };
    },
  });
}

/** How the line of an undo names the change that it took back. */
const marker = 'operation ';
const markerOf = (operationId: string): string => `${marker}${operationId}`;

function requireUndoable(
  lines: readonly AuditLine[],
  { line, operationId, entry }: AuditLine,
  operation: OperationRecord | undefined,
): void {
  const outcomes = new Set(lines.flatMap((other) => (other.operationId === operationId ? other.entry.outcome : [])));
  const isLeft = outcomes.has('success') || (outcomes.has('failure') && operation !== undefined && mayHaveLeft(operation));
  if (entry.rollback_available && !isLeft) throw notDone({ line, entry });
  if (operation === undefined) {
    const args = { line, operation: entry.operation };
    throw new AppError(
      'undo.notPossible',
      entry.rollback_available
        ? t('The undo of line {line} ({operation}) is gone, or you did not prepare it on this machine.', args)
        : t('Line {line} ({operation}) has no undo.', args),
      { args, remedy: undoableLines() },
    );
  }
  if (!isLeft) throw notDone({ line, entry });
  const done = undoOf(lines, operationId);
  if (done !== undefined) {
    throw new AppError('undo.alreadyDone', t('Line {line} was already undone by line {by}.', { line, by: done.line }), {
      args: { line, by: done.line },
      remedy: t('To make the change again, undo line {by}.', { by: done.line }),
    });
  }
}

/** A change that failed late, or whose process died, may have left something, as far as that was looked at before it. */
function mayHaveLeft({ found, left, end }: OperationRecord): boolean {
  return left !== undefined || (found !== undefined && end === undefined);
}

/** @throws AppError `undo.changedSince`, `undo.notDone` where a change that never ended left all as it was */
function requireUntouched(operation: OperationRecord, present: Json, lines: readonly AuditLine[], target: AuditLine): void {
  const now = canonicalJson(present);
  if (operation.left !== undefined && now !== canonicalJson(operation.left)) throw changedSince(lines, target);
  if (operation.end !== undefined || operation.found === undefined) return;
  throw now === canonicalJson(operation.found) ? notDone(target) : cutShort(target);
}

/** The line of the undo that took a change back and has not been taken back itself. */
function undoOf(lines: readonly AuditLine[], operationId: string): AuditLine | undefined {
  return lines.findLast(
    (other) =>
      other.entry.operation === 'undo' &&
      other.entry.outcome === 'success' &&
      other.entry.resources_affected.includes(markerOf(operationId)) &&
      undoOf(lines, other.operationId) === undefined,
  );
}

const undoableLines = (): string => t('Lines whose change can be taken back are marked in "millwright audit".');

function notDone({ line, entry }: Pick<AuditLine, 'line' | 'entry'>): AppError {
  const args = { line, operation: entry.operation };
  return new AppError('undo.notDone', t('Line {line} ({operation}) did not succeed, so there is nothing to take back.', args), {
    args,
    remedy: undoableLines(),
  });
}

function cutShort({ line, entry }: AuditLine): AppError {
  const args = { line, operation: entry.operation };
  return new AppError('undo.cutShort', t('The program of line {line} ({operation}) died, and did not say what it left.', args), {
    args,
    remedy: t('Look at what is there. With --force it is taken back all the same; undoing the undo brings it back.'),
  });
}

function changedSince(lines: readonly AuditLine[], target: AuditLine): AppError {
  const things = new Set(target.entry.resources_affected.filter((resource) => !/^(operation|stage|run) /.test(resource)));
  const later = lines.findLast(
    (other) =>
      other.line > target.line &&
      other.operationId !== target.operationId &&
      other.entry.outcome === 'success' &&
      other.entry.resources_affected.some((resource) => things.has(resource)),
  );
  const args = { line: target.line, operation: target.entry.operation, by: later?.line ?? 0 };
  const who =
    later === undefined
      ? t('Something else than Millwright changed it since.')
      : t('Line {by} changed it since ({operation}, by {user}).', {
          by: later.line,
          operation: later.entry.operation,
          user: later.entry.user,
        });
  return new AppError('undo.changedSince', `${t('What line {line} ({operation}) left is no longer there.', args)} ${who}`, {
    args,
    remedy: t('With --force it is taken back all the same; what is there now is kept, and undoing the undo brings it back.'),
  });
}

/** What there is now of what undos would take back, by the performers of their kinds. */
export function statesBy(performers: UndoPerformers): StateReader {
  return async ({ kind, args }) => performers[kind]?.state?.(args);
}

/** A text argument of an undo plan. @throws AppError `undo.damaged` */
export function undoText(args: Readonly<Record<string, Json>>, name: string): string {
  const value = args[name];
  if (typeof value === 'string') return value;
  throw new AppError('undo.damaged', t('The stored undo lacks {name}.', { name }), { args: { name } });
}
