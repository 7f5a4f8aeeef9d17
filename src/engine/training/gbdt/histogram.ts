/** Sums of gradients, hessians and rows per bin: the inner loop of boosting. */
import type { FeatureBins } from './binning.ts';

/** Numbers per bin in a histogram: gradient, hessian, rows. */
export const binWidth = 3;

/** Where each column's bins lie in a histogram. */
export interface HistogramLayout {
  readonly features: readonly FeatureBins[];
  /** The first bin of each column. */
  readonly offsets: readonly number[];
  /** Where a column of zeros is added. */
  readonly paddingBin: number;
  readonly totalBins: number;
}

export function layOut(features: readonly FeatureBins[]): HistogramLayout {
  const offsets: number[] = [];
  let totalBins = 0;
  for (const { missingBin } of features) {
    offsets.push(totalBins);
    totalBins += missingBin + 1;
  }
  return { features, offsets, paddingBin: totalBins, totalBins: totalBins + 1 };
}

/** Columns that are added at once. */
const groupColumns = 4;

/** Bins of rows, column by column, and at last a column of zeros that fills up the last group. */
export interface BinnedColumns {
  readonly bins: Uint8Array;
  /** Rows of a column. */
  readonly count: number;
}

/** Room for the bins of some rows. */
export function allocateBins(rows: number, columns: number): Uint8Array {
  return new Uint8Array(rows * (columns + 1));
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

/** Fills a histogram with some rows; what it held is overwritten. */
export function fillHistogram(histogram: Float64Array, { bins, count }: BinnedColumns, layout: HistogramLayout, node: NodeRows): void {
  histogram.fill(0);
  const places = [...layout.offsets, layout.paddingBin].map((bin, column) => ({ bins: column * count, histogram: bin * binWidth }));
  const padding = places.pop() ?? { bins: 0, histogram: 0 };
  for (let first = 0; first < places.length; first += groupColumns) {
    const [a = padding, b = padding, c = padding, d = padding] = places.slice(first, first + groupColumns);
    addColumns(histogram, bins, [a, b, c, d], node);
  }
}

/** Four columns share the loads of row and gradient, and none waits for another's sums where one bin follows itself. */
function addColumns(
  histogram: Float64Array,
  bins: Uint8Array,
  [a, b, c, d]: readonly [ColumnPlace, ColumnPlace, ColumnPlace, ColumnPlace],
  { rows, gradients }: NodeRows,
): void {
  const [aBins, bBins, cBins, dBins] = [a.bins, b.bins, c.bins, d.bins];
  const [aAt, bAt, cAt, dAt] = [a.histogram, b.histogram, c.histogram, d.histogram];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    const gradient = gradients[2 * i] ?? 0;
    const hessian = gradients[2 * i + 1] ?? 0;
    addRow(histogram, aAt + (bins[aBins + row] ?? 0) * binWidth, gradient, hessian);
    addRow(histogram, bAt + (bins[bBins + row] ?? 0) * binWidth, gradient, hessian);
    addRow(histogram, cAt + (bins[cBins + row] ?? 0) * binWidth, gradient, hessian);
    addRow(histogram, dAt + (bins[dBins + row] ?? 0) * binWidth, gradient, hessian);
  }
}

function addRow(histogram: Float64Array, at: number, gradient: number, hessian: number): void {
  histogram[at] = (histogram[at] ?? 0) + gradient;
  histogram[at + 1] = (histogram[at + 1] ?? 0) + hessian;
  histogram[at + 2] = (histogram[at + 2] ?? 0) + 1;
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
