/** Takes back a change by its line in the audit log. What each kind of undo does is given by the composition. */
import type { Json } from '../../base/canonicalJson.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { readAuditLog } from './auditLog.ts';
import { change, type AuditLog } from './change.ts';
import { loadOwnOperation, type UndoPlan } from './operations.ts';

/** One kind of undo. */
export interface UndoPerformer {
  /** What undoing this undo would be, where that is possible. */
  readonly prepareUndo: (args: UndoPlan['args']) => Promise<UndoPlan | undefined> | UndoPlan | undefined;
  readonly perform: (args: UndoPlan['args']) => Promise<void> | void;
}

export type UndoPerformers = Readonly<Record<string, UndoPerformer>>;

export interface UndoneChange {
  readonly operation: string;
  readonly resources: readonly string[];
}

/**
 * Performs the prepared undo of the change that the line belongs to (its line before or its line after).
 * @throws AppError `undo.noSuchLine` (kind usage), `undo.notPossible`, `undo.notDone`, `undo.alreadyDone`; whatever the performer throws
 */
export async function undoChange(log: AuditLog, line: number, performers: UndoPerformers): Promise<UndoneChange> {
  const lines = await readAuditLog(log.root);
  const target = lines.find((candidate) => candidate.line === line);
  if (target === undefined) {
    throw new AppError('undo.noSuchLine', t('The audit log has no line {line}.', { line }), {
      kind: 'usage',
      args: { line },
      remedy: t('See the lines with "millwright audit".'),
    });
  }
  const { operation, resources_affected: resources, model_name: modelName, model_version: modelVersion } = target.entry;
  const undo = (await loadOwnOperation(log.root, target.operationId))?.undo;
  const performer = undo === undefined ? undefined : performers[undo.kind];
  if (undo === undefined || performer === undefined) {
    throw new AppError('undo.notPossible', t('Line {line} ({operation}) has no undo.', { line, operation }), {
      args: { line, operation },
      remedy: t('Lines whose change can be taken back are marked in "millwright audit".'),
    });
  }
  const succeeded = lines.some(({ operationId, entry }) => operationId === target.operationId && entry.outcome === 'success');
  if (!succeeded) {
    throw new AppError(
      'undo.notDone',
      t('Line {line} ({operation}) did not succeed, so there is nothing to take back.', { line, operation }),
      {
        args: { line, operation },
        remedy: t('Lines whose change can be taken back are marked in "millwright audit".'),
      },
    );
  }
  const marker = `operation ${target.operationId}`;
  const done = lines.find(
    ({ entry }) => entry.operation === 'undo' && entry.outcome === 'success' && entry.resources_affected.includes(marker),
  );
  if (done !== undefined) {
    throw new AppError('undo.alreadyDone', t('Line {line} was already undone by line {by}.', { line, by: done.line }), {
      args: { line, by: done.line },
      remedy: t('To make the change again, undo line {by}.', { by: done.line }),
    });
  }
  return change(log, {
    describe: {
      operation: 'undo',
      modelName: modelName ?? undefined,
      modelVersion: modelVersion ?? undefined,
      resources: [marker, ...resources],
    },
    prepareUndo: () => performer.prepareUndo(undo.args),
    apply: async () => {
      await performer.perform(undo.args);
      return { value: { operation, resources } };
    },
  });
}

/** A text argument of an undo plan. @throws AppError `undo.damaged` */
export function undoText(args: Readonly<Record<string, Json>>, name: string): string {
  const value = args[name];
  if (typeof value === 'string') return value;
  throw new AppError('undo.damaged', t('The stored undo lacks {name}.', { name }), { args: { name } });
}
