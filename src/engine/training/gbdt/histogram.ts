/** Sums of gradients, hessians and rows per bin: the inner loop of boosting. */
import type { FeatureBins } from './binning.ts';

/** Numbers per bin in a histogram: gradient, hessian, rows. */
export const binWidth = 3;

/** Where each column's bins lie in a histogram. */
export interface HistogramLayout {
  readonly features: readonly FeatureBins[];
  /** The first bin of each column. */
  readonly offsets: readonly number[];
  readonly totalBins: number;
}

export function layOut(features: readonly FeatureBins[]): HistogramLayout {
  const offsets: number[] = [];
  let totalBins = 0;
  for (const { missingBin } of features) {
    offsets.push(totalBins);
    totalBins += missingBin + 1;
  }
  return { features, offsets, totalBins };
}

/** Bins of rows, column by column. */
export interface BinnedColumns {
  readonly bins: Uint8Array;
  /** Rows of a column. */
  readonly count: number;
}

/** Rows of one node. */
export interface NodeRows {
  /** Places in the bins' columns. */
  readonly rows: Int32Array;
  /** Gradient and hessian of each of them, interleaved, in the same order. */
  readonly gradients: Float64Array;
}

/** Where a column lies: its first row among the bins, its first number in the histogram. */
interface ColumnPlace {
  readonly bins: number;
  readonly histogram: number;
}

/** Fills a histogram with some rows; what it held is overwritten. Two columns at once share the loads of row and gradient. */
export function fillHistogram(histogram: Float64Array, { bins, count }: BinnedColumns, layout: HistogramLayout, node: NodeRows): void {
  histogram.fill(0);
  const columns = layout.offsets.map((offset, column): ColumnPlace => ({ bins: column * count, histogram: offset * binWidth }));
  for (let column = 0; column < columns.length; column += 2) {
    const [first, second] = columns.slice(column, column + 2);
    if (first !== undefined && second !== undefined) addTwo(histogram, bins, [first, second], node);
    else if (first !== undefined) addOne(histogram, bins, first, node);
  }
}

function addTwo(
  histogram: Float64Array,
  bins: Uint8Array,
  [first, second]: readonly [ColumnPlace, ColumnPlace],
  { rows, gradients }: NodeRows,
): void {
  const [firstBins, secondBins] = [first.bins, second.bins];
  const [firstAt, secondAt] = [first.histogram, second.histogram];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const gradient = gradients[2 * i] ?? 0;
    const hessian = gradients[2 * i + 1] ?? 0;
    const a = firstAt + (bins[firstBins + row] ?? 0) * binWidth;
    histogram[a] = (histogram[a] ?? 0) + gradient;
    histogram[a + 1] = (histogram[a + 1] ?? 0) + hessian;
    histogram[a + 2] = (histogram[a + 2] ?? 0) + 1;
    const b = secondAt + (bins[secondBins + row] ?? 0) * binWidth;
    histogram[b] = (histogram[b] ?? 0) + gradient;
    histogram[b + 1] = (histogram[b + 1] ?? 0) + hessian;
    histogram[b + 2] = (histogram[b + 2] ?? 0) + 1;
  }
}

function addOne(histogram: Float64Array, bins: Uint8Array, column: ColumnPlace, { rows, gradients }: NodeRows): void {
  for (let i = 0; i < rows.length; i++) {
    const at = column.histogram + (bins[column.bins + (rows[i] ?? 0)] ?? 0) * binWidth;
    histogram[at] = (histogram[at] ?? 0) + (gradients[2 * i] ?? 0);
    histogram[at + 1] = (histogram[at + 1] ?? 0) + (gradients[2 * i + 1] ?? 0);
    histogram[at + 2] = (histogram[at + 2] ?? 0) + 1;
  }
}

/** Takes one child's histogram away from its parent's, which leaves the other child's: exact, since the sums are. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] ?? 0) - (child[i] ?? 0);
}

/** Histograms that are used again, at most so many at a time. */
export class HistogramPool {
  /** How many may be out. */
  readonly limit: number;
  readonly #size: number;
  readonly #free: Float64Array[] = [];
  #out = 0;

  constructor(layout: HistogramLayout, bytes: number) {
    this.#size = layout.totalBins * binWidth;
    this.limit = Math.max(fewestHistograms, Math.floor(bytes / histogramBytes(layout.totalBins)));
  }

  get isUsedUp(): boolean {
    return this.#out >= this.limit;
  }

  /** What it holds is left from its last use. */
  take(): Float64Array {
    this.#out++;
    return this.#free.pop() ?? new Float64Array(this.#size);
  }

  giveBack(histogram: Float64Array): void {
    this.#out--;
    this.#free.push(histogram);
  }
}

/** A node's and both children's. */
const fewestHistograms = 3;

export function histogramBytes(bins: number): number {
  return bins * binWidth * 8;
}
