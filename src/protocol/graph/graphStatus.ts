/** How the nodes of a pipeline graph stand: stages as the pipeline says, what they make and read as follows from them. Pure. */
import { formatCount } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { StageState } from '../job.ts';
import type { RegisteredModel } from '../model.ts';
import type { StageSummary } from '../pipeline.ts';
import type { GraphLayout, GraphNode, PipelineGraph } from './pipelineGraph.ts';
import type { StageProgress } from '../run.ts';
import { checkWords, stateWords } from '../words/stageWords.ts';
import { figureText } from '../headlineMetric.ts';

export interface NodeStatus {
  /** Undefined where nothing makes it: a data set, a file, a version that another project registered. */
  readonly state: StageState | undefined;
  /** The state or, where that says more, the reason, the figure or the version: one line. */
  readonly words: string;
  /** Why it would run, or what failed. */
  readonly reasons: readonly string[];
  readonly progress: StageProgress | undefined;
}

export interface GraphFacts {
  readonly stages: readonly StageSummary[];
  readonly models: readonly RegisteredModel[];
  /** By stage, of what runs. */
  readonly progress: Readonly<Record<string, StageProgress>>;
}

/** A graph with all that is shown of it. */
export interface GraphPicture {
  /** The project's name. */
  readonly project: string;
  readonly graph: PipelineGraph;
  readonly layout: GraphLayout;
  /** By node. */
  readonly statuses: Readonly<Record<string, NodeStatus>>;
}

/** By node. */
export function nodeStatuses({ nodes, edges }: PipelineGraph, facts: GraphFacts): Readonly<Record<string, NodeStatus>> {
  const stages = new Map(facts.stages.map((stage) => [stage.name, stage]));
  const readers = Map.groupBy(edges, ({ from }) => from);
  const checkOf = (id: string): StageSummary | undefined =>
    (readers.get(id) ?? []).map(({ to }) => stages.get(to.replace(/^stage:/, ''))).find((reader) => reader?.check !== undefined);
  return Object.fromEntries(
    nodes.map((node) => {
      const maker = node.stage === undefined ? undefined : stages.get(node.stage);
      return [node.id, statusOf(node, { maker, check: checkOf(node.id), facts })];
    }),
  );
}

interface Surroundings {
  /** A stage node's own stage, or the one that makes what the node stands for. */
  readonly maker: StageSummary | undefined;
  /** The stage that checks the data set. */
  readonly check: StageSummary | undefined;
  readonly facts: GraphFacts;
}

function statusOf(node: GraphNode, { maker, check, facts }: Surroundings): NodeStatus {
  switch (node.kind) {
    case 'stage':
      return stageStatus(maker, facts.progress[node.title]);
    case 'model':
      return madeStatus(maker, maker?.metric === undefined ? undefined : metricWords(maker));
    case 'registered':
      return registeredStatus(node, maker, facts.models);
    case 'file':
      return maker === undefined ? plainStatus(node.detail ?? '') : madeStatus(maker, undefined);
    case 'dataset':
      return datasetStatus(node, check);
  }
}

function stageStatus(stage: StageSummary | undefined, progress: StageProgress | undefined): NodeStatus {
  if (stage === undefined) return plainStatus('');
  const { state, reasons } = stage;
  const running = state === 'running' ? progress : undefined;
  return { state, reasons, progress: running, words: stageStatusWords(stage, running) };
}

function stageStatusWords(stage: StageSummary, progress: StageProgress | undefined): string {
  const { state, reasons, check } = stage;
  switch (state) {
    case 'stale':
    case 'failed':
    case 'blocked':
      return firstLine(reasons[0]) ?? stateWords(state);
    case 'running':
      return progress === undefined ? stateWords(state) : progressWords(progress);
    case 'unchanged':
    case 'done':
      if (check !== undefined) return checkWords(check);
      return stage.metric === undefined ? stateWords(state) : metricWords(stage);
    case 'waiting':
    case 'cancelled':
      return stateWords(state);
  }
}

/** What to do about it stands on lines of their own. */
function firstLine(reason: string | undefined): string | undefined {
  return reason?.split('\n')[0];
}

/** `Round 40 of 300 · 13 %` */
export function progressWords({ message, fraction }: Pick<StageProgress, 'message' | 'fraction'>): string {
  return fraction === undefined ? message : `${message} · ${String(Math.round(100 * fraction))} %`;
}

function metricWords({ metric }: StageSummary): string {
  return metric === undefined ? '' : `${figureText(metric)} ${metric.name}`;
}

/** What a stage makes is as new as the stage's last execution. */
function madeStatus(maker: StageSummary | undefined, figure: string | undefined): NodeStatus {
  if (maker === undefined) return plainStatus('');
  const { state, finishedAt } = maker;
  const words = ((): string => {
    if (state === 'running') return t('is being made');
    if (finishedAt === undefined) return t('not made yet');
    return state === 'unchanged' || state === 'done' ? (figure ?? stateWords(state)) : t('of an earlier run');
  })();
  return { state: finishedAt === undefined && state === 'failed' ? 'blocked' : state, words, reasons: [], progress: undefined };
}

function registeredStatus({ title }: GraphNode, maker: StageSummary | undefined, models: readonly RegisteredModel[]): NodeStatus {
  const version = versionNamed(title, models);
  const words = version === undefined ? t('not registered yet') : t('version {version}', { version });
  return { state: maker?.state, words, reasons: [], progress: undefined };
}

/** The version that `name@alias`, `name/3` or a bare name (its newest) means; undefined where there is none. */
export function versionNamed(title: string, models: readonly RegisteredModel[]): number | undefined {
  for (const { name, versions } of models) {
    if (title === name) return versions[0]?.version;
    const named = versions.find(
      ({ version, aliases }) => title === `${name}/${version}` || aliases.some((alias) => title === `${name}@${alias}`),
    );
    if (named !== undefined) return named.version;
  }
  return undefined;
}

function datasetStatus({ detail }: GraphNode, checked: StageSummary | undefined): NodeStatus {
  const check = checked?.check;
  if (checked === undefined || check === undefined) return plainStatus(detail ?? '');
  const words = t('{rows} rows · {found}', { rows: formatCount(check.rows), found: checkWords(check) });
  return { state: check.verdict === 'failed' ? 'failed' : undefined, words, reasons: [], progress: undefined };
}

function plainStatus(words: string): NodeStatus {
  return { state: undefined, words, reasons: [], progress: undefined };
}
