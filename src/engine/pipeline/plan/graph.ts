/** Which stages run, and in which order. Pure. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Project } from '../../project/definitions/project.ts';
import { roleOf } from '../../project/definitions/stage.ts';
import { nearestName } from '../../project/text/nearestName.ts';
import { describeCycle, findCycle, stageDependencies } from '../../project/graph/stageGraph.ts';

/** What a stage comes after. */
export interface StageEdges {
  readonly after: ReadonlySet<string>;
  /** Those whose result it reads, so that it is stale when they run: a model, an output, a verdict, the alias that a registration moves. */
  readonly reads: ReadonlySet<string>;
}

/** By stage, in the order of the file. */
export type StageGraph = ReadonlyMap<string, StageEdges>;

export function planGraph(project: Pick<Project, 'stages' | 'datasets'>): StageGraph {
  const dependencies = Map.groupBy(stageDependencies(project), ({ stage }) => stage);
  return new Map(
    Object.keys(project.stages).map((name) => {
      const own = dependencies.get(name) ?? [];
      const after = new Set(own.map(({ on }) => on));
      const reads = new Set(own.filter(({ on, path }) => isRead(project, name, on, path[2])).map(({ on }) => on));
      return [name, { after, reads }];
    }),
  );
}

function isRead(project: Pick<Project, 'stages'>, name: string, on: string, key: string | number | undefined): boolean {
  const [stage, before] = [project.stages[name], project.stages[on]];
  if (stage === undefined || before === undefined) return false;
  const [own, other] = [roleOf(stage), roleOf(before)];
  if (key !== 'needs') return other.checks === undefined;
  if (own.heeds !== undefined && other.judges === own.heeds) return true;
  const { model = '' } = own;
  const made = other.registers?.name;
  return made !== undefined && (model.startsWith(`${made}@`) || model.startsWith(`${made}/`));
}

/**
 * Stages in an order in which each comes after those it needs; otherwise the order of the file.
 * @throws AppError `pipeline.cycle`
 */
export function orderStages(graph: StageGraph): string[] {
  const names = [...graph.keys()];
  const cycle = findCycle(names, (name) => [...(graph.get(name)?.after ?? [])]);
  if (cycle !== undefined) {
    const stages = describeCycle(cycle);
    throw new AppError('pipeline.cycle', t('These stages wait for one another: {stages}.', { stages }), {
      args: { stages },
      remedy: t('Take one of the references or "needs" between them away.'),
    });
  }
  const place = new Map(names.map((name, index) => [name, index]));
  const inOrder = (some: Iterable<string>): string[] => [...some].sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0));
  const order = new Set<string>();
  for (const start of names) {
    // A stack of its own: a chain of thousands of stages is longer than that of calls.
    const trail = [{ name: start, before: inOrder(graph.get(start)?.after ?? []).values() }];
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { done, value: before } = order.has(top.name) ? { done: true, value: undefined } : top.before.next();
      if (done !== true && before !== undefined) trail.push({ name: before, before: inOrder(graph.get(before)?.after ?? []).values() });
      else {
        order.add(top.name);
        trail.pop();
      }
    }
  }
  return [...order];
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
  const after = (name: string): readonly string[] => [...(graph.get(name)?.after ?? [])];
  const wanted = new Set(stages);
  if (downstream === true) for (const name of order) if (after(name).some((before) => wanted.has(before))) wanted.add(name);
  for (const name of order.toReversed()) if (wanted.has(name)) for (const before of after(name)) wanted.add(before);
  return order.filter((name) => wanted.has(name));
}

function noSuchStage(stage: string, known: readonly string[]): AppError {
  const nearest = nearestName(stage, known);
  return new AppError('pipeline.noSuchStage', t('There is no stage {stage} in millwright.yaml.', { stage }), {
    kind: 'usage',
    args: { stage },
    remedy:
      nearest === undefined
        ? t('Its stages are {stages}.', { stages: known.join(', ') })
        : t('Did you mean {nearest}? Its stages are {stages}.', { nearest, stages: known.join(', ') }),
  });
}
