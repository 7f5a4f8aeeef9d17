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
  /** Sorted. */
  readonly aliases: readonly string[];
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
