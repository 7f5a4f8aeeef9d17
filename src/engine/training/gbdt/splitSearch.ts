/** Finds the best split of a node from its histogram. */
import type { FeatureBins } from './binning.ts';
import { binWidth, type HistogramLayout } from './histogram.ts';

/** Gradients, hessians and rows of some rows. */
export interface Totals {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

export interface SplitLimits {
  readonly minSamplesLeaf: number;
  readonly l2Regularization: number;
  /** Per column, as in `BoostingParams`. */
  readonly monotonic: readonly (-1 | 0 | 1)[] | undefined;
}

/** What the values of a node and of all below it must keep to, so that a constraint holds across its parents' splits. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

export const unbounded: Bounds = { lower: -Infinity, upper: Infinity };

/** What a node asks of its split. */
export interface SplitNode {
  readonly totals: Totals;
  readonly bounds: Bounds;
}

/** What a node's rows would add to the score, before the learning rate. */
export function nodeValue({ gradient, hessian }: Pick<Totals, 'gradient' | 'hessian'>, l2: number, { lower, upper }: Bounds): number {
  return Math.min(Math.max(-gradient / (hessian + l2 || 1), lower), upper);
}

/** The bounds of both children: a constrained split sets their middle between them (as scikit-learn's grower). */
export function childBounds({ bounds }: SplitNode, split: Split, limits: SplitLimits): readonly [left: Bounds, right: Bounds] {
  const direction = limits.monotonic?.[split.feature] ?? 0;
  if (direction === 0) return [bounds, bounds];
  const value = (side: Totals): number => nodeValue(side, limits.l2Regularization, bounds);
  const middle = (value(split.left) + value(split.right)) / 2;
  const below = { lower: bounds.lower, upper: middle };
  const above = { lower: middle, upper: bounds.upper };
  return direction > 0 ? [below, above] : [above, below];
}

export interface Split {
  readonly feature: number;
  readonly gain: number;
  /** Per bin of the column, the one of missing values included: 1 goes left. */
  readonly goesLeft: Uint8Array;
  /** Numbers: the last bin that goes left. */
  readonly lastLeftBin: number;
  readonly missingLeft: boolean;
  readonly left: Totals;
  readonly right: Totals;
}

/** Hessians below this make a leaf's value meaningless (scikit-learn's `MIN_HESSIAN_TO_SPLIT`). */
const minHessian = 1e-3;

/** Levels with fewer rows in the node never decide a split, and smooth the order of the others (scikit-learn's `MIN_CAT_SUPPORT`). */
const minLevelRows = 10;

/** Levels of the largest set: larger ones cost time in every prediction and hardly gain. LightGBM's `max_cat_threshold` is 32. */
const mostSetLevels = 31;

/** What a leaf of these totals takes off the loss, doubled. */
function score(gradient: number, hessian: number, l2: number): number {
  return (gradient * gradient) / (hessian + l2);
}

/** A way to split; one that is found overwrites the one before. */
interface Candidate {
  /** 0 while none is found. */
  gain: number;
  feature: number;
  /** Numbers: the last bin on the left; categories: how many of the order go left. */
  cut: number;
  missingLeft: boolean;
  gradient: number;
  hessian: number;
  rows: number;
  /** Categories: whether their order begins with the largest gradients. */
  descends: boolean;
}

/**
 * The split with the largest gain; among equals the one of the first column and the first cut.
 * @param features the columns to choose from
 * @returns undefined when no split gains anything within the limits
 */
export function findSplit(
  histogram: Float64Array,
  layout: HistogramLayout,
  node: SplitNode,
  features: readonly number[],
  limits: SplitLimits,
): Split | undefined {
  const search = new SplitSearch(histogram, node, limits);
  for (const feature of features) {
    const bins = layout.features[feature];
    if (bins === undefined) continue;
    const offset = (layout.offsets[feature] ?? 0) * binWidth;
    if (bins.levels === undefined) search.number(feature, bins, offset);
    else search.category(feature, bins, offset);
  }
  return search.best.gain > 0 ? toSplit(search.best, layout, { histogram, node: node.totals }) : undefined;
}

class SplitSearch {
  readonly best: Candidate = { gain: 0, feature: -1, cut: 0, missingLeft: false, gradient: 0, hessian: 0, rows: 0, descends: false };
  readonly #histogram: Float64Array;
  readonly #node: Totals;
  readonly #bounds: Bounds;
  readonly #limits: SplitLimits;
  readonly #parentScore: number;
  /** Of the column that is searched. */
  #feature = 0;
  #direction = 0;
  #descends = false;

