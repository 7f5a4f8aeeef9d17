/** The memory that boosting's threads share, and the words they exchange through it. */
import type { FeatureBins } from './binning.ts';
import { blocksOf } from './blocks.ts';
import { binWidth, histogramBytes, layOut, type HistogramLayout } from './histogram.ts';
import type { WebAssemblyModule } from './kernels/webAssembly.ts';
import type { BoostingParams, Objective } from './boostingParams.ts';
import type { TrainingTables } from '../trainer/trainerContract.ts';
import type { BoostingRound } from './boostingRound.ts';

/** Everything a thread is started with; the buffers are shared. */
export interface SharedTraining {
  readonly params: BoostingParams;
  readonly objective: Objective;
  readonly features: readonly FeatureBins[];
  /** Training rows; held-out rows follow them in every array. */
  readonly rows: number;
  readonly heldOutRows: number;
  readonly threads: number;
  /** The kernels in WebAssembly; undefined: TypeScript's are used. */
  readonly kernels: WebAssemblyModule | undefined;
  /** The rounds that an interrupted training left. */
  readonly earlier: readonly BoostingRound[];
  /** Row by row, one float64 per column. */
  readonly matrix: SharedArrayBuffer;
  /** One float64 per row: class index, or the value's distance from the base score. */
  readonly target: SharedArrayBuffer;
  /** One float64 per row, or undefined where all rows count alike. */
  readonly weights: SharedArrayBuffer | undefined;
  /** What the histograms of open leaves may take, in bytes. */
  readonly histogramBytes: number;
  readonly control: SharedArrayBuffer;
  readonly nodes: SharedArrayBuffer;
  readonly leafValues: SharedArrayBuffer;
  readonly goesLeft: SharedArrayBuffer;
  readonly histograms: SharedArrayBuffer;
  readonly losses: SharedArrayBuffer;
}

/** Places in the control words. */
export const word = { generation: 0, done: 1, failed: 2, command: 3, arguments: 4 } as const;
const controlWords = 16;

/**
 * What the coordinating thread asks of all, with its arguments: beginTree (round, output), split (node, left child, output, child to
 * sum or −1), sumHistogram (node, unused, output), endTree (output), endRound, stop.
 */
export const command = { beginTree: 1, split: 2, sumHistogram: 3, endTree: 4, endRound: 5, stop: 6 } as const;

/** Bins of one row of the table of sides. */
export const sidesPerNode = 256;

/** Nodes of the largest tree. */
export function nodeCapacity(params: BoostingParams): number {
  return 2 * params.maxLeafNodes - 1;
}

/** Allocates what the threads write. */
export function shareTraining(
  tables: TrainingTables,
  features: readonly FeatureBins[],
  settings: Pick<SharedTraining, 'params' | 'objective' | 'threads' | 'kernels' | 'earlier' | 'histogramBytes'>,
): SharedTraining {
  const nodes = nodeCapacity(settings.params);
  const { totalBins } = layOut(features);
  const blocks = blocksOf(tables.rows) + blocksOf(tables.heldOutRows);
  return {
    ...tables,
    ...settings,
    features,
    control: new SharedArrayBuffer(controlWords * 4),
    nodes: new SharedArrayBuffer(nodes * 3 * 4),
    leafValues: new SharedArrayBuffer(nodes * 8),
    goesLeft: new SharedArrayBuffer(nodes * sidesPerNode),
    histograms: new SharedArrayBuffer(settings.threads * histogramBytes(totalBins)),
    losses: new SharedArrayBuffer(blocks * 8),
  };
}

/** One thread's histogram in the shared memory. */
export function histogramOf(shared: SharedTraining, layout: HistogramLayout, thread: number): Float64Array {
  const size = layout.totalBins * binWidth;
  return new Float64Array(shared.histograms, thread * size * 8, size);
}
