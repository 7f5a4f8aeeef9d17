/** Boosting from a matrix to a forest: bins, starting scores, and the threads that do the work. */
import { Worker } from 'node:worker_threads';
import { CancelledError } from '../../../base/abort.ts';
import { entryPoint } from '../../../base/entryPoint.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import { findBins } from './binning.ts';
import { inputDigest, type FitCheckpoint } from '../checkpoints.ts';
import type { BoostingParams, Objective } from './boostingParams.ts';
import { decodeRound, encodeRound, StoppingRule, type BoostingRound, type RoundLoss } from './boostingRound.ts';
import { shareTraining, type SharedTraining, type TrainingTables } from './sharedTraining.ts';
import type { TrainingThreadMessage, TrainingThreadStart } from './trainingThread.ts';
import type { Forest } from './tree.ts';

export interface BoostingInput {
  /** Held-out rows follow the training rows. */
  readonly tables: TrainingTables;
  /** Levels of each column that is a native category, undefined for numbers. */
  readonly levels: readonly (number | undefined)[];
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
  const { tables, levels } = input;
  const { threads, checkpoint } = control;
  const earlier = (await checkpoint?.open(digestOf(input, params), (round) => decodeRound(round, levels))) ?? [];
  if (earlier.length > 0) control.onResumed?.(earlier.map(({ loss }) => loss));
  const objective = objectiveOf(input);
  const rounds = [...earlier];
  const rule = new StoppingRule(params, earlier);
  if (!rule.isOver) {
    const features = findBins(new Float32Array(tables.matrix), { rows: tables.rows, levels }, params);
    const shared = shareTraining(tables, features, {
      params,
      objective,
      threads,
      earlier,
      histogramBytes: control.histogramBytes ?? defaultHistogramBytes,
    });
    await runThreads(shared, control.signal, (round) => {
      rounds.push(round);
      rule.add(round.loss);
      checkpoint?.add(encodeRound(round));
      control.onRound(round.loss);
    });
    await checkpoint?.flush();
  }
  const trees = rounds.slice(0, rule.kept).flatMap((round) => round.trees);
  return { trees, rounds: rule.kept, outputs: objective.outputs, baseScores: objective.baseScores };
}

/** Enough for 31 leaves of a thousand columns. */
const defaultHistogramBytes = 2 ** 28;

/** Raised when the same input would give other rounds. */
const revision = 3;

/** Of everything that decides the rounds. */
function digestOf({ tables, levels, task, classes }: BoostingInput, params: BoostingParams): string {
  const settings = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
  const shape = { rows: tables.rows, heldOutRows: tables.heldOutRows, levels: levels.map((count) => count ?? null), task, classes };
  return inputDigest({ trainer: 'gbdt', revision, ...shape, settings }, [tables.matrix, tables.target, tables.weights]);
}

/** The loss of a task and the constant that minimises it, as a float32. */
function objectiveOf({ tables, task, classes }: BoostingInput): Objective {
  const target = new Float64Array(tables.target, 0, tables.rows);
  const weights = tables.weights === undefined ? undefined : new Float64Array(tables.weights, 0, tables.rows);
  const heaviest = weights?.reduce((largest, weight) => Math.max(largest, weight), 0) ?? 1;
  if (task === 'regression') {
    const mean = Math.fround(weightedMean(target, weights));
    const furthest = target.reduce((largest, value) => Math.max(largest, Math.abs(value - mean)), 0);
    // Residuals shrink from here on; the margin makes clipping a matter of principle only.
    return { task, outputs: 1, baseScores: [mean], gradientBound: 64 * heaviest * furthest, hessianBound: heaviest };
  }
  const shares = classShares(target, weights, classes);
  const baseScores = task === 'binary' ? [Math.log((shares[1] ?? 0) / (shares[0] ?? 1))] : shares.map((share) => Math.log(share));
  return {
    task,
    outputs: baseScores.length,
    baseScores: baseScores.map(Math.fround),
    gradientBound: heaviest,
    hessianBound: heaviest,
  };
}

function weightedMean(values: Float64Array, weights: Float64Array | undefined): number {
  let sum = 0;
  let total = 0;
  values.forEach((value, row) => {
    const weight = weights === undefined ? 1 : (weights[row] ?? 0);
    sum += weight * value;
    total += weight;
  });
  return sum / total;
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

/** Starts the threads and waits until the first one is done; ends them all, whatever happens. */
async function runThreads(shared: SharedTraining, signal: AbortSignal, onRound: (round: BoostingRound) => void): Promise<void> {
  const workers = Array.from({ length: shared.threads }, (_, thread) => {
    const workerData: TrainingThreadStart = { shared, thread };
    return new Worker(entryPoint('trainer'), { workerData });
  });
  let onAbort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      onAbort = () => {
        reject(new CancelledError());
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      for (const worker of workers) worker.on('error', reject);
      workers[0]?.on('message', (message: TrainingThreadMessage) => {
        if (message.type === 'done') resolve();
        else onRound(message.round);
      });
    });
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
