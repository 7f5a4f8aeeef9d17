/** Tables for the trainers, made of formulas that other languages can repeat. */
import { trainGbdt, type BoostingInput } from '../../src/engine/training/gbdt/trainGbdt.ts';
import type { BoostingParams } from '../../src/engine/training/gbdt/boostingParams.ts';
import type { TrainingTables } from '../../src/engine/training/trainer/trainerContract.ts';
import type { Forest } from '../../src/engine/training/gbdt/tree.ts';
import type { Task } from '../../src/protocol/evaluation.ts';

export const plainParams: BoostingParams = {
  learningRate: 0.1,
  maxIter: 100,
  maxLeafNodes: 31,
  maxDepth: Infinity,
  minSamplesLeaf: 20,
  l2Regularization: 0,
  maxBins: 255,
  subsample: 1,
  maxFeatures: 1,
  patience: undefined,
  minDelta: 1e-7,
  monotonic: undefined,
  seed: 42,
};

/** Rows as shared memory; the last `heldOut` of them are held out. */
export function tablesOf(
  rows: readonly (readonly number[])[],
  target: readonly number[],
  options: { heldOut?: number; weights?: readonly number[] } = {},
): TrainingTables {
  const { heldOut = 0, weights } = options;
  return {
    rows: rows.length - heldOut,
    heldOutRows: heldOut,
    matrix: share(Float64Array.from(rows.flat())),
    target: share(Float64Array.from(target)),
    weights: weights === undefined ? undefined : share(Float64Array.from(weights)),
  };
}

function share(values: Float64Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(values.byteLength);
  new Uint8Array(buffer).set(new Uint8Array(values.buffer));
  return buffer;
}

/** Columns of numbers that every processor computes alike, and of native categories. */
export function columnsOf(levels: readonly (number | undefined)[]): BoostingInput['columns'] {
  return levels.map((count) => ({ levels: count, accuracy: 'exact' }));
}

export async function boostOn(
  tables: TrainingTables,
  settings: { task: Task; classes: number; levels: readonly (number | undefined)[]; threads?: number; histogramBytes?: number },
  params: Partial<BoostingParams>,
): Promise<Forest & { readonly rounds: number; readonly losses: readonly { training: number; heldOut: number | undefined }[] }> {
  const losses: { training: number; heldOut: number | undefined }[] = [];
  const { task, classes, levels } = settings;
  const forest = await trainGbdt(
    { tables, task, classes, columns: columnsOf(levels) },
    { ...plainParams, ...params },
    {
      threads: settings.threads ?? 1,
      ...(settings.histogramBytes === undefined ? {} : { histogramBytes: settings.histogramBytes }),
      signal: new AbortController().signal,
      onRound: ({ training, heldOut }) => losses.push({ training, heldOut }),
    },
  );
  return { ...forest, losses };
}
