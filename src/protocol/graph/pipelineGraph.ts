/** A project's pipeline as a graph: data, stages, models and outputs, joined by what is consumed. */
import type { ErrorRecord, SourceRange } from '../../base/errors.ts';

/**
 * `model`: what a stage trained, before it is registered. `registered`: an alias or version of the registry.
 * `file`: what a stage makes or reads besides data sets; several with the same neighbours may be drawn as one.
 */
export type GraphNodeKind = 'dataset' | 'file' | 'stage' | 'model' | 'registered';

export interface GraphNode {
  /** Unique in the graph, and the same from one reading to the next. */
  readonly id: string;
  readonly kind: GraphNodeKind;
  /** The name or path in the project file; of a model, whose it is. */
  readonly title: string;
  /** What it is, in a few words: a stage's kind, a data set's file. */
  readonly detail: string | undefined;
  /** A stage's own name; of a model or file, the stage that makes it; of a data set, undefined. */
  readonly stage: string | undefined;
  /** The paths of a file node, of a data set and of a model that is a file, as the project file writes them. */
  readonly paths: readonly string[];
  /** Where the project file speaks of it. */
  readonly place: SourceRange | undefined;
}

/** A node of which nothing is known but what it is. */
export function bareNode(id: string, kind: GraphNodeKind, title: string): GraphNode {
  return { id, kind, title, detail: undefined, stage: undefined, paths: [], place: undefined };
}

/**
 * Why one comes before the other. `data`, `model`, `file`: it is consumed, or made. `comparison`: it is compared with.
 * `check`: a check of the data that is read. `order`: its end is waited for, as `needs` says or for its verdict.
 */
export type GraphEdgeKind = 'data' | 'model' | 'file' | 'comparison' | 'check' | 'order';

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: GraphEdgeKind;
}

export interface PipelineGraph {
  /** In the order of the project file, what a stage makes after it. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A node's box: its upper left corner and its size, in the units of the drawing (pixels at 100 %). */
export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge extends GraphEdge {
  /** From the border of the one box to that of the other. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Where everything stands, from above to below. */
export interface GraphLayout {
  /** `stages`: data, models and files were too many, so only stages have a place. `nothing`: stages, too. */
  readonly shown: 'all' | 'stages' | 'nothing';
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** A project's graph with its places, or why there is none. */
export interface LaidOutGraph {
  readonly graph: PipelineGraph;
  readonly layout: GraphLayout;
  /** Why the project file cannot be used; the graph is empty then. */
  readonly errors: readonly ErrorRecord[];
}
