/** What this machine has, and why something is missing. */

/** What came of a probe, each with its mark before a line. */
export const probeMarks = {
  ok: '✓',
  /** It works, and something is to be known of it. */
  warning: '▲',
  missing: '–',
  failed: '✗',
  'timed out': '✗',
} as const;
export type ProbeState = keyof typeof probeMarks;

export interface Probe {
  readonly name: string;
  readonly state: ProbeState;
  /** What was found, or why not. */
  readonly detail: string;
  readonly remedy: string | undefined;
  readonly durationMs: number;
}
