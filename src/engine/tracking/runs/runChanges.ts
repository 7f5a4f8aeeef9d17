/** What was changed between two runs of a stage, and which run to compare one with. Pure. */
import type { Run, RunChange, RunSummary } from '../../../protocol/run.ts';
import { settingsOf, type RunSettings } from './tags.ts';
import { isOwnTable, sourceTag, stageTag } from '../../../protocol/tables/storedNames.ts';

const settingPrefix = 'setting ';
/** What training found out, and nobody set. */
const outcomes = new Set(['best_iteration', 'refit']);

/** Who made a run, as a tag: its stage, for runs of other tools their script. Undefined where neither is known. */
export function makerOf({ tags }: Pick<Run, 'tags'>): readonly [tag: string, value: string] | undefined {
  const tag = [stageTag, sourceTag].find((name) => tags[name] !== undefined);
  const value = tag === undefined ? undefined : tags[tag];
  return tag === undefined || value === undefined ? undefined : [tag, value];
}

/**
 * The run that another is compared with: the newest earlier one that finished, else the newest earlier one.
 * @param runs those of the same maker
 */
export function runBefore<Candidate extends RunSummary>(run: RunSummary, runs: readonly Candidate[]): Candidate | undefined {
  const earlier = runs
    .filter((other) => other.id !== run.id && other.experimentId === run.experimentId && other.parentId === run.parentId)
    .filter((other) => other.startedAt < run.startedAt || (other.startedAt === run.startedAt && other.id < run.id))
    .sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
  return earlier.find(({ status }) => status === 'FINISHED') ?? earlier[0];
}

/** Settings first, then data; undefined where one of the two says nothing of what it was made with. */
export function changesBetween(before: Run, after: Run): RunChange[] | undefined {
  const [old, now] = [settingsOf(before), settingsOf(after)];
  if (old !== undefined && now !== undefined) return differences(named(old), named(now));
  if (Object.keys(before.params).length === 0 || Object.keys(after.params).length === 0) return undefined;
  return differences(paramsAndData(before), paramsAndData(after));
}

/** What a run was made with, by the names that its stage has for it; settings only. */
export function parametersOf(run: Run): Record<string, string> {
  if (Object.keys(run.params).length > 0) return { ...run.params };
  const settings = Object.entries(settingsOf(run) ?? {}).filter(([name]) => name.startsWith(settingPrefix));
  return Object.fromEntries(
    settings
      .map(([name, value]) => [name.slice(settingPrefix.length), shown(value)] as const)
      .filter(([name]) => !name.startsWith('features.'))
      .map(([name, value]) => [name.replace(/^params\./, ''), value]),
  );
}

/** Without tables of ours: nobody changed them for a run. */
function named(settings: RunSettings): Map<string, string> {
  return new Map(
    Object.entries(settings)
      .filter(([name]) => !isOwnTable(name))
      .map(([name, value]) => (name.startsWith(settingPrefix) ? [name.slice(settingPrefix.length), shown(value)] : [name, value])),
  );
}

function paramsAndData({ params, inputs }: Run): Map<string, string> {
  const settings = Object.entries(params).filter(([name]) => !outcomes.has(name));
  const data = inputs.map(
    ({ name, digest, context }) => [`dataset ${context === undefined ? name : `${name} (${context})`}`, digest] as const,
  );
  return new Map([...settings, ...data]);
}

/** A change of the data set that a setting names is told once, as that setting. */
function differences(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): RunChange[] {
  const names = [...new Set([...old.keys(), ...now.keys()])];
  const changes = names
    .map((name): RunChange => ({ name, before: old.get(name), after: now.get(name) }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const isNamedElsewhere = ({ name, before, after }: RunChange): boolean =>
    name.startsWith('dataset ') && (before === undefined || after === undefined) && changes.some((change) => change.name === 'dataset');
  return changes.filter((change) => !isNamedElsewhere(change));
}

function rank({ name }: RunChange): number {
  if (/^(dataset|dep|model) /.test(name)) return 2;
  return name.startsWith('features') ? 1 : 0;
}

/** A JSON value as a reader of the project file would write it. */
function shown(json: string): string {
  return /^"[^\\"]*"$/.test(json) ? json.slice(1, -1) : json;
}
