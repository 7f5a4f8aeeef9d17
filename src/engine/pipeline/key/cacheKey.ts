/** What a stage's result depends on, its digest, and how two of them differ in words. Pure. */
import type { Json } from '../../../base/canonicalJson.ts';
import { digestOf, sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { isOwnTable } from '../../../protocol/tables/storedNames.ts';
import { kindOf, stageDefinitions, type StageSpec } from '../../project/definitions/stage.ts';
import type { Effect } from '../../project/definitions/stageKeys.ts';
import { createMask } from '../../safety/masking.ts';

/** Everything that decides a stage's result. */
export interface KeyRecord {
  readonly kind: StageKind;
  readonly revision: number;
  /** Settings by their path in the stage (`params.max_iter`), as JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Content by what it is (`dataset winter`, `model train`, `dep train.py`), as digests. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Of this machine or store alone, so not in the lock file: hashed environment values, installed packages, ids of runs. */
  readonly local: Readonly<Record<string, string>>;
}

export function keyOf(record: KeyRecord): string {
  const { kind, revision, values, inputs, local } = record;
  return digestOf({ kind, revision, values, inputs, local });
}

/** A stage's settings that decide its result by their value, flattened. */
export function stageValues(stage: StageSpec): Record<string, string> {
  const effects: Readonly<Record<string, Effect>> = stageDefinitions[kindOf(stage)].effects;
  const kept = Object.fromEntries(Object.entries(stage).filter(([key]) => effects[key] === 'value'));
  return flatten(kept, '');
}

/** The settings with those that hold a value of the environment by their hash: records are stored, and the lock file is committed. */
export function sealValues(values: Readonly<Record<string, string>>, secrets: readonly string[]): Record<string, string> {
  const mask = createMask(secrets);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mask(value) === value ? value : sha256(value)]));
}

/** The leaves of a value by their path; an empty list or map is a leaf. */
export function flatten(value: Json | undefined, path: string): Record<string, string> {
  if (value === undefined) return {};
  const members = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  if (members.length === 0) return { [path]: JSON.stringify(value) };
  return Object.assign({}, ...members.map(([key, member]) => flatten(member, path === '' ? key : `${path}.${key}`))) as Record<
    string,
    string
  >;
}

/** Why a stage with the new record runs although one with the old has run, as sentences; empty when they are equal. */
export function explainChange(before: KeyRecord, after: KeyRecord): string[] {
  const reasons: string[] = [];
  if (before.kind !== after.kind)
    reasons.push(t('it was a {before} stage and is a {after} stage', { before: before.kind, after: after.kind }));
  else if (before.revision !== after.revision)
    reasons.push(t('this version of Millwright computes {kind} differently', { kind: after.kind }));
  for (const name of union(before.values, after.values)) {
    const [old, now] = [before.values[name], after.values[name]];
    if (old === now) continue;
    if (old === undefined) reasons.push(t('{name} was added: {value}', { name, value: shown(now) }));
    else if (now === undefined) reasons.push(t('{name} was taken away (it was {value})', { name, value: shown(old) }));
    else reasons.push(t('{name} changed {before} → {after}', { name, before: shown(old), after: shown(now) }));
  }
  const [oldInputs, newInputs] = [
    { ...before.inputs, ...before.local },
    { ...after.inputs, ...after.local },
  ];
  for (const name of union(oldInputs, newInputs)) {
    const [old, now] = [oldInputs[name], newInputs[name]];
    if (old === now || isOwnTable(name) || followsFromModel(name, oldInputs, newInputs)) continue;
    if (old === undefined) reasons.push(t('{input} is new', { input: name }));
    else if (now === undefined) reasons.push(t('{input} is no longer an input', { input: name }));
    else reasons.push(t('{input} changed', { input: name }));
  }
  if (reasons.length > 0) return reasons; // a stage that now names its metrics reads no table of them
  const tables = union(oldInputs, newInputs).filter((name) => isOwnTable(name) && oldInputs[name] !== newInputs[name]);
  return tables.map((name) => t('this version of Millwright has other {input}', { input: name }));
}

/** Another model comes from another run: told once. */
function followsFromModel(name: string, before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): boolean {
  const [, reference] = /^run of (.*)$/s.exec(name) ?? [];
  return reference !== undefined && before[`model ${reference}`] !== after[`model ${reference}`];
}

function union(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

/** A JSON value as a reader of the project file would write it. */
function shown(json: string | undefined): string {
  const text = json ?? '';
  return /^"[^\\]*"$/.test(text) ? text.slice(1, -1) : text;
}
