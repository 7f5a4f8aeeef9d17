/** Histograms of gradients, hessians and rows per bin: how they are laid out, taken from one another and used again. */
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

/** The sum of histograms; what the first argument held is overwritten. */
export function mergeHistograms(into: Float64Array, [first, second, ...others]: readonly Float64Array[]): void {
  if (first === undefined) return;
  if (second === undefined) into.set(first);
  else for (let i = 0; i < into.length; i++) into[i] = (first[i] ?? 0) + (second[i] ?? 0);
  for (const other of others) for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (other[i] ?? 0);
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
