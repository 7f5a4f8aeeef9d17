/** Which stage comes after which: follows from what each consumes and makes. Pure. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Project } from '../project/definitions/project.ts';
import { kindOf, type StageSpec } from '../project/definitions/stage.ts';

/** For each stage, in the order of the file, the stages that come right before it. */
export type StageGraph = ReadonlyMap<string, ReadonlySet<string>>;

type GraphSource = Pick<Project, 'stages' | 'datasets'>;

/**
 * The graph of a project's stages. Names that no stage has are left out: the parser reports them.
 */
export function planGraph(project: GraphSource): StageGraph {
  const stages = Object.entries(project.stages);
  const outputs = stages.flatMap(([name, stage]) => outputsOf(stage).map((path) => ({ name, path })));
  const checks = stages.flatMap(([name, stage]) => ('uses' in stage && stage.uses === 'validate' ? [{ name, dataset: stage.dataset }] : []));
  const graph = new Map<string, Set<string>>();
  for (const [name, stage] of stages) {
    const datasets = datasetsOf(project, stage);
    const paths = [...('run' in stage ? (stage.deps ?? []) : []), ...datasets.flatMap((dataset) => project.datasets[dataset]?.path ?? [])];
    const before = [
      ...(stage.needs ?? []),
      ...('model' in stage && typeof stage.model === 'string' ? [stage.model] : []),
      ...outputs.filter((output) => paths.some((path) => overlaps(path, output.path))).map((output) => output.name),
      ...(kindOf(stage) === 'validate' ? [] : checks.filter((check) => datasets.includes(check.dataset)).map((check) => check.name)),
    ];
    graph.set(name, new Set(before.filter((other) => other !== name && other in project.stages)));
  }
  return graph;
}

/** The data sets a stage reads: the one it names and every one that is narrowed or queried from. */
export function datasetsOf(project: Pick<Project, 'datasets'>, stage: StageSpec): string[] {
  if (!('dataset' in stage)) return [];
  const found = new Set<string>();
  const visit = (name: string): void => {
    const spec = project.datasets[name];
    if (spec === undefined || found.has(name)) return;
    found.add(name);
    if (spec.from !== undefined) visit(spec.from);
    const { query } = spec;
    // A query's sources are the data sets whose names occur in it: one too many only adds an edge.
    if (query !== undefined) for (const other of Object.keys(project.datasets)) if (mentions(query, other)) visit(other);
  };
  visit(stage.dataset);
  return [...found];
}

function mentions(query: string, name: string): boolean {
  return query.split(/[^\p{L}\p{N}_$-]+/u).includes(name) || query.includes(`"${name}"`);
}

function outputsOf(stage: StageSpec): string[] {
  if ('run' in stage) return [...(stage.outs ?? []), ...(stage.model !== undefined && 'path' in stage.model ? [stage.model.path] : [])];
  return stage.uses === 'predict' ? [stage.output, ...(stage.rejects === undefined ? [] : [stage.rejects])] : [];
}

/** Whether reading `path` (a file, folder or glob) can read what is written to `output`. */
function overlaps(path: string, output: string): boolean {
  const fixed = normalize(path.split(/[*?[{]/, 1)[0] ?? '');
  const made = normalize(output);
  if (/[*?[{]/.test(path)) {
    const folder = fixed.includes('/') ? fixed.slice(0, fixed.lastIndexOf('/') + 1) : '';
    return `${made}/`.startsWith(folder) && made.startsWith(fixed.slice(0, made.length)) && made.length >= folder.length;
  }
  return fixed === made || fixed.startsWith(`${made}/`) || made.startsWith(`${fixed}/`);
}

function normalize(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}

/**
 * Stages in an order in which each comes after those it needs; otherwise the order of the file.
 * @throws AppError `pipeline.cycle`
 */
export function orderStages(graph: StageGraph): string[] {
  const order: string[] = [];
  const waiting = [...graph.keys()];
  while (waiting.length > 0) {
    const index = waiting.findIndex((name) => [...(graph.get(name) ?? [])].every((before) => order.includes(before)));
    const next = waiting[index];
    if (next === undefined) throw cycle(graph, waiting);
    order.push(next);
    waiting.splice(index, 1);
  }
  return order;
}

function cycle(graph: StageGraph, among: readonly string[]): AppError {
  const path: string[] = [];
  let current = among[0] ?? '';
  while (!path.includes(current)) {
    path.push(current);
    current = [...(graph.get(current) ?? [])].find((before) => among.includes(before)) ?? '';
  }
  const stages = [...path.slice(path.indexOf(current)), current].reverse().join(' → ');
  return new AppError('pipeline.cycle', t('These stages wait for one another: {stages}.', { stages }), {
    args: { stages },
    remedy: t('Take one of the references or "needs" between them away.'),
  });
}

export interface StageSelection {
  /** Stages to run; undefined or empty: all. What they need runs before them where it is stale. */
  readonly stages?: readonly string[] | undefined;
  /** Also every stage that comes after the ones named. */
  readonly downstream?: boolean | undefined;
}

/**
 * The stages a selection means, in running order.
 * @throws AppError `pipeline.noSuchStage` (kind usage), `pipeline.cycle`
 */
export function selectStages(graph: StageGraph, { stages, downstream }: StageSelection): string[] {
  const order = orderStages(graph);
  if (stages === undefined || stages.length === 0) return order;
  for (const stage of stages) if (!graph.has(stage)) throw noSuchStage(stage, order);
  const wanted = new Set(stages);
  if (downstream === true) {
    for (const name of order) if ([...(graph.get(name) ?? [])].some((before) => wanted.has(before))) wanted.add(name);
  }
  for (const name of order.toReversed()) if (wanted.has(name)) for (const before of graph.get(name) ?? []) wanted.add(before);
  return order.filter((name) => wanted.has(name));
}

function noSuchStage(stage: string, known: readonly string[]): AppError {
  return new AppError('pipeline.noSuchStage', t('There is no stage {stage} in millwright.yaml.', { stage }), {
    kind: 'usage',
    args: { stage },
    remedy: t('Its stages are {stages}.', { stages: known.join(', ') }),
  });
}
