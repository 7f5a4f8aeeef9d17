/** Where the nodes and edges of a pipeline graph stand, from above to below. */
import * as dagre from '@dagrejs/dagre';
import { textWidth } from '../../../protocol/graph/graphText.ts';
import type { GraphEdge, GraphLayout, GraphNode, PipelineGraph, PlacedNode } from '../../../protocol/graph/pipelineGraph.ts';

/** What is used of the library, whose own declarations do not resolve for a module of Node's (relative imports without extension). */
interface Library {
  readonly Graph: new () => PlacedByLibrary;
  readonly layout: (graph: PlacedByLibrary) => void;
}
interface PlacedByLibrary {
  setGraph(label: Readonly<Record<string, unknown>>): unknown;
  setNode(id: string, size: { readonly width: number; readonly height: number }): unknown;
  setEdge(from: string, to: string, label: { readonly weight: number }): unknown;
  graph(): { readonly width?: number; readonly height?: number };
  /** With the middle of the box. */
  node(id: string): Point & { readonly width: number; readonly height: number };
  edge(from: string, to: string): { readonly points?: readonly Point[] };
}
interface Point {
  readonly x: number;
  readonly y: number;
}
const { Graph, layout: place } = dagre as unknown as Library;

/** The layout takes about a second for so many nodes, and nobody reads a larger drawing. */
export const mostDrawn = 400;

const nodeHeight = 48;
const narrowest = 196;
const widest = 300;
/** What a node needs beside its title: the mark before it and the space around. */
const around = 50;

/** Places everything; where that is too much, the stages alone; where these are too many, nothing. */
export function layoutGraph(graph: PipelineGraph): GraphLayout {
  if (graph.nodes.length <= mostDrawn) return { shown: 'all', ...placed(graph) };
  const stages = stagesOnly(graph);
  if (stages.nodes.length <= mostDrawn) return { shown: 'stages', ...placed(stages) };
  return { shown: 'nothing', width: 0, height: 0, nodes: [], edges: [] };
}

function placed({ nodes, edges }: PipelineGraph): Omit<GraphLayout, 'shown'> {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, edgesep: 14, ranksep: 36, marginx: 4, marginy: 4 });
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node), height: nodeHeight });
  for (const { from, to, kind } of edges) graph.setEdge(from, to, { weight: kind === 'check' || kind === 'order' ? 1 : 2 });
  place(graph);
  const { width = 0, height = 0 } = graph.graph();
  const boxes = new Map(nodes.map(({ id }) => [id, boxOf(id, graph.node(id))]));
  return {
    width: nodes.length === 0 ? 0 : Math.ceil(width),
    height: nodes.length === 0 ? 0 : Math.ceil(height),
    nodes: [...boxes.values()],
    edges: edges.map((edge) => ({
      ...edge,
      points: attached(graph.edge(edge.from, edge.to).points ?? [], boxes.get(edge.from), boxes.get(edge.to)),
    })),
  };
}

/** From the lower border of the one box to the upper one of the other, away from the corners; upward where the way leads back. */
function attached(points: readonly Point[], from: PlacedNode | undefined, to: PlacedNode | undefined): Point[] {
  if (from === undefined || to === undefined) return points.map(rounded);
  const between = points.slice(1, -1);
  const isDown = from.y <= to.y;
  const middleOf = ({ x, width }: PlacedNode): number => x + width / 2;
  const start = { x: within(from, between[0]?.x ?? middleOf(to)), y: isDown ? from.y + from.height : from.y };
  const end = { x: within(to, between.at(-1)?.x ?? middleOf(from)), y: isDown ? to.y : to.y + to.height };
  return [start, ...between, end].map(rounded);
}

const corner = 24;

function within({ x, width }: PlacedNode, wanted: number): number {
  return Math.max(x + corner, Math.min(x + width - corner, wanted));
}

function boxOf(id: string, { x, y, width, height }: ReturnType<PlacedByLibrary['node']>): PlacedNode {
  return { id, ...rounded({ x: x - width / 2, y: y - height / 2 }), width, height };
}

/** Half pixels are enough, and keep what is sent and exported short. */
function rounded({ x, y }: Point): Point {
  return { x: Math.round(x * 2) / 2, y: Math.round(y * 2) / 2 };
}

function widthOf({ title }: GraphNode): number {
  return Math.ceil(Math.min(widest, Math.max(narrowest, textWidth(title, 'title') + around)));
}

/** Stages with edges between those that follow one another, over whatever lies between them. */
function stagesOnly({ nodes, edges }: PipelineGraph): PipelineGraph {
  const stages = new Set(nodes.filter(({ kind }) => kind === 'stage').map(({ id }) => id));
  const after = Map.groupBy(edges, ({ from }) => from);
  const between = [...stages].flatMap((from): GraphEdge[] => {
    const reached = new Set<string>([from]);
    const found: GraphEdge[] = [];
    for (const id of reached) {
      for (const { to } of after.get(id) ?? []) {
        if (reached.has(to)) continue;
        if (!stages.has(to)) reached.add(to);
        else if (to !== from && !found.some((edge) => edge.to === to)) found.push({ from, to, kind: 'order' });
      }
    }
    return found;
  });
  return { nodes: nodes.filter(({ id }) => stages.has(id)), edges: between };
}
