/** What a run is called: its stage with what was changed for it, or with its note. Pure. */
import { t } from '../../base/localize.ts';
import type { RunOverview, RunChange } from '../run.ts';

const shownChanges = 2;
const longestNote = 60;

/** `train · learning_rate 0.1 → 0.05`, `train · “slower”`, `train`. */
export function runTitle(run: Pick<RunOverview, 'name' | 'note' | 'changes'>): string {
  const detail = runDetail(run);
  return detail === undefined ? run.name : `${run.name} · ${detail}`;
}

/** What tells a run from the others of its stage: its note, else what was changed; undefined where neither is known. */
export function runDetail({ note, changes = [] }: Pick<RunOverview, 'note' | 'changes'>): string | undefined {
  if (note !== undefined) return `“${note.length > longestNote ? `${note.slice(0, longestNote - 1)}…` : note}”`;
  if (changes.length === 0) return undefined;
  const shown = changes.slice(0, shownChanges).map(changeWords).join(', ');
  return changes.length > shownChanges ? t('{changes} and {more} more', { changes: shown, more: changes.length - shownChanges }) : shown;
}

/** `learning_rate 0.1 → 0.05`, `max_depth 6 (new)`, `numeric + wind − rain`, `dataset past changed`. */
export function changeWords(change: RunChange): string {
  const { before, after } = change;
  const name = changeName(change);
  if (isData(change)) {
    if (before === undefined) return t('{name} is new', { name });
    return after === undefined ? t('{name} is gone', { name }) : t('{name} changed', { name });
  }
  const lists = listDifference(before, after);
  if (lists !== undefined) return `${name} ${lists}`;
  if (before === undefined) return t('{name} {value} (new)', { name, value: after ?? '' });
  if (after === undefined) return t('{name} left out (was {value})', { name, value: before });
  return `${name} ${before} → ${after}`;
}

/** The setting as a person calls it: `learning_rate` for `params.learning_rate`. */
export function changeName({ name }: RunChange): string {
  return name.replace(/^(params|features)\./, '');
}

/** Whether it is content, known by its digest, and no setting. */
export function isData({ name }: RunChange): boolean {
  return /^(dataset|dep|model) /.test(name);
}

/** `+ wind − rain` where both are lists; undefined for anything else, and where only the order differs. */
function listDifference(before: string | undefined, after: string | undefined): string | undefined {
  const [old, now] = [listOf(before), listOf(after)];
  if (old === undefined || now === undefined) return undefined;
  const added = now.filter((item) => !old.includes(item)).map((item) => `+ ${item}`);
  const removed = old.filter((item) => !now.includes(item)).map((item) => `− ${item}`);
  return added.length + removed.length === 0 ? undefined : [...added, ...removed].join(' ');
}

/** The items of a JSON list as texts; undefined for anything else. */
function listOf(text: string | undefined): string[] | undefined {
  if (text?.startsWith('[') !== true) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))) : undefined;
  } catch {
    return undefined; // shortened, or not ours
  }
}
