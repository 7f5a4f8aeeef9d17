/** Time as it is stored and shown. */
import { t } from './localize.ts';

/** ISO 8601 in UTC with milliseconds and `Z`. */
export function timestamp(ms: number = Date.now()): string {
  return new Date(ms).toISOString();
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
