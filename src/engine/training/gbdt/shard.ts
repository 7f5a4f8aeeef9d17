/** One thread's part of the rows: their bins, scores, gradients and the node each row lies in. */
import { blocksIn, blocksOf, rowsIn, type Block } from './blocks.ts';
import { layOut, type HistogramLayout } from './histogram.ts';
import { exponentialTable, openKernels, type KernelMemory } from './kernels/kernels.ts';
import { gradientSteps, LossUpdate, writeRounding, type GradientSteps } from './loss.ts';
import { randomShare } from './randomness.ts';
import { gradientBytes, groupColumns, placeShard, type RowPlaces, type ShardPlaces } from './shardMemory.ts';
import { histogramOf, nodeCapacity, sidesPerNode, type SharedTraining } from './sharedTraining.ts';
import { addTrees } from './tree.ts';

export class Shard {
  readonly #shared: SharedTraining;
  readonly #layout: HistogramLayout;
  readonly #steps: GradientSteps;
  readonly #blocks: { readonly training: readonly Block[]; readonly heldOut: readonly Block[] };
  readonly #places: ShardPlaces;
  readonly #memory: KernelMemory;
  readonly #loss: LossUpdate;
  readonly #losses: { readonly training: Float64Array; readonly heldOut: Float64Array };
  /** For all threads to see; the kernels fill one in their own memory. */
  readonly #sharedHistogram: Float64Array;
  readonly #histogram: Float64Array;
  readonly #order: Int32Array;
  readonly #nodeStart: Int32Array;
  readonly #nodeRows: Int32Array;
  readonly #tree: SharedTree;
  #nodeCount = 0;
  #sampled = false;

