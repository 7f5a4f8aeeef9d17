/** Grows one tree leaf by leaf, always splitting the leaf that gains most. */
import type { BoostingParams } from './boostingParams.ts';
import { subtractHistogram } from './histogram.ts';
import { randomShare } from './randomness.ts';
import { histogramOf, nodeCapacity, sidesPerNode, type SharedTraining } from './sharedTraining.ts';
import {
  type Bounds,
  binWidth,
  childBounds,
  findSplit,
  layOut,
  nodeValue,
  unbounded,
  type HistogramLayout,
  type Split,
  type SplitNode,
  type Totals,
} from './splitSearch.ts';
import type { ThreadTeam } from './threadTeam.ts';
import type { Tree } from './tree.ts';

/** A leaf that could be split. */
interface OpenLeaf {
  readonly node: number;
  readonly depth: number;
  readonly grown: GrownNode;
  readonly histogram: Float64Array;
  readonly split: Split;
}

interface GrownNode extends SplitNode {
  readonly split: Split | undefined;
  /** The left child; the right one follows it. */
  readonly left: number;
}

/** Which tree it is. */
export interface TreePlace {
  /** From 0. */
  readonly round: number;
  readonly output: number;
}

export class TreeGrower {
  readonly #shared: SharedTraining;
  readonly #team: ThreadTeam;
  readonly #layout: HistogramLayout;
  readonly #threadHistograms: readonly Float64Array[];
  readonly #nodes: Int32Array;
  readonly #leafValues: Float64Array;
  readonly #goesLeft: Uint8Array;

  constructor(shared: SharedTraining, team: ThreadTeam) {
    this.#shared = shared;
    this.#team = team;
    this.#layout = layOut(shared.features);
    this.#threadHistograms = Array.from({ length: shared.threads }, (_, thread) => histogramOf(shared, this.#layout, thread));
    this.#nodes = new Int32Array(shared.nodes);
    this.#leafValues = new Float64Array(shared.leafValues);
    this.#goesLeft = new Uint8Array(shared.goesLeft);
  }

