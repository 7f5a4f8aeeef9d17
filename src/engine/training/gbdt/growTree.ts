/** Grows one tree leaf by leaf, always splitting the leaf that gains most. */
import type { BoostingParams } from './boostingParams.ts';
import { binWidth, HistogramPool, layOut, mergeHistograms, subtractHistogram, type HistogramLayout } from './histogram.ts';
import { randomShare } from './randomness.ts';
import { histogramOf, nodeCapacity, sidesPerNode, type SharedTraining } from './sharedTraining.ts';
import { childBounds, findSplit, nodeValue, unbounded, type Bounds, type Split, type SplitNode, type Totals } from './splitSearch.ts';
import type { ThreadTeam } from './threadTeam.ts';
import type { Tree } from './tree.ts';

interface GrownNode extends SplitNode {
  readonly split: Split | undefined;
  /** The left child; the right one follows it. */
  readonly left: number;
}

/** A leaf with its histogram. */
interface SummedLeaf {
  readonly node: number;
  readonly depth: number;
  readonly grown: GrownNode;
  /** Undefined once it was given up for others; what it held can be summed again. */
  histogram: Float64Array | undefined;
}

/** A leaf that could be split. */
interface OpenLeaf extends SummedLeaf {
  readonly split: Split;
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
  readonly #pool: HistogramPool;
  readonly #threadHistograms: readonly Float64Array[];
  readonly #nodes: Int32Array;
  readonly #leafValues: Float64Array;
  readonly #goesLeft: Uint8Array;

  constructor(shared: SharedTraining, team: ThreadTeam) {
    this.#shared = shared;
    this.#team = team;
    this.#layout = layOut(shared.features);
    this.#pool = new HistogramPool(this.#layout, shared.histogramBytes);
    this.#threadHistograms = Array.from({ length: shared.threads }, (_, thread) => histogramOf(shared, this.#layout, thread));
    this.#nodes = new Int32Array(shared.nodes);
    this.#leafValues = new Float64Array(shared.leafValues);
    this.#goesLeft = new Uint8Array(shared.goesLeft);
  }

  /** Grows a tree on the gradients as they are and adds it to the scores of every row. */
  grow(place: TreePlace): Tree {
    const { params } = this.#shared;
    this.#nodes[0] = -1; // a leaf, until it is split: shared memory still holds the tree before
    this.#team.order('beginTree', place.round, place.output);
    const histogram = this.#mergedHistogram([]);
    const root = leafOf(totalsOf(histogram, this.#layout), unbounded);
    const nodes = [root];
    const open: OpenLeaf[] = [];
    this.#consider(open, place, { node: 0, depth: 0, histogram, grown: root });
    while (open.length > 0 && nodes.length < nodeCapacity(params)) {
      const leaf = takeBest(open);
      const { split } = leaf;
      const left = nodes.length;
      const [leftBounds, rightBounds] = childBounds(leaf.grown, split, params);
      const children = [leafOf(split.left, leftBounds), leafOf(split.right, rightBounds)] as const;
      nodes[leaf.node] = { ...leaf.grown, split, left };
      nodes.push(...children);
      this.#publish(leaf.node, split, left);
      const isLast = nodes.length >= nodeCapacity(params);
      this.#divide(open, place, { leaf, left, children, isLast });
    }
    for (const leaf of open) this.#release(leaf);
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
    const mayGrow = ({ totals }: GrownNode): boolean => !isLast && depth < params.maxDepth && totals.rows >= 2 * params.minSamplesLeaf;
    const grows = children.some(mayGrow);
    const smallerChild = children[0].totals.rows <= children[1].totals.rows ? 0 : 1;
    this.#team.order('split', leaf.node, left, place.output, grows ? left + smallerChild : -1);
    if (!grows) {
      this.#release(leaf);
      return;
    }
    const smaller = this.#mergedHistogram(open);
    const larger = this.#largerHistogram(open, { leaf, smaller, node: left + 1 - smallerChild, output: place.output });
    for (const [index, grown] of children.entries()) {
      const summed = { node: left + index, depth, grown, histogram: index === smallerChild ? smaller : larger };
      if (mayGrow(grown)) this.#consider(open, place, summed);
      else this.#release(summed);
    }
  }

  /** What the parent's is without the smaller child's; summed from the rows where the parent's was given up: the same, since sums are exact. */
  #largerHistogram(open: OpenLeaf[], of: { leaf: OpenLeaf; smaller: Float64Array; node: number; output: number }): Float64Array {
    const { histogram } = of.leaf;
    if (histogram === undefined) {
      this.#team.order('sumHistogram', of.node, 0, of.output);
      return this.#mergedHistogram(open);
    }
    subtractHistogram(histogram, of.smaller);
    return histogram;
  }

  #consider(open: OpenLeaf[], place: TreePlace, leaf: SummedLeaf & { histogram: Float64Array }): void {
    const { params } = this.#shared;
    const features = chosenFeatures(this.#shared.features.length, params, [place.round, place.output, leaf.node]);
    const split = findSplit(leaf.histogram, this.#layout, leaf.grown, features, params);
    if (split === undefined) this.#release(leaf);
    else open.push({ ...leaf, split });
  }

  #release(leaf: SummedLeaf): void {
    if (leaf.histogram !== undefined) this.#pool.giveBack(leaf.histogram);
    leaf.histogram = undefined;
  }

  #publish(node: number, split: Split, left: number): void {
    this.#nodes.set([split.feature, left, left + 1], node * 3);
    this.#nodes[left * 3] = -1;
    this.#nodes[(left + 1) * 3] = -1;
    this.#goesLeft.set(split.goesLeft, node * sidesPerNode);
  }

  /** The sum over all threads: exact, so their number does not show. The open leaf that is split last gives up its own for it. */
  #mergedHistogram(open: readonly OpenLeaf[]): Float64Array {
    if (this.#pool.isUsedUp) {
      const holding = open.filter(({ histogram }) => histogram !== undefined);
      const last = holding.reduce<OpenLeaf | undefined>(
        (least, leaf) => (leaf.split.gain >= (least?.split.gain ?? Infinity) ? least : leaf),
        undefined,
      );
      if (last !== undefined) this.#release(last);
    }
    const merged = this.#pool.take();
    mergeHistograms(merged, this.#threadHistograms);
    return merged;
  }

  #finish(nodes: readonly GrownNode[], output: number): Tree {
    const { learningRate, l2Regularization } = this.#shared.params;
    const value = Float64Array.from(nodes, ({ totals, bounds, split }) =>
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

function toTree(nodes: readonly GrownNode[], value: Float64Array, layout: HistogramLayout): Tree {
  const isCategory = (split: Split): boolean => layout.features[split.feature]?.levels !== undefined;
  return {
    feature: Int32Array.from(nodes, ({ split }) => split?.feature ?? -1),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ left }) => (left < 0 ? -1 : left + 1)),
    // Where every value goes left and missing ones do not, the threshold is one that no value passes.
    threshold: Float64Array.from(nodes, ({ split }) =>
      split === undefined || isCategory(split) ? 0 : (layout.features[split.feature]?.edges[split.lastLeftBin] ?? Number.MAX_VALUE),
    ),
    leftLevels: nodes.map(({ split }) => (split !== undefined && isCategory(split) ? split.goesLeft : undefined)),
    missingLeft: Uint8Array.from(nodes, ({ split }) => (split?.missingLeft === true ? 1 : 0)),
    value,
    gain: Float64Array.from(nodes, ({ split }) => split?.gain ?? 0),
  };
}
