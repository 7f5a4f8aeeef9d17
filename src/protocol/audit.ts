/** Lines of the audit log, in exactly these keys and order. */

export type Environment = 'homelab' | 'development' | 'staging' | 'production';

export interface AuditEntry {
  /** ISO 8601 UTC with `Z`. */
  readonly timestamp: string;
  readonly user: string;
  readonly change_ticket: string | null;
  readonly environment: Environment;
  readonly operation: string;
  readonly model_name: string | null;
  readonly model_version: string | null;
  readonly command: string;
  readonly outcome: 'started' | 'success' | 'failure';
  readonly resources_affected: readonly string[];
  readonly rollback_available: boolean;
  readonly duration_seconds: number | null;
  readonly metrics: Readonly<Record<string, number>> | null;
  readonly error_detail: string | null;
}

/** An entry with its place in the log. */
export interface AuditLine {
  /** Line number, from 1. */
  readonly line: number;
  readonly operationId: string;
  readonly entry: AuditEntry;
}
