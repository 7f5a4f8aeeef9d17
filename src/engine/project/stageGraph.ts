/** Which stage comes before which, as it follows from what stages consume and make. Pure: names and paths only. */
import type { DatasetSpec } from './definitions/dataset.ts';
import { kindOf, type StageSpec } from './definitions/stage.ts';
import { parseModelReference } from './modelReference.ts';
import { isSameOrInside, OutputIndex } from './outputIndex.ts';
import type { Path } from './yamlTree.ts';

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
  switch (kindOf(stage)) {
    case 'predict': {
      const { output, rejects } = stage as Extract<StageSpec, { uses: 'predict' }>;
      const outputs = [{ output, path: ['stages', name, 'output'] }];
      return rejects === undefined ? outputs : [...outputs, { output: rejects, path: ['stages', name, 'rejects'] }];
    }
    case 'run': {
      const { outs = [], model } = stage as Extract<StageSpec, { run: unknown }>;
      const outputs: { output: string; path: Path }[] = outs.map((output, index) => ({ output, path: ['stages', name, 'outs', index] }));
      const isListed = model !== undefined && 'path' in model && outs.some((out) => isSameOrInside(model.path, out));
      return model !== undefined && 'path' in model && !isListed
        ? [...outputs, { output: model.path, path: ['stages', name, 'model', 'path'] }]
        : outputs;
    }
    default:
      return [];
  }
}

/** A data set and those it narrows or queries, itself first. */
export function datasetsBehind(name: string, datasets: Readonly<Record<string, DatasetSpec>>): readonly string[] {
  const seen = new Set<string>([name]);
  for (const current of seen) {
    const spec = datasets[current];
    if (spec !== undefined) for (const next of sourcesOf(spec, datasets)) seen.add(next);
  }
  return [...seen];
}

/** The data sets that a definition reads from: `from` and `except`, or the names that appear as words in its query. */
export function sourcesOf(spec: DatasetSpec, datasets: Readonly<Record<string, DatasetSpec>>): readonly string[] {
  const named = [spec.from, spec.except].filter((name) => name !== undefined);
  if (named.length > 0) return named.filter((name) => Object.hasOwn(datasets, name));
  if (spec.query === undefined) return [];
  const words = new Set(withoutLiterals(spec.query).match(/[\p{L}_][\p{L}\p{N}_-]*|"[^"]+"/gu) ?? []);
  return Object.keys(datasets).filter((name) => words.has(name) || words.has(`"${name}"`));
}

/** SQL without its texts and comments, so that words in them are not taken for tables. */
function withoutLiterals(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

/**
 * All that follows: `needs`, models, outputs that another stage reads, checks before what they check, and evaluations of a
 * model before the registration that moves an alias to it.
 */
export function stageDependencies(project: StageGraphInput): readonly StageDependency[] {
  return withEvaluations(project, plainDependencies(project));
}

/** A registration waits for the verdicts on its model, but for those of an evaluation that itself comes after the registration. */
function withEvaluations(project: StageGraphInput, plain: readonly StageDependency[]): readonly StageDependency[] {
  const found = [...plain];
  for (const [name, stage] of Object.entries(project.stages)) {
    if (!('uses' in stage) || stage.uses !== 'register' || stage.alias === undefined) continue;
    for (const [on, other] of Object.entries(project.stages)) {
      const isKnown = found.some((known) => known.stage === name && known.on === on);
      if (!evaluates(other, stage.model) || isKnown || comesAfter(on, name, found)) continue;
      found.push({ stage: name, on, path: ['stages', name, 'alias'] });
    }
  }
  return found;
}

/** Whether a stage measures the model of a train stage. */
export function evaluates(stage: StageSpec, model: string): boolean {
  return 'uses' in stage && stage.uses === 'evaluate' && stage.model === model;
}

function comesAfter(stage: string, before: string, dependencies: readonly StageDependency[]): boolean {
  const seen = new Set([stage]);
  for (const current of seen) for (const dependency of dependencies) if (dependency.stage === current) seen.add(dependency.on);
  return seen.has(before);
}

function plainDependencies(project: StageGraphInput): readonly StageDependency[] {
  const entries = Object.entries(project.stages);
  const makers = new OutputIndex(entries.flatMap(([name, stage]) => outputsOf(name, stage).map(({ output }) => ({ output, value: name }))));
  const validators = entries.filter(([, stage]) => kindOf(stage) === 'validate');
  return entries.flatMap(([name, stage]) => {
    const found: StageDependency[] = [];
    const add = (on: string, path: Path): void => {
      if (on !== name && !found.some((known) => known.on === on)) found.push({ stage: name, on, path });
    };
    stage.needs?.forEach((on, index) => {
      if (Object.hasOwn(project.stages, on)) add(on, ['stages', name, 'needs', index]);
    });
    const model = 'uses' in stage && 'model' in stage && stage.model !== undefined ? parseModelReference(stage.model) : undefined;
    if (model?.kind === 'stage' && Object.hasOwn(project.stages, model.stage)) add(model.stage, ['stages', name, 'model']);
    for (const { input, path } of inputsOf(name, stage, project.datasets)) {
      for (const maker of makers.metBy(input)) add(maker, path);
    }
    if ('dataset' in stage && kindOf(stage) !== 'validate') {
      const read = new Set(datasetsBehind(stage.dataset, project.datasets));
      for (const [check, spec] of validators) if ('dataset' in spec && read.has(spec.dataset)) add(check, ['stages', name, 'dataset']);
    }
    return found;
  });
}

/** Files and folders that a stage reads, as the file names them. */
export function inputsOf(
  name: string,
  stage: StageSpec,
  datasets: Readonly<Record<string, DatasetSpec>>,
): readonly { readonly input: string; readonly path: Path }[] {
  if ('run' in stage) return (stage.deps ?? []).map((input, index) => ({ input, path: ['stages', name, 'deps', index] }));
  if (!('dataset' in stage)) return [];
  return datasetsBehind(stage.dataset, datasets).flatMap((dataset) => {
    const input = datasets[dataset]?.path;
    return input === undefined ? [] : [{ input, path: ['stages', name, 'dataset'] }];
  });
}

/** One way round in a graph of names, first name repeated at the end; undefined where there is none. */
export function findCycle(names: readonly string[], next: (name: string) => readonly string[]): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of names) {
    const trail: { name: string; rest: string[] }[] = [{ name: start, rest: [...next(start)] }];
    while (trail.length > 0) {
      const top = trail.at(-1);
      const step = top?.rest.shift();
      if (top === undefined || step === undefined) {
        if (top !== undefined) done.add(top.name);
        trail.pop();
        continue;
      }
      const from = trail.findIndex(({ name }) => name === step);
      if (from >= 0) return [...trail.slice(from).map(({ name }) => name), step];
      if (!done.has(step)) trail.push({ name: step, rest: [...next(step)] });
    }
  }
  return undefined;
}
