/** One thread's part of the rows: their bins, scores, gradients and the node each row lies in. */
import { binOf } from './binning.ts';
import { allocateBins, fillHistogram, layOut, type BinnedColumns, type HistogramLayout } from './histogram.ts';
import { updateLoss, type ScoredRows } from './loss.ts';
import { randomShare } from './randomness.ts';
import {
  blocksOf,
  histogramOf,
  nodeCapacity,
  rangeOf,
  sidesPerNode,
  blockRows,
  type RowRange,
  type SharedTraining,
} from './sharedTraining.ts';
import { addTrees } from './tree.ts';

/** Rows with their bins. */
type BinnedRows = ScoredRows & BinnedColumns;

export class Shard {
  readonly #shared: SharedTraining;
  readonly #training: BinnedRows;
  readonly #heldOut: BinnedRows;
  readonly #range: RowRange;
  readonly #trainingLosses: Float64Array;
  readonly #heldOutLosses: Float64Array;
  readonly #histogram: Float64Array;
  readonly #layout: HistogramLayout;
  /** The training rows, those of one node together. */
  readonly #order: Int32Array;
  readonly #spare: Int32Array;
  readonly #ordered: Float64Array;
  readonly #nodeStart: Int32Array;
  readonly #nodeRows: Int32Array;
  /** feature, left, right of each node of the tree that grows. */
  readonly #nodes: Int32Array;
  readonly #leafValues: Float64Array;
  readonly #goesLeft: Uint8Array;
  #nodeCount = 0;
  #sampled = false;

  constructor(shared: SharedTraining, thread: number) {
    this.#shared = shared;
    this.#range = rangeOf(shared.rows, thread, shared.threads);
    const heldOut = rangeOf(shared.heldOutRows, thread, shared.threads);
    this.#layout = layOut(shared.features);
    this.#training = scoredRows(shared, this.#range, true);
    this.#heldOut = scoredRows(shared, { from: shared.rows + heldOut.from, to: shared.rows + heldOut.to }, false);
    const losses = new Float64Array(shared.losses);
    this.#trainingLosses = losses.subarray(this.#range.from / blockRows);
    this.#heldOutLosses = losses.subarray(blocksOf(shared.rows) + heldOut.from / blockRows);
    this.#histogram = histogramOf(shared, this.#layout, thread);
    const { count } = this.#training;
    this.#order = new Int32Array(count);
    this.#spare = new Int32Array(count);
    this.#ordered = new Float64Array(2 * count);
    const capacity = nodeCapacity(shared.params);
    this.#nodeStart = new Int32Array(capacity);
    this.#nodeRows = new Int32Array(capacity);
    this.#nodes = new Int32Array(shared.nodes);
    this.#leafValues = new Float64Array(shared.leafValues);
    this.#goesLeft = new Uint8Array(shared.goesLeft);
  }

