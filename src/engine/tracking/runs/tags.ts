/** What Millwright writes on a run beside its measurements: settings, failure, the judging metric. Pure. */
import { sha256 } from '../../../base/hash.ts';
import { toErrorRecord, type ErrorRecord } from '../../../base/errors.ts';
import type { Run } from '../../../protocol/run.ts';
import { limits } from '../store/entryLimits.ts';
import { failureTag, modelHistoryTag, noteTag, settingsTag } from '../../../protocol/tables/storedNames.ts';

/** Tags whose content every face tells in words. */
export const toldInWords: ReadonlySet<string> = new Set([noteTag, settingsTag, failureTag, modelHistoryTag]);

/** Settings and digests of data by name, as a stage's key has them: settings as JSON under `setting <path>`. */
export type RunSettings = Readonly<Record<string, string>>;

/** The tag that holds what a run was made with. What is too long for one is kept as a digest, the longest values first. */
export function settingsTags(settings: RunSettings): Record<string, string> {
  const kept = new Map(Object.entries(settings));
  const longestFirst = [...kept].sort(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  for (const name of longestFirst) {
    if (JSON.stringify(Object.fromEntries(kept)).length <= limits.tagValue) break;
    kept.set(name, JSON.stringify(`sha256:${sha256(kept.get(name) ?? '').slice(0, 12)}`));
  }
  const text = JSON.stringify(Object.fromEntries(kept));
  return text.length <= limits.tagValue ? { [settingsTag]: text } : {};
}

/** What the run was made with; undefined for a run of another tool, or of an earlier version. */
export function settingsOf({ tags }: Pick<Run, 'tags'>): RunSettings | undefined {
  const value = parsed(tags[settingsTag]);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(entries);
}

/** The tag that says why a run failed. */
export function failureTags(error: unknown): Record<string, string> {
  const record = toErrorRecord(error);
  const whole = JSON.stringify(record);
  if (whole.length <= limits.tagValue) return { [failureTag]: whole };
  const { code, kind, message } = record;
  return { [failureTag]: JSON.stringify({ code, kind, message: message.slice(0, limits.tagValue / 4) }) };
}

/** Why the run failed; undefined where that is not recorded. */
export function failureOf({ tags }: Pick<Run, 'tags'>): ErrorRecord | undefined {
  const value = parsed(tags[failureTag]);
  return isErrorRecord(value) ? value : undefined;
}

function isErrorRecord(value: unknown): value is ErrorRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // shortened, or written by somebody else
  }
}
