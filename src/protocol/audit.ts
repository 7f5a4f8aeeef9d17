/** Lines of the audit log, in exactly these keys and order. */

/** Which safeguards apply, by how much a change asks for. */
export const environments = ['homelab', 'development', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

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