  constructor(histogram: Float64Array, { totals, bounds }: SplitNode, limits: SplitLimits) {
    this.#histogram = histogram;
    this.#node = totals;
    this.#bounds = bounds;
    this.#limits = limits;
    const { gradient, hessian } = totals;
    this.#parentScore =
      limits.monotonic === undefined
        ? score(gradient, hessian, limits.l2Regularization)
        : -gradient * nodeValue(totals, limits.l2Regularization, bounds);
  }

  /** Cuts between bins, with missing values on the right and, where there are any, on the left. */
  number(feature: number, bins: FeatureBins, offset: number): void {
    const histogram = this.#histogram;
    this.#feature = feature;
    this.#direction = this.#limits.monotonic?.[feature] ?? 0;
    const missing = offset + bins.missingBin * binWidth;
    const [missingGradient, missingHessian, missingRows] = [
      histogram[missing] ?? 0,
      histogram[missing + 1] ?? 0,
      histogram[missing + 2] ?? 0,
    ];
    const lastCut = missingRows > 0 ? bins.missingBin - 1 : bins.missingBin - 2;
    let [gradient, hessian, rows] = [0, 0, 0];
    for (let bin = 0; bin <= lastCut; bin++) {
      const at = offset + bin * binWidth;
      gradient += histogram[at] ?? 0;
      hessian += histogram[at + 1] ?? 0;
      rows += histogram[at + 2] ?? 0;
      this.#consider(bin, false, gradient, hessian, rows);
      if (missingRows === 0 || bin === bins.missingBin - 1) continue;
      this.#consider(bin, true, gradient + missingGradient, hessian + missingHessian, rows + missingRows);
    }
  }

  /** Sets of levels: the first of them in the order of their gradients, from either end, up to the middle (Fisher 1958) or the largest set. */
  category(feature: number, bins: FeatureBins, offset: number): void {
    this.#feature = feature;
    this.#direction = 0;
    const order = levelOrder(this.#histogram, bins, offset);
    if (order.length < 2) return;
    const longest = Math.min((order.length + 1) >> 1, mostSetLevels);
    this.#prefixes(order.subarray(0, longest), bins, offset);
    this.#descends = true;
    this.#prefixes(order.subarray(order.length - longest).reverse(), bins, offset);
    this.#descends = false;
  }

  #prefixes(order: Uint8Array, bins: FeatureBins, offset: number): void {
    const histogram = this.#histogram;
    let [gradient, hessian, rows] = [0, 0, 0];
    let missingLeft = false;
    for (let index = 0; index < order.length; index++) {
      const bin = order[index] ?? 0;
      const at = offset + bin * binWidth;
      gradient += histogram[at] ?? 0;
      hessian += histogram[at + 1] ?? 0;
      rows += histogram[at + 2] ?? 0;
      missingLeft ||= bin === bins.missingBin;
      this.#consider(index + 1, missingLeft, gradient, hessian, rows);
    }
  }

  /** Takes a split for the best where it gains more than those before. @param gradient with hessian and rows, of the left side */
  #consider(cut: number, missingLeft: boolean, gradient: number, hessian: number, rows: number): void {
    const gain = this.#gain(gradient, hessian, rows);
    const { best } = this;
    if (!(gain > best.gain)) return;
    best.gain = gain;
    best.feature = this.#feature;
    best.cut = cut;
    best.missingLeft = missingLeft;
    best.gradient = gradient;
    best.hessian = hessian;
    best.rows = rows;
    best.descends = this.#descends;
  }