  /** Grows a tree on the gradients as they are and adds it to the scores of every row. */
  grow(place: TreePlace): Tree {
    const { params } = this.#shared;
    this.#team.order('beginTree', place.round, place.output);
    const rootHistogram = this.#mergedHistogram();
    const root = leafOf(totalsOf(rootHistogram, this.#layout), unbounded);
    const nodes = [root];
    const open: OpenLeaf[] = [];
    this.#consider(open, place, { node: 0, depth: 0, histogram: rootHistogram, grown: root });
    while (open.length > 0 && nodes.length < nodeCapacity(params)) {
      const leaf = takeBest(open);
      const { split } = leaf;
      const left = nodes.length;
      const bounds = childBounds(leaf.grown, split, params);
      const children = [leafOf(split.left, bounds[0]), leafOf(split.right, bounds[1])] as const;
      nodes[leaf.node] = { ...leaf.grown, split, left };
      nodes.push(...children);
      this.#publish(leaf.node, split, left);
      const isLast = nodes.length >= nodeCapacity(params);
      this.#divide(open, place, { leaf, left, children, isLast });
    }
    return this.#finish(nodes, place.output);
  }

  /** Has the rows divided, and both children considered where they may grow on. */
  #divide(
    open: OpenLeaf[],
    place: TreePlace,
    at: { leaf: OpenLeaf; left: number; children: readonly [GrownNode, GrownNode]; isLast: boolean },
  ): void {
    const { leaf, left, children, isLast } = at;
    const depth = leaf.depth + 1;
    const { params } = this.#shared;
    const mayGrow = (totals: Totals): boolean => !isLast && depth < params.maxDepth && totals.rows >= 2 * params.minSamplesLeaf;
    const grows = mayGrow(leaf.split.left) || mayGrow(leaf.split.right);
    const smaller = leaf.split.left.rows <= leaf.split.right.rows ? left : left + 1;
    this.#team.order('split', leaf.node, left, place.output, grows ? smaller : -1);
    if (!grows) return;
    const smallerHistogram = this.#mergedHistogram();
    const largerHistogram = subtractHistogram(leaf.histogram, smallerHistogram);
    for (const [index, grown] of children.entries()) {
      const node = left + index;
      const histogram = node === smaller ? smallerHistogram : largerHistogram;
      if (mayGrow(grown.totals)) this.#consider(open, place, { node, depth, histogram, grown });
    }
  }

  #consider(open: OpenLeaf[], place: TreePlace, leaf: Omit<OpenLeaf, 'split'>): void {
    const { params } = this.#shared;
    const features = chosenFeatures(this.#shared.features.length, params, [place.round, place.output, leaf.node]);
    const split = findSplit(leaf.histogram, this.#layout, leaf.grown, features, params);
    if (split !== undefined) open.push({ ...leaf, split });
  }

  #publish(node: number, split: Split, left: number): void {
    this.#nodes.set([split.feature, left, left + 1], node * 3);
    this.#nodes[left * 3] = -1;
    this.#nodes[(left + 1) * 3] = -1;
    this.#goesLeft.set(split.goesLeft, node * sidesPerNode);
  }

  /** The sum over all threads: exact, so their number does not show. */
  #mergedHistogram(): Float64Array {
    const merged = (this.#threadHistograms[0] ?? new Float64Array(0)).slice();
    for (const histogram of this.#threadHistograms.slice(1)) {
      for (let i = 0; i < merged.length; i++) merged[i] = (merged[i] ?? 0) + (histogram[i] ?? 0);
    }
    return merged;
  }

  #finish(nodes: readonly GrownNode[], output: number): Tree {
    const { learningRate, l2Regularization } = this.#shared.params;
    const value = Float32Array.from(nodes, ({ totals, bounds, split }) =>
      split === undefined ? learningRate * nodeValue(totals, l2Regularization, bounds) : 0,
    );
    this.#leafValues.set(value);
    this.#team.order('endTree', output);
    return toTree(nodes, value, this.#layout);
  }
}

function leafOf(totals: Totals, bounds: Bounds): GrownNode {
  return { totals, bounds, split: undefined, left: -1 };
}

/** Any column's bins add up to the node. */
function totalsOf(histogram: Float64Array, layout: HistogramLayout): Totals {
  const bins = (layout.features[0]?.missingBin ?? -1) + 1;
  let [gradient, hessian, rows] = [0, 0, 0];
  for (let bin = 0; bin < bins; bin++) {
    gradient += histogram[bin * binWidth] ?? 0;
    hessian += histogram[bin * binWidth + 1] ?? 0;
    rows += histogram[bin * binWidth + 2] ?? 0;
  }
  return { gradient, hessian, rows };
}

/** Removes the leaf with the largest gain; among equals the oldest. */
function takeBest(open: OpenLeaf[]): OpenLeaf {
  let best = 0;
  for (let i = 1; i < open.length; i++) if ((open[i]?.split.gain ?? 0) > (open[best]?.split.gain ?? 0)) best = i;
  const [taken] = open.splice(best, 1);
  if (taken === undefined) throw new RangeError('no leaf is open');
  return taken;
}

/** The columns a split may choose from: all, or the share with the smallest random numbers. */
function chosenFeatures(count: number, params: BoostingParams, keys: readonly number[]): readonly number[] {
  const all = Array.from({ length: count }, (_, feature) => feature);
  if (params.maxFeatures >= 1) return all;
  const drawn = all.map((feature) => ({ feature, draw: randomShare(params.seed, ...keys, feature) }));
  const wanted = Math.max(1, Math.round(params.maxFeatures * count));
  return drawn
    .sort((a, b) => a.draw - b.draw || a.feature - b.feature)
    .slice(0, wanted)
    .map(({ feature }) => feature)
    .sort((a, b) => a - b);
}

/** Values above every edge but not missing: an edge no float32 but infinity passes. */
const largestFloat32 = 3.4028234663852886e38;

function toTree(nodes: readonly GrownNode[], value: Float32Array, layout: HistogramLayout): Tree {
  const isCategory = (split: Split): boolean => layout.features[split.feature]?.levels !== undefined;
  return {
    feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? -1),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ left }) => (left < 0 ? -1 : left + 1)),
    threshold: Float32Array.from(nodes, ({ split }) =>
      split === undefined || isCategory(split) ? 0 : (layout.features[split.feature]?.edges[split.lastLeftBin] ?? largestFloat32),
    ),
    leftLevels: nodes.map(({ split }) => (split !== undefined && isCategory(split) ? split.goesLeft.slice(0, -1) : undefined)),
    missingLeft: Uint8Array.from(nodes, ({ split }) => (split?.missingLeft === true ? 1 : 0)),
    value,
    gain: Float64Array.from(nodes, ({ split }) => split?.gain ?? 0),
  };
}
