/** Puts feature values into at most 256 bins: numbers between edges, native categories by level, missing values in a bin of their own. */
import type { Accuracy } from '../../features/compileFeatures.ts';
import type { BoostingParams } from './boostingParams.ts';
import { randomShare } from './randomness.ts';
import { NumberSorter } from './sortNumbers.ts';

/** How one column of the matrix is binned. */
export interface FeatureBins {
  /** Ascending; a value lies in the first bin whose edge is not below it, or in the last. Empty for a category. */
  readonly edges: Float64Array;
  /** Levels of a native category, whose value is its bin; undefined for a number. */
  readonly levels: number | undefined;
  /** The bin of missing values (of a category: of every other value), one past the last bin of values. */
  readonly missingBin: number;
}

/** Rows that the edges of a number are found from, drawn by the seed (as scikit-learn does); more would not move a quantile visibly. */
const sampleRows = 200_000;

/** What binning must know of a column of the matrix. */
export interface BinnedColumn {
  /** Of a native category; undefined for a number. */
  readonly levels: number | undefined;
  readonly accuracy: Accuracy;
}

/** Values of inexact columns that are nearer than this share are never torn apart: a last bit must not move a row. */
const closest = 1e-12;

/** A matrix that bins are found for. */
export interface BinnedShape {
  /** The first rows, which are learned from. */
  readonly rows: number;
  readonly columns: readonly BinnedColumn[];
}

/** @param matrix row by row */
export function findBins(
  matrix: Float64Array,
  shape: BinnedShape,
  params: Pick<BoostingParams, 'maxBins' | 'seed'>,
): readonly FeatureBins[] {
  return findBinsOf([...shape.columns.keys()], matrix, shape, params);
}

/** As `findBins`, of some columns. */
export function findBinsOf(
  columns: readonly number[],
  matrix: Float64Array,
  shape: BinnedShape,
  { maxBins, seed }: Pick<BoostingParams, 'maxBins' | 'seed'>,
): readonly FeatureBins[] {
  const rows = sampledRows(shape.rows, seed);
  const sorter = new NumberSorter(rows.length);
  const edges = new Map<number, Float64Array>();
  const numbers = columns.filter((column) => shape.columns[column]?.levels === undefined);
  for (let first = 0; first < numbers.length; first += columnsAtOnce) {
    const group = numbers.slice(first, first + columnsAtOnce);
    const samples = sampleColumns(matrix, { rows, width: shape.columns.length, columns: group });
    for (const [index, column] of group.entries()) {
      const sample = samples[index] ?? new Float64Array(0);
      sorter.sort(sample);
      edges.set(column, findEdges(sample, maxBins, shape.columns[column]?.accuracy ?? 'exact'));
    }
  }
  return columns.map((column) => {
    const { levels } = shape.columns[column] ?? {};
    const own = edges.get(column) ?? new Float64Array(0);
    return { edges: own, levels, missingBin: levels ?? own.length + 1 };
  });
}

/** Neighbouring columns that are read together: their values lie in one line of the processor's cache. */
export const columnsAtOnce = 8;

/** One row drawn from each of as many equal spans of the rows, so that every time of ordered data is heard; few rows are all taken. */
function sampledRows(rows: number, seed: number): Uint32Array {
  const taken = Math.min(rows, sampleRows);
  return Uint32Array.from({ length: taken }, (_, span) => Math.floor(((span + randomShare(seed, span)) * rows) / taken));
}

/** The values of some rows of each column, missing ones left out. */
function sampleColumns(matrix: Float64Array, at: { rows: Uint32Array; width: number; columns: readonly number[] }): Float64Array[] {
  const samples = at.columns.map((column) => ({ column, values: new Float64Array(at.rows.length), known: 0 }));
  for (const row of at.rows) {
    for (const sample of samples) {
      const value = matrix[row * at.width + sample.column] ?? NaN;
      if (!Number.isNaN(value)) sample.values[sample.known++] = value;
    }
  }
  return samples.map(({ values, known }) => values.subarray(0, known));
}

/**
 * At most `maxBins` − 1 edges, each midway between two neighbouring values, so that the bins hold about equally many rows.
 * @param sorted ascending, without NaN
 */
export function findEdges(sorted: Float64Array, maxBins: number, accuracy: Accuracy): Float64Array {
  const cuts = possibleCuts(sorted, accuracy);
  if (cuts.length < maxBins) return Float64Array.from(cuts, (at) => midway(sorted, at));
  const edges: number[] = [];
  let begin = 0;
  let next = 0;
  for (let bins = maxBins; bins > 1 && next < cuts.length; bins--) {
    const wanted = begin + (sorted.length - begin) / bins;
    while (next < cuts.length - 1 && (cuts[next] ?? 0) < wanted) next++;
    begin = cuts[next++] ?? sorted.length;
    edges.push(midway(sorted, begin));
  }
  return Float64Array.from(edges);
}

/** Every place i with a gap between value i − 1 and value i that is wide enough. */
function possibleCuts(sorted: Float64Array, accuracy: Accuracy): number[] {
  const range = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const gapBeside = {
    exact: () => 0,
    value: (low: number, high: number) => closest * Math.min(range, Math.max(Math.abs(low), Math.abs(high))),
    range: () => closest * range,
  }[accuracy];
  const cuts: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const low = sorted[i - 1] ?? 0;
    const high = sorted[i] ?? 0;
    if (high > low && high - low > gapBeside(low, high)) cuts.push(i);
  }
  return cuts;
}

/** At least the value before the cut and below the one after it. */
function midway(sorted: Float64Array, cut: number): number {
  const low = sorted[cut - 1] ?? 0;
  const high = sorted[cut] ?? 0;
  const middle = low / 2 + high / 2;
  return middle < high ? middle : low;
}
