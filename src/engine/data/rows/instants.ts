/** Moments as project files write them, and as rows hold them: microseconds since 1970 UTC. */
import { parseDuration } from '../../../base/clock.ts';

/** ISO 8601 date or date and time, UTC unless it names an offset; see the `instant` definition of the project file. */
export function parseInstant(text: string): bigint {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (parts === null) throw new RangeError(`not an instant: ${text}`);
  const [, date = '', minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = parts;
  const ms = Date.parse(`${date}T${minutes}${seconds}${zone}`);
  if (Number.isNaN(ms)) throw new RangeError(`not an instant: ${text}`);
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

const dayMicroseconds = 86_400_000_000n;

/** The last microsecond that a bound admits: a date means its whole day. */
export function lastInstant(text: string): bigint {
  const instant = parseInstant(text);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? instant + dayMicroseconds - 1n : instant;
}

/** ISO 8601 in UTC, as short as it can be: a date, or with seconds, or with microseconds. */
export function formatInstant(microseconds: bigint): string {
  const ms = microseconds / 1000n - (microseconds % 1000n < 0n ? 1n : 0n);
  const rest = microseconds - ms * 1000n;
  if (ms < -8_640_000_000_000_000n || ms > 8_640_000_000_000_000n) return `${microseconds} µs`;
  const text = new Date(Number(ms)).toISOString();
  const fraction = `${text.slice(20, 23)}${String(rest).padStart(3, '0')}`.replace(/0+$/, '');
  const seconds = text.slice(0, 19);
  if (fraction !== '') return `${seconds}.${fraction}Z`;
  return seconds.endsWith('T00:00:00') ? seconds.slice(0, 10) : `${seconds}Z`;
}

/** The length of `30d`, `12h` and so on in microseconds. */
export function parseLength(text: string): bigint {
  const ms = parseDuration(text);
  if (ms === undefined) throw new RangeError(`not a length of time: ${text}`);
  return BigInt(ms) * 1000n;
}
