/** What this machine has, and why something is missing. */

export interface Probe {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'failed' | 'timed out';
  /** What was found, or why not. */
  readonly detail: string;
  readonly remedy: string | undefined;
  readonly durationMs: number;
}
