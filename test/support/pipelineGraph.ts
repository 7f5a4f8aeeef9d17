/** A small pipeline graph and what it stands on, with a value for everything. */
import type { RegisteredModel } from '../../src/protocol/model.ts';
import type { StageSummary } from '../../src/protocol/pipeline.ts';
import { bareNode, type GraphNode, type PipelineGraph } from '../../src/protocol/graph/pipelineGraph.ts';

export function aStage(changes: Partial<StageSummary> & { readonly name: string }): StageSummary {
  return {
    kind: 'train',
    at: { file: 'millwright.yaml', line: 1, column: 1, endLine: 1, endColumn: 2 },
    after: [],
    state: 'stale',
    reasons: [],
    durationMs: undefined,
    finishedAt: undefined,
    runId: undefined,
    metric: undefined,
    progress: undefined,
    check: undefined,
    ...changes,
  };
}

/** @param versions numbers, newest first, with their aliases */
export function aModel({
  name,
  versions,
}: {
  readonly name: string;
  readonly versions: readonly (readonly [number, readonly string[]])[];
}): RegisteredModel {
  const nothing = { description: undefined, tags: {}, createdAt: 0 };
  const registered = { status: 'READY', statusMessage: undefined, stage: undefined } as const;
  return {
    ...nothing,
    name,
    updatedAt: 0,
    versions: versions.map(([version, aliases]) => ({
      ...nothing,
      model: name,
      version,
      aliases,
      runId: undefined,
      source: '',
      ...registered,
    })),
  };
}

/** A data set, its check, a training, its model, its registration and what that makes. */
export function aGraph(): PipelineGraph {
  const node = (kind: GraphNode['kind'], name: string, changes: Partial<GraphNode> = {}): GraphNode => {
    const stage = kind === 'stage' ? name : undefined;
    return { ...bareNode(`${kind}:${name}`, kind, name), stage, ...changes };
  };
  return {
    nodes: [
      node('dataset', 'all', { detail: 'all.csv', paths: ['all.csv'] }),
      node('stage', 'check', { detail: 'validate' }),
      node('stage', 'train', { detail: 'train · gbdt' }),
      node('model', 'train', { title: 'model of train', stage: 'train' }),
      node('stage', 'register', { detail: 'register' }),
      node('registered', 'm@best', { stage: 'register', detail: 'registered model' }),
    ],
    edges: [
      { from: 'dataset:all', to: 'stage:check', kind: 'data' },
      { from: 'dataset:all', to: 'stage:train', kind: 'data' },
      { from: 'stage:check', to: 'stage:train', kind: 'check' },
      { from: 'stage:train', to: 'model:train', kind: 'model' },
      { from: 'model:train', to: 'stage:register', kind: 'model' },
      { from: 'stage:register', to: 'registered:m@best', kind: 'model' },
    ],
  };
}
