/** Which columns features and their target read, by name. */
import { targetDefinition, type FeaturesSpec } from '../../project/definitions/feature.ts';
import { queriedDatasets } from './materializeQuery.ts';

type Entries = readonly string[] | Readonly<Record<string, { readonly value?: string | undefined }>> | undefined;

/** @param names the columns there are @returns those that the features, or an expression of theirs, name */
export function readColumnNames(spec: FeaturesSpec, names: readonly string[]): ReadonlySet<string> {
  const target = targetDefinition(spec.target);
  const sources = [
    ...[spec.numeric, spec.categorical, spec.cyclical].flatMap(sourcesOf),
    ...(target === undefined ? [] : [target.expression ?? target.name]),
  ];
  return new Set(sources.flatMap((source) => (names.includes(source) ? [source] : queriedDatasets(source, names))));
}

function sourcesOf(entries: Entries): readonly string[] {
  return isList(entries) ? entries : Object.entries(entries ?? {}).map(([name, { value }]) => value ?? name);
}

function isList(entries: Entries): entries is readonly string[] {
  return Array.isArray(entries);
}