  /** Computes the loss of the scores as they are, and the gradients that lead on from it. */
  endRound(): void {
    const { objective, rows } = this.#shared;
    updateLoss(objective, this.#training, this.#trainingLosses, rows);
    updateLoss(objective, this.#heldOut, this.#heldOutLosses, rows);
  }

  /** Puts every row of the sample into the root and sums its histogram. */
  beginTree(round: number, output: number): void {
    const { subsample, seed } = this.#shared.params;
    const { count } = this.#training;
    const { from } = this.#range;
    const order = this.#order;
    this.#sampled = subsample < 1;
    let taken = 0;
    for (let row = 0; row < count; row++) {
      if (subsample === 1 || randomShare(seed, round, from + row) < subsample) order[taken++] = row;
    }
    this.#nodeCount = 1;
    this.#nodes[0] = -1;
    this.#nodeStart[0] = 0;
    this.#nodeRows[0] = taken;
    this.sumHistogram(0, output);
  }

  /** Divides the rows of a node between its two children, who keep the order of the rows. */
  split(node: number, left: number): void {
    const column = this.#nodes[node * 3] ?? 0;
    const sides = this.#goesLeft.subarray(node * sidesPerNode, (node + 1) * sidesPerNode);
    const start = this.#nodeStart[node] ?? 0;
    const count = this.#nodeRows[node] ?? 0;
    const { bins, count: rows } = this.#training;
    const of = { bins: bins.subarray(column * rows, (column + 1) * rows), sides };
    const lefts = partition({ order: this.#order, spare: this.#spare, start, end: start + count }, of);
    this.#nodeStart[left] = start;
    this.#nodeRows[left] = lefts;
    this.#nodeStart[left + 1] = start + lefts;
    this.#nodeRows[left + 1] = count - lefts;
    this.#nodeCount = left + 2;
  }

  sumHistogram(node: number, output: number): void {
    const gradients = this.#training.gradients?.[output];
    if (gradients === undefined) throw new RangeError(`no gradients of output ${output}`);
    const start = this.#nodeStart[node] ?? 0;
    const count = this.#nodeRows[node] ?? 0;
    const rows = this.#order.subarray(start, start + count);
    gather(gradients, rows, this.#ordered);
    fillHistogram(this.#histogram, this.#training, this.#layout, { rows, gradients: this.#ordered });
  }

  /** Adds the values of the finished tree to the scores. */
  endTree(output: number): void {
    const { outputs } = this.#shared.objective;
    if (this.#sampled) this.#addByWalking(this.#training, output, outputs);
    else this.#addByLeaf(output, outputs);
    this.#addByWalking(this.#heldOut, output, outputs);
  }

  #addByLeaf(output: number, outputs: number): void {
    const { scores } = this.#training;
    for (let node = 0; node < this.#nodeCount; node++) {
      if ((this.#nodes[node * 3] ?? -1) >= 0) continue;
      const value = this.#leafValues[node] ?? 0;
      const start = this.#nodeStart[node] ?? 0;
      const end = start + (this.#nodeRows[node] ?? 0);
      for (let i = start; i < end; i++) {
        const at = (this.#order[i] ?? 0) * outputs + output;
        scores[at] = (scores[at] ?? 0) + value;
      }
    }
  }

  #addByWalking(rows: BinnedRows, output: number, outputs: number): void {
    const nodes = this.#nodes;
    const { bins, count } = rows;
    for (let row = 0; row < count; row++) {
      let node = 0;
      for (let feature = nodes[0] ?? -1; feature >= 0; feature = nodes[node * 3] ?? -1) {
        const bin = bins[feature * count + row] ?? 0;
        node = nodes[node * 3 + (this.#goesLeft[node * sidesPerNode + bin] === 1 ? 1 : 2)] ?? 0;
      }
      const at = row * outputs + output;
      rows.scores[at] = (rows.scores[at] ?? 0) + (this.#leafValues[node] ?? 0);
    }
  }
}

function scoredRows(shared: SharedTraining, range: RowRange, learns: boolean): BinnedRows {
  const { outputs, baseScores } = shared.objective;
  const count = range.to - range.from;
  const width = shared.features.length;
  const matrix = new Float64Array(shared.matrix, range.from * width * 8, count * width);
  const bins = allocateBins(count, width);
  for (const [column, feature] of shared.features.entries()) {
    for (let row = 0; row < count; row++) bins[column * count + row] = binOf(feature, matrix[row * width + column] ?? NaN);
  }
  return {
    count,
    bins,
    // Added up tree by tree, as the rounds themselves did: the same bits.
    scores: addTrees(
      shared.earlier.flatMap(({ trees }) => trees),
      baseScores,
      matrix,
      width,
    ),
    target: new Float64Array(shared.target, range.from * 8, count),
    weights: shared.weights === undefined ? undefined : new Float64Array(shared.weights, range.from * 8, count),
    gradients: learns ? Array.from({ length: outputs }, () => new Float64Array(2 * count)) : undefined,
  };
}

/** Copies gradient and hessian of some rows side by side, so that the histogram reads them in one go. */
function gather(gradients: Float64Array, rows: Int32Array, into: Float64Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    into[2 * i] = gradients[2 * row] ?? 0;
    into[2 * i + 1] = gradients[2 * row + 1] ?? 0;
  }
}

/** A stable partition in place; returns how many rows went left. */
function partition(
  part: { order: Int32Array; spare: Int32Array; start: number; end: number },
  { bins, sides }: { bins: Uint8Array; sides: Uint8Array },
): number {
  const { order, spare, start, end } = part;
  let left = start;
  let right = 0;
  for (let i = start; i < end; i++) {
    const row = order[i] ?? 0;
    const side = sides[bins[row] ?? 0] ?? 0;
    order[left] = row;
    spare[right] = row;
    left += side;
    right += 1 - side;
  }
  order.set(spare.subarray(0, right), left);
  return left - start;
}