  #gain(gradient: number, hessian: number, rows: number): number {
    const { minSamplesLeaf, l2Regularization } = this.#limits;
    const rightGradient = this.#node.gradient - gradient;
    const rightHessian = this.#node.hessian - hessian;
    if (rows < minSamplesLeaf || this.#node.rows - rows < minSamplesLeaf || hessian < minHessian || rightHessian < minHessian) return 0;
    if (this.#limits.monotonic !== undefined)
      return this.#boundedGain({ gradient, hessian }, { gradient: rightGradient, hessian: rightHessian });
    return score(gradient, hessian, l2Regularization) + score(rightGradient, rightHessian, l2Regularization) - this.#parentScore;
  }

  /** The gain with both values kept within the node's bounds; none where they lie the wrong way round. */
  #boundedGain(left: Pick<Totals, 'gradient' | 'hessian'>, right: Pick<Totals, 'gradient' | 'hessian'>): number {
    const leftValue = nodeValue(left, this.#limits.l2Regularization, this.#bounds);
    const rightValue = nodeValue(right, this.#limits.l2Regularization, this.#bounds);
    if (this.#direction * (leftValue - rightValue) > 0) return 0;
    return -left.gradient * leftValue - right.gradient * rightValue - this.#parentScore;
  }
}

/** Room to sort the levels of one column. */
const keys = new Float64Array(256);
const keyWords = new Uint32Array(keys.buffer);
const sorted = new Uint8Array(256);

/**
 * The bins of the levels with enough rows, ascending by their gradients. The last eight bits of what is sorted say whose it is, so that
 * the numbers can be sorted as they are: levels that differ by less come in the order of their bins.
 * @returns overwritten by the next call
 */
function levelOrder(histogram: Float64Array, bins: FeatureBins, offset: number): Uint8Array {
  let levels = 0;
  for (let bin = 0; bin <= bins.missingBin; bin++) {
    const at = offset + bin * binWidth;
    if ((histogram[at + 2] ?? 0) < minLevelRows) continue;
    keys[levels] = (histogram[at] ?? 0) / ((histogram[at + 1] ?? 0) + minLevelRows);
    const isNegative = (keyWords[2 * levels + 1] ?? 0) >>> 31 === 1;
    keyWords[2 * levels] = ((keyWords[2 * levels] ?? 0) & ~0xff) | (isNegative ? 0xff - bin : bin);
    levels++;
  }
  keys.subarray(0, levels).sort();
  for (let index = 0; index < levels; index++) {
    const low = (keyWords[2 * index] ?? 0) & 0xff;
    sorted[index] = (keyWords[2 * index + 1] ?? 0) >>> 31 === 1 ? 0xff - low : low;
  }
  return sorted.subarray(0, levels);
}

/** Where a node has no missing value, one that comes later follows the larger side. */
function toSplit(best: Candidate, layout: HistogramLayout, search: { histogram: Float64Array; node: Totals }): Split {
  const { feature } = best;
  const { histogram, node } = search;
  const bins = layout.features[feature];
  const missingBin = bins?.missingBin ?? 0;
  const offset = (layout.offsets[feature] ?? 0) * binWidth;
  const left = { gradient: best.gradient, hessian: best.hessian, rows: best.rows };
  const right = { gradient: node.gradient - left.gradient, hessian: node.hessian - left.hessian, rows: node.rows - left.rows };
  const goesLeft = new Uint8Array(missingBin + 1);
  if (bins?.levels === undefined) goesLeft.fill(1, 0, best.cut + 1);
  else {
    const order = levelOrder(histogram, bins, offset);
    if (best.descends) order.reverse();
    for (const bin of order.subarray(0, best.cut)) goesLeft[bin] = 1;
  }
  const missingRows = histogram[offset + missingBin * binWidth + 2] ?? 0;
  const missingLeft = missingRows > 0 ? best.missingLeft : left.rows > right.rows;
  goesLeft[missingBin] = missingLeft ? 1 : 0;
  return { feature, gain: best.gain, goesLeft, lastLeftBin: best.cut, missingLeft, left, right };
}
