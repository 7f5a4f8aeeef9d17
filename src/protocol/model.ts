/** Registered models, their versions and aliases. */

export interface ModelVersion {
  readonly model: string;
  readonly version: number;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  readonly description: string | undefined;
  readonly runId: string | undefined;
  /** Where the model folder lies (absolute path or URI), as stored. */
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
  /** MLflow's registration: a version that is not READY cannot be relied on. */
  readonly status: 'READY' | 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION';
  /** What MLflow says of the status. */
  readonly statusMessage: string | undefined;
  /** The stage of MLflow 2: `Staging`, `Production`, `Archived`; undefined for none. */
  readonly stage: string | undefined;
  /** Sorted. */
  readonly aliases: readonly string[];
  /** The tool that made it; undefined for Millwright's own, and where it was not looked for. */
  readonly madeBy?: string | undefined;
}

export interface RegisteredModel {
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Newest version first. */
  readonly versions: readonly ModelVersion[];
}
