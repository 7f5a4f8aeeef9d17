/** Time as it is written, stored and shown. */
import { t } from './localize.ts';

/** ISO 8601 in UTC with milliseconds and `Z`. */
export function timestamp(ms: number = Date.now()): string {
  return new Date(ms).toISOString();
}

/** Units of lengths of time as people write them: `90s`, `30m`, `12h`, `7d` or `2w`. */
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
export type DurationUnit = keyof typeof unitMs;
export const durationUnits = Object.keys(unitMs) as readonly DurationUnit[];

/** What a length of time looks like that is written in one of the units. */
export function durationForm(units: readonly DurationUnit[] = durationUnits): RegExp {
  return new RegExp(`^\\d+[${units.join('')}]$`);
}

/** @returns milliseconds; undefined for a text that is no length of time */
export function parseDuration(text: string): number | undefined {
  if (!durationForm().test(text)) return undefined;
  return Number(text.slice(0, -1)) * unitMs[text.slice(-1) as DurationUnit];
}

/** A duration for a table: `840 ms`, `4.2 s`, `3 min 05 s`, `2 h 03 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${pad(Math.round(seconds) % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `9.0 s left`; nothing of less than a second, which is over before it is read. */
export function formatTimeLeft(ms: number | undefined): string | undefined {
  return ms === undefined || ms < 1000 ? undefined : t('{duration} left', { duration: formatDuration(ms) });
}

/** How long ago, in the largest fitting unit: `just now`, `5 min ago`, `3 d ago`. */
export function formatAge(since: number, now: number = Date.now()): string {
  const seconds = Math.max(0, (now - since) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
