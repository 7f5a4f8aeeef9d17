/** Many files with the same neighbours as one node of the graph. Pure. */
import { t } from '../../../base/localize.ts';
import { formatCount } from '../../../base/format.ts';
import type { GraphEdge, GraphNode, PipelineGraph } from '../../../protocol/graph/pipelineGraph.ts';

/** The most files between the same stages that are drawn each. */
const drawnEach = 4;

/** File nodes that are made by the same stage and read by the same ones become one, where they are more than a few. */
export function bundleFiles({ nodes, edges }: PipelineGraph): PipelineGraph {
  const before = Map.groupBy(edges, ({ to }) => to);
  const after = Map.groupBy(edges, ({ from }) => from);
  const neighboursOf = ({ id }: GraphNode): string =>
    JSON.stringify([(before.get(id) ?? []).map(({ from }) => from).sort(), (after.get(id) ?? []).map(({ to }) => to).sort()]);
  const groups = Map.groupBy(
    nodes.filter(({ kind }) => kind === 'file'),
    neighboursOf,
  );
  const bundles = new Map<string, GraphNode>();
  for (const files of groups.values()) {
    const [first] = files;
    if (first === undefined || files.length <= drawnEach) continue;
    const bundle = bundleOf(first, files);
    for (const { id } of files) bundles.set(id, bundle);
  }
  if (bundles.size === 0) return { nodes, edges };
  const standsFor = (id: string): string => bundles.get(id)?.id ?? id;
  const joined = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const moved = { ...edge, from: standsFor(edge.from), to: standsFor(edge.to) };
    joined.set(JSON.stringify([moved.from, moved.to]), moved);
  }
  const kept = new Map(nodes.map((node) => bundles.get(node.id) ?? node).map((node) => [node.id, node]));
  return { nodes: [...kept.values()], edges: [...joined.values()] };
}

function bundleOf(first: GraphNode, files: readonly GraphNode[]): GraphNode {
  const folder = commonFolder(files.map(({ title }) => title));
  return {
    ...first,
    id: `files:${first.id}`,
    title: folder === '' ? t('{count} files', { count: formatCount(files.length) }) : folder,
    detail: folder === '' ? first.detail : t('{count} files', { count: formatCount(files.length) }),
    paths: files.flatMap(({ paths }) => paths),
  };
}

/** The folder that holds all paths, with a slash at its end; empty where there is none but the project's. */
function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  const [first = [], ...others] = folders;
  const shared = first.findIndex((step, index) => others.some((folder) => folder[index] !== step));
  const steps = shared === -1 ? first : first.slice(0, shared);
  return steps.length === 0 ? '' : `${steps.join('/')}/`;
}
