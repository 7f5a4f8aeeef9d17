/** Registered models, their versions and aliases. */

export interface ModelVersion {
  readonly model: string;
  readonly version: number;
  readonly createdAt: number;
  readonly description: string | undefined;
  readonly runId: string | undefined;
  /** Where the model folder lies (absolute path or URI). */
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
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
