/** Where everything of a thread lies. */
import { expect, it } from 'vitest';
import { findBins } from '../../../src/engine/training/gbdt/binning.ts';
import { mostKernelBytes } from '../../../src/engine/training/gbdt/kernels/kernels.ts';
import { layOut } from '../../../src/engine/training/gbdt/histogram.ts';
import { placeShard, threadsThatFit } from '../../../src/engine/training/gbdt/shardMemory.ts';
import { columnsOf, plainParams } from '../../support/boostingData.ts';

const columns = columnsOf(Array.from({ length: 20 }, () => 100));
const shape = {
  features: findBins(new Float64Array(0), { rows: 0, columns }, plainParams),
  params: plainParams,
  objective: { task: 'multiclass', outputs: 4, baseScores: [0, 0, 0, 0], gradientBound: 1, hessianBound: 1, isWide: true } as const,
  weights: undefined,
};

it('takes the threads that are wanted where their rows fit, and more where they do not', () => {
  expect(threadsThatFit(2, { ...shape, rows: 10_000_000, heldOutRows: 0 })).toBe(2);
  const rows = 100_000_000;
  const threads = threadsThatFit(2, { ...shape, rows, heldOutRows: 0 });
  expect(threads).toBeGreaterThan(2);
  const bytes = (count: number): number => placeShard(shape, layOut(shape.features), { training: rows / count, heldOut: 0 }).bytes;
  expect(bytes(threads)).toBeLessThanOrEqual(mostKernelBytes);
  expect(bytes(threads - 1)).toBeGreaterThan(mostKernelBytes - 1_000_000);
});
