/** Boosting from a matrix to a forest: bins, starting scores, and the threads that do the work. */
import type { Task } from '../../../protocol/evaluation.ts';
import type { BinnedColumn } from './binning.ts';
import { weightedMean } from '../trainer/weightedMean.ts';
import { inputDigest, type FitCheckpoint } from '../trainer/checkpoints.ts';
import type { BoostingParams, Objective } from './boostingParams.ts';
import { fitsIntegers } from './exactSum.ts';
import { loadKernels } from './kernels/loadKernels.ts';
import type { RoundLoss, TrainingTables } from '../trainer/trainerContract.ts';
import { StoppingRule } from './boostingRound.ts';
import { decodeRound, encodeRound } from './encodedRound.ts';
import { shareTraining } from './sharedTraining.ts';
import { threadsThatFit } from './shardMemory.ts';
import { TrainingThreads } from './trainingThreads.ts';
import type { Forest } from './tree.ts';

export interface BoostingInput {
  /** Held-out rows follow the training rows. */
  readonly tables: TrainingTables;
  readonly columns: readonly BinnedColumn[];
  readonly task: Task;
  /** Number of classes; 0 for a regression. */
  readonly classes: number;
}

export interface BoostingControl {
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onRound: (loss: RoundLoss) => void;
  /** What the histograms of open leaves may take; with less, some are summed twice. Default: 256 MB. */
  readonly histogramBytes?: number;
  /** Where rounds are kept while training runs; with those of an interrupted training it goes on. */
  readonly checkpoint?: FitCheckpoint | undefined;
  /** Told of the rounds that training goes on from, before any new one. */
  readonly onResumed?: (losses: readonly RoundLoss[]) => void;
}

/**
 * The same input, parameters and seed give the same forest, bit for bit, on any number of threads, interrupted or not.
 * @throws CancelledError as soon as the signal fires
 */
export async function trainGbdt(
  input: BoostingInput,
  params: BoostingParams,
  control: BoostingControl,
): Promise<Forest & { readonly rounds: number }> {
  const { tables, columns } = input;
  const levels = columns.map((column) => column.levels);
  const { threads, checkpoint } = control;
  const earlier = (await checkpoint?.open(digestOf(input, params), (round) => decodeRound(round, levels))) ?? [];
  if (earlier.length > 0) control.onResumed?.(earlier.map(({ loss }) => loss));
  const { objective, offset } = objectiveOf(input);
  const rounds = [...earlier];
  const rule = new StoppingRule(params, earlier);
  if (!rule.isOver) {
    await using team = new TrainingThreads(threads, control.signal);
    const [features, kernels] = await Promise.all([team.findBins(tables.matrix, { rows: tables.rows, columns }, params), loadKernels()]);
    const shared = shareTraining({ ...tables, target: distancesFrom(offset, tables.target) }, features, {
      params,
      objective,
      threads: threadsThatFit(threads, { ...tables, features, params, objective }),
      kernels,
      earlier,
      histogramBytes: control.histogramBytes ?? defaultHistogramBytes,
    });
    await team.boost(shared, (round) => {
      rounds.push(round);
      rule.add(round.loss);
      checkpoint?.add(encodeRound(round));
      control.onRound(round.loss);
    });
    await checkpoint?.flush();
  }
  const trees = rounds.slice(0, rule.kept).flatMap((round) => round.trees);
  return { trees, rounds: rule.kept, outputs: objective.outputs, baseScores: objective.baseScores.map((score) => score + offset) };
}

/** The target as trees learn it: where it lies far from 0, sums of scores would round away what they tell apart. */
function distancesFrom(offset: number, target: SharedArrayBuffer): SharedArrayBuffer {
  if (offset === 0) return target;
  const distances = new SharedArrayBuffer(target.byteLength);
  new Float64Array(distances).set(new Float64Array(target).map((value) => value - offset));
  return distances;
}

/** Enough for 31 leaves of a thousand columns. */
const defaultHistogramBytes = 2 ** 28;

/** Raised when the same input would give other rounds. */
const revision = 5;

/** Of everything that decides the rounds. */
function digestOf({ tables, columns, task, classes }: BoostingInput, params: BoostingParams): string {
  const settings = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const bins = columns.map(({ levels, accuracy }) => ({ levels: levels ?? null, accuracy }));
  const shape = { rows: tables.rows, heldOutRows: tables.heldOutRows, columns: bins, task, classes };
  return inputDigest({ trainer: 'gbdt', revision, ...shape, settings }, [tables.matrix, tables.target, tables.weights]);
}

/** The loss of a task and the constant that minimises it; a regression learns the distances from that constant, its offset. */
function objectiveOf({ tables, task, classes }: BoostingInput): { objective: Objective; offset: number } {
  const target = new Float64Array(tables.target, 0, tables.rows);
  const weights = tables.weights === undefined ? undefined : new Float64Array(tables.weights, 0, tables.rows);
  const heaviest = weights?.reduce((largest, weight) => Math.max(largest, weight), 0) ?? 1;
  const meanWeight = weights === undefined ? 1 : meanOf(weights, (weight) => weight);
  if (task === 'regression') {
    const offset = weightedMean(target, weights);
    const furthest = target.reduce((largest, value) => Math.max(largest, Math.abs(value - offset)), 0);
    // Residuals shrink from here on; the margin makes clipping a matter of principle only.
    const gradientBound = 64 * heaviest * furthest;
    const typical = meanOf(target, (value, row) => Math.abs(value - offset) * (weights?.[row] ?? 1));
    const isWide = !fitsIntegers(typical, heaviest * furthest) || !fitsIntegers(meanWeight, heaviest);
    return { objective: { task, outputs: 1, baseScores: [0], gradientBound, hessianBound: heaviest, isWide }, offset };
  }
  const shares = classShares(target, weights, classes);
  const baseScores = task === 'binary' ? [Math.log((shares[1] ?? 0) / (shares[0] ?? 1))] : shares.map((share) => Math.log(share));
  const bounds = { gradientBound: heaviest, hessianBound: heaviest / 4, isWide: !fitsIntegers(meanWeight, heaviest) };
  const objective = { task, outputs: baseScores.length, baseScores, ...bounds };
  return { objective, offset: 0 };
}

function meanOf(values: Float64Array, size: (value: number, row: number) => number): number {
  return values.reduce((sum, value, row) => sum + size(value, row), 0) / values.length;
}

function classShares(target: Float64Array, weights: Float64Array | undefined, classes: number): number[] {
  const sums = new Array<number>(classes).fill(0);
  let total = 0;
  target.forEach((label, row) => {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sums[label] = (sums[label] ?? 0) + weight;
    total += weight;
  });
  return sums.map((sum) => sum / total);
}