  constructor(shared: SharedTraining, thread: number) {
    this.#shared = shared;
    this.#layout = layOut(shared.features);
    this.#steps = gradientSteps(shared);
    const { threads } = shared;
    this.#blocks = {
      training: blocksIn({ rows: shared.rows, thread, threads }),
      heldOut: blocksIn({ rows: shared.heldOutRows, thread, threads }),
    };
    const counts = { training: rowsIn(this.#blocks.training), heldOut: rowsIn(this.#blocks.heldOut) };
    this.#places = placeShard(shared, this.#layout, counts);
    this.#memory = openKernels(this.#places.bytes, shared.kernels);
    const { buffer } = this.#memory;
    this.#writeConstants();
    this.#writeRows(this.#places.training, this.#blocks.training, 0);
    this.#writeRows(this.#places.heldOut, this.#blocks.heldOut, shared.rows);
    this.#loss = new LossUpdate(shared, this.#memory, this.#places);
    this.#losses = lossesOf(shared);
    this.#sharedHistogram = histogramOf(shared, this.#layout, thread);
    this.#histogram = new Float64Array(buffer, this.#places.histogram, this.#sharedHistogram.length);
    this.#order = new Int32Array(buffer, this.#places.order, counts.training);
    const capacity = nodeCapacity(shared.params);
    this.#nodeStart = new Int32Array(capacity);
    this.#nodeRows = new Int32Array(capacity);
    this.#tree = new SharedTree(shared, buffer, this.#places);
  }

  /** Computes the loss of the scores as they are, and the gradients that lead on from it. */
  endRound(): void {
    this.#loss.run(this.#places.training, this.#blocks.training, this.#losses.training);
    this.#loss.run(this.#places.heldOut, this.#blocks.heldOut, this.#losses.heldOut);
  }

  /** Puts every row of the sample into the root and sums its histogram. */
  beginTree(round: number, output: number): void {
    const { subsample, seed } = this.#shared.params;
    this.#sampled = subsample < 1;
    let taken = this.#places.training.count;
    if (this.#sampled) taken = this.#sample((row) => randomShare(seed, round, row) < subsample);
    else this.#memory.kernels.enumerate(this.#places.order, taken);
    this.#nodeCount = 1;
    this.#nodeStart[0] = 0;
    this.#nodeRows[0] = taken;
    this.sumHistogram(0, output);
  }

  /** @returns how many rows are in the sample */
  #sample(isTaken: (row: number) => boolean): number {
    let taken = 0;
    for (const { at, from, to } of this.#blocks.training) {
      for (let row = from; row < to; row++) if (isTaken(row)) this.#order[taken++] = at + row - from;
    }
    return taken;
  }

  /** Divides the rows of a node between its two children, who keep the order of the rows. */
  split(node: number, left: number): void {
    const { kernels } = this.#memory;
    const { training, order, spare, sides } = this.#places;
    this.#tree.read(node);
    const start = this.#nodeStart[node] ?? 0;
    const count = this.#nodeRows[node] ?? 0;
    const bins = kernels.placeOf(training.bins, training.count, this.#tree.column(node));
    const lefts = kernels.partition(order + start * 4, count, spare, bins, sides + node * sidesPerNode);
    this.#nodeStart[left] = start;
    this.#nodeRows[left] = lefts;
    this.#nodeStart[left + 1] = start + lefts;
    this.#nodeRows[left + 1] = count - lefts;
    this.#nodeCount = left + 2;
  }

  sumHistogram(node: number, output: number): void {
    const { training, order } = this.#places;
    const rows = order + (this.#nodeStart[node] ?? 0) * 4;
    const gradients = training.gradients + output * gradientBytes(this.#shared) * training.count;
    this.#histogram.fill(0);
    this.#sumGroups(rows, this.#nodeRows[node] ?? 0, gradients);
    this.#sharedHistogram.set(this.#histogram);
  }

  /** Where several groups of columns read the gradients, they are put into the order of the rows first. */
  #sumGroups(rows: number, count: number, byRow: number): void {
    const { kernels } = this.#memory;
    const { training, ordered, firstBins, histogram, scratch } = this.#places;
    const { isWide } = this.#shared.objective;
    const isOrdered = ordered === 0 ? 0 : 1;
    const gradients = isOrdered === 1 ? ordered : byRow;
    if (isOrdered === 1) (isWide ? kernels.gatherWide : kernels.gather)(rows, count, byRow, ordered);
    const width = this.#shared.features.length;
    for (let first = 0; first < width; first += groupColumns) {
      const columns = Math.min(groupColumns, width - first);
      const bins = kernels.placeOf(training.bins, training.count, first);
      const places = firstBins + first * 4;
      if (isWide) kernels.sumWideColumns(rows, count, gradients, isOrdered, bins, columns, places, histogram);
      else {
        const { gradient, hessian } = this.#steps;
        kernels.sumColumns(rows, count, gradients, isOrdered, bins, columns, places, histogram, scratch, gradient, hessian);
      }
    }
  }

  /** Adds the values of the finished tree to the scores. */
  endTree(output: number): void {
    this.#tree.readAll();
    if (this.#sampled) this.#addByWalking(this.#places.training, output);
    else this.#addByLeaf(output);
    this.#addByWalking(this.#places.heldOut, output);
  }

  #addByLeaf(output: number): void {
    const { outputs } = this.#shared.objective;
    const { training, order } = this.#places;
    for (let node = 0; node < this.#nodeCount; node++) {
      if (this.#tree.column(node) >= 0) continue;
      const rows = order + (this.#nodeStart[node] ?? 0) * 4;
      const scores = training.scores + output * 8;
      this.#memory.kernels.addByLeaf(rows, this.#nodeRows[node] ?? 0, scores, outputs * 8, this.#tree.value(node));
    }
  }

  #addByWalking({ count, bins, scores }: RowPlaces, output: number): void {
    const { nodes, sides, leafValues } = this.#places;
    const stride = this.#shared.objective.outputs * 8;
    this.#memory.kernels.addByWalking(count, bins, nodes, sides, leafValues, scores + output * 8, stride);
  }

  #writeConstants(): void {
    const { buffer } = this.#memory;
    const { table, rounding, firstBins, edges } = this.#places;
    new Float64Array(buffer, table, exponentialTable.length).set(exponentialTable);
    writeRounding(this.#steps, this.#shared.objective.isWide, new Float64Array(buffer, rounding, 5));
    const { offsets, totalBins } = this.#layout;
    for (const [column, feature] of this.#shared.features.entries()) {
      new Float64Array(buffer, edges + (offsets[column] ?? 0) * 8, feature.edges.length).set(feature.edges);
    }
    new Uint32Array(buffer, firstBins, offsets.length + 1).set([...offsets, totalBins]);
  }

  /** @param first where rows of this kind begin among all */
  #writeRows(places: RowPlaces, blocks: readonly Block[], first: number): void {
    const { buffer } = this.#memory;
    const { features, objective, earlier } = this.#shared;
    const { outputs, baseScores } = objective;
    const width = features.length;
    const trees = earlier.flatMap((round) => round.trees);
    const scores = new Float64Array(buffer, places.scores, places.count * outputs);
    for (const { at, from, to } of blocks) {
      const matrix = new Float64Array(this.#shared.matrix, (first + from) * width * 8, (to - from) * width);
      // Added up tree by tree, as the rounds themselves did: the same bits.
      scores.set(addTrees(trees, baseScores, matrix, width), at * outputs);
      this.#writeBins(places, matrix, at);
      copyColumn(this.#shared.target, [first + from, first + to], new Float64Array(buffer, places.target + at * 8));
      if (this.#shared.weights === undefined) continue;
      copyColumn(this.#shared.weights, [first + from, first + to], new Float64Array(buffer, places.weights + at * 8));
    }
  }

  #writeBins(places: RowPlaces, matrix: Float64Array, at: number): void {
    const { kernels, buffer } = this.#memory;
    const { features } = this.#shared;
    const { block, edges } = this.#places;
    new Float64Array(buffer, block, matrix.length).set(matrix);
    const stride = features.length * 8;
    const count = matrix.length / features.length;
    for (const [column, feature] of features.entries()) {
      const bins = kernels.placeOf(places.bins, places.count, column) + at * groupColumns;
      const values = block + column * 8;
      const own = edges + (this.#layout.offsets[column] ?? 0) * 8;
      if (feature.levels === undefined) kernels.binNumbers(count, values, stride, own, feature.edges.length, feature.missingBin, bins);
      else kernels.binLevels(count, values, stride, bins);
    }
  }
}

/** The tree that grows, as the first thread tells of it and as the kernels read it. */
class SharedTree {
  readonly #shared: { readonly nodes: Int32Array; readonly sides: Uint8Array; readonly values: Float64Array };
  readonly #own: { readonly nodes: Int32Array; readonly sides: Uint8Array; readonly values: Float64Array };

  constructor(shared: SharedTraining, buffer: ArrayBuffer, places: ShardPlaces) {
    const capacity = nodeCapacity(shared.params);
    this.#shared = {
      nodes: new Int32Array(shared.nodes),
      sides: new Uint8Array(shared.goesLeft),
      values: new Float64Array(shared.leafValues),
    };
    this.#own = {
      nodes: new Int32Array(buffer, places.nodes, capacity * 3),
      sides: new Uint8Array(buffer, places.sides, capacity * sidesPerNode),
      values: new Float64Array(buffer, places.leafValues, capacity),
    };
  }

  /** Takes over which rows of a node go left. */
  read(node: number): void {
    const [from, to] = [node * sidesPerNode, (node + 1) * sidesPerNode];
    this.#own.sides.set(this.#shared.sides.subarray(from, to), from);
  }

  /** Takes over the finished tree. */
  readAll(): void {
    this.#own.nodes.set(this.#shared.nodes);
    this.#own.values.set(this.#shared.values);
  }

  /** −1 for a leaf. */
  column(node: number): number {
    return this.#shared.nodes[node * 3] ?? -1;
  }

  value(node: number): number {
    return this.#shared.values[node] ?? 0;
  }
}

/** The blocks' losses, of both kinds of rows. */
function lossesOf({ losses, rows, heldOutRows }: SharedTraining): { training: Float64Array; heldOut: Float64Array } {
  const training = new Float64Array(losses, 0, blocksOf(rows));
  return { training, heldOut: new Float64Array(losses, training.byteLength, blocksOf(heldOutRows)) };
}

function copyColumn(from: SharedArrayBuffer, [first, end]: readonly [number, number], to: Float64Array): void {
  to.set(new Float64Array(from, first * 8, end - first));
}
