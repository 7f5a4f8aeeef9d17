/** A project's pipeline graph for views: from the project file alone, so that it is cheap and allowed in an untrusted workspace. */
import { throwIfCancelled } from '../../../base/abort.ts';
import type { LaidOutGraph, PipelineGraph } from '../../../protocol/graph/pipelineGraph.ts';
import { loadProject } from '../../project/loadProject.ts';
import { layoutGraph } from './layoutGraph.ts';
import { pipelineGraph } from './buildPipelineGraph.ts';

const empty: PipelineGraph = { nodes: [], edges: [] };

/** The newest layouts by what was laid out: views ask again for every change of a state, and the places stay. */
const remembered = new Map<string, LaidOutGraph['layout']>();
const mostRemembered = 8;

/** @throws CancelledError, and nothing else for what is wrong with the project */
export async function readPipelineGraph(root: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LaidOutGraph> {
  const { project, diagnostics, rangeOf } = await loadProject(root);
  throwIfCancelled(signal);
  const graph = project === undefined ? empty : pipelineGraph(project, rangeOf);
  return { graph, layout: layoutOf(graph), errors: diagnostics };
}

function layoutOf(graph: PipelineGraph): LaidOutGraph['layout'] {
  const key = JSON.stringify([graph.nodes.map(({ id, title }) => [id, title]), graph.edges]);
  const layout = remembered.get(key) ?? layoutGraph(graph);
  remembered.delete(key);
  remembered.set(key, layout);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= mostRemembered) break;
    remembered.delete(oldest);
  }
  return layout;
}
