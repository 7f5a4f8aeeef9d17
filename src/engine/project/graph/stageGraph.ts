/** Which stage comes before which, as it follows from what stages consume and make. Pure: names and paths only. */
import type { DatasetSpec } from '../definitions/dataset.ts';
import { roleOf, type StageSpec } from '../definitions/stage.ts';
import { parseModelReference } from '../values/modelReference.ts';
import { isGlob, isSameOrInside, OutputIndex } from './outputIndex.ts';
import type { Path } from '../text/yamlTree.ts';

/** The parts of a project that the order of its stages follows from. */
export interface StageGraphInput {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  readonly stages: Readonly<Record<string, StageSpec>>;
}

/** `stage` comes after `on`, because of what stands at `path`. */
export interface StageDependency {
  readonly stage: string;
  readonly on: string;
  readonly path: Path;
}

/** Paths that a stage writes, as the file names them, with their places. */
export function outputsOf(name: string, stage: StageSpec): readonly { readonly output: string; readonly path: Path }[] {
  const { writes = [], modelFile } = roleOf(stage);
  const isListed = modelFile === undefined || writes.some(({ path }) => isSameOrInside(modelFile.path, path));
  const all = isListed ? writes : [...writes, modelFile];
  return all.map(({ path, at }) => ({ output: path, path: ['stages', name, ...at] }));
}

/** What is told of every step of a search through a project's graphs, to end one that takes too many by throwing. */
export type Spend = (steps?: number) => void;

const withoutLimit: Spend = () => undefined;

/** A data set and those it narrows or queries, itself first. */
export function datasetsBehind(
  name: string,
  datasets: Readonly<Record<string, DatasetSpec>>,
  spend: Spend = withoutLimit,
): readonly string[] {
  const seen = new Set<string>([name]);
  for (const current of seen) {
    spend();
    const spec = datasets[current];
    if (spec !== undefined) for (const next of sourcesOf(spec, datasets)) seen.add(next);
  }
  return [...seen];
}

/** What the queries of a project read, found once, and the places of its data sets in the file. */
interface Queried {
  readonly places: ReadonlyMap<string, number>;
  readonly found: Map<DatasetSpec, readonly string[]>;
}
const queried = new WeakMap<Readonly<Record<string, DatasetSpec>>, Queried>();

/** The data sets that a definition reads from: `from` and `except`, or the names that appear as words in its query. */
export function sourcesOf(spec: DatasetSpec, datasets: Readonly<Record<string, DatasetSpec>>): readonly string[] {
  const named = [spec.from, spec.except].filter((name) => name !== undefined);
  if (named.length > 0) return named.filter((name) => Object.hasOwn(datasets, name));
  if (spec.query === undefined) return [];
  const known: Queried = queried.get(datasets) ?? {
    places: new Map(Object.keys(datasets).map((name, place) => [name, place])),
    found: new Map(),
  };
  queried.set(datasets, known);
  const found = known.found.get(spec) ?? namesIn(spec.query, known.places);
  known.found.set(spec, found);
  return found;
}

/** In the order of the data sets. */
function namesIn(sql: string, places: Queried['places']): readonly string[] {
  const words = withoutLiterals(sql).matchAll(/[\p{L}_][\p{L}\p{N}_-]*|"([^"]+)"/gu);
  const names = new Set([...words].map(([word, quoted]) => quoted ?? word).filter((name) => places.has(name)));
  return [...names].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/** SQL without its texts and comments, so that words in them are not taken for tables. */
