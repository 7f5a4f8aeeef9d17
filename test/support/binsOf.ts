/** The bins that a trainer puts some values of a column into. */
import type { FeatureBins } from '../../src/engine/training/gbdt/binning.ts';
import { openKernels } from '../../src/engine/training/gbdt/kernels/kernels.ts';

export function binsOf({ edges, levels, missingBin }: FeatureBins, values: readonly number[]): number[] {
  const { kernels, buffer } = openKernels(8 * (edges.length + 2 * values.length), undefined);
  const places = { edges: 0, values: edges.byteLength, bins: edges.byteLength + 8 * values.length };
  new Float64Array(buffer).set([...edges, ...values]);
  if (levels === undefined) kernels.binNumbers(values.length, places.values, 8, places.edges, edges.length, missingBin, places.bins);
  else kernels.binLevels(values.length, places.values, 8, places.bins);
  const bins = new Uint8Array(buffer, places.bins);
  return values.map((_, row) => bins[8 * row]!);
}
