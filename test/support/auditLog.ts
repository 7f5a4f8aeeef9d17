/** The audit log of a change that a test makes by itself. */
import type { AuditLog } from '../../src/engine/safety/change.ts';

export function undoLog(root: string): AuditLog {
  return {
    root,
    user: 'ada',
    environment: 'development',
    ticket: undefined,
    approvedBy: undefined,
    command: 'millwright undo',
    jobId: undefined,
    secrets: [],
  };
}