function withoutLiterals(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

/**
 * All that follows: `needs`, models, outputs that another stage reads, checks before what they check, and evaluations of a
 * model before the registration that moves an alias to it.
 */
export function stageDependencies(project: StageGraphInput, spend: Spend = withoutLimit): readonly StageDependency[] {
  return withEvaluations(project, plainDependencies(project, spend), spend);
}

/** A registration waits for the verdicts on its model, but for those of an evaluation that itself comes after the registration. */
function withEvaluations(project: StageGraphInput, plain: readonly StageDependency[], spend: Spend): readonly StageDependency[] {
  const stages = Object.entries(project.stages);
  const judges = Map.groupBy(stages, ([, stage]) => roleOf(stage).judges);
  const found = [...plain];
  const after = new Map([...Map.groupBy(plain, ({ stage }) => stage)].map(([stage, own]) => [stage, new Set(own.map(({ on }) => on))]));
  for (const [name, stage] of stages) {
    const { heeds } = roleOf(stage);
    if (heeds === undefined) continue;
    for (const [on] of judges.get(heeds) ?? []) {
      spend();
      const own = after.get(name) ?? new Set();
      if (own.has(on) || comesAfter(on, name, after, spend)) continue;
      found.push({ stage: name, on, path: ['stages', name, 'alias'] });
      after.set(name, own.add(on));
    }
  }
  return found;
}

function comesAfter(stage: string, before: string, after: ReadonlyMap<string, ReadonlySet<string>>, spend: Spend): boolean {
  const seen = new Set([stage]);
  for (const current of seen) {
    spend();
    for (const on of after.get(current) ?? []) seen.add(on);
  }
  return seen.has(before);
}

function plainDependencies(project: StageGraphInput, spend: Spend): readonly StageDependency[] {
  const entries = Object.entries(project.stages);
  const makers = new OutputIndex(entries.flatMap(([name, stage]) => outputsOf(name, stage).map(({ output }) => ({ output, value: name }))));
  const checks = Map.groupBy(entries, ([, stage]) => roleOf(stage).checks);
  return entries.flatMap(([name, stage]) => {
    const found = new Map<string, StageDependency>();
    const add = (on: string, path: Path): void => {
      spend();
      if (on !== name && !found.has(on)) found.set(on, { stage: name, on, path });
    };
    stage.needs?.forEach((on, index) => {
      if (Object.hasOwn(project.stages, on)) add(on, ['stages', name, 'needs', index]);
    });
    const role = roleOf(stage);
    const model = role.model === undefined ? undefined : parseModelReference(role.model);
    if (model?.kind === 'stage' && Object.hasOwn(project.stages, model.stage)) add(model.stage, ['stages', name, 'model']);
    for (const { input, path } of inputsOf(name, stage, project, spend)) {
      if (isGlob(input)) spend(makers.size); // each output is held against it
      for (const maker of makers.metBy(input)) add(maker, path);
    }
    if (role.dataset !== undefined && role.checks === undefined) {
      const before = datasetsBehind(role.dataset, project.datasets, spend).flatMap((dataset) => checks.get(dataset) ?? []);
      for (const [check] of before) add(check, ['stages', name, 'dataset']);
    }
    return [...found.values()];
  });
}

/** Files and folders that a stage reads, as the file names them. */
export function inputsOf(
  name: string,
  stage: StageSpec,
  { datasets }: Pick<StageGraphInput, 'datasets'>,
  spend: Spend = withoutLimit,
): readonly { readonly input: string; readonly path: Path }[] {
  const { reads = [], dataset } = roleOf(stage);
  const own = reads.map(({ path, at }) => ({ input: path, path: ['stages', name, ...at] }));
  if (dataset === undefined) return own;
  const files = datasetsBehind(dataset, datasets, spend).flatMap((source) => {
    const input = datasets[source]?.path;
    return input === undefined ? [] : [{ input, path: ['stages', name, 'dataset'] }];
  });
  return [...own, ...files];
}

/** One way round in a graph of names, first name repeated at the end; undefined where there is none. */
export function findCycle(names: readonly string[], next: (name: string) => readonly string[]): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of names) {
    if (done.has(start)) continue;
    const trail = [{ name: start, rest: next(start).values() }];
    const onTrail = new Set([start]);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { done: isDone, value: step } = top.rest.next();
      if (isDone === true) {
        trail.pop();
        onTrail.delete(top.name);
        done.add(top.name);
      } else if (onTrail.has(step)) {
        return [...trail.slice(trail.findIndex(({ name }) => name === step)).map(({ name }) => name), step];
      } else if (!done.has(step)) {
        trail.push({ name: step, rest: next(step).values() });
        onTrail.add(step);
      }
    }
  }
  return undefined;
}

/** A cycle for people: `a → b → a`, of a long one the beginning. */
export function describeCycle(cycle: readonly string[]): string {
  return [...cycle.slice(0, 12), ...(cycle.length > 12 ? ['…'] : [])].join(' → ');
}
