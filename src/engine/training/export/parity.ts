/** The gate before a model may leave training: the exported graph in ONNX Runtime must say what the trainer itself says. */
import { throwIfCancelled } from '../../../base/abort.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Chunk } from '../../data/rows/columns.ts';
import { inputElement } from '../../features/compileFeatures.ts';
import { toFeeds } from '../../inference/scoring/feeds.ts';
import type { Scores } from '../../inference/scoring/model.ts';
import { OnnxSession } from '../../inference/scoring/onnxSession.ts';
import { scoresOf } from '../../inference/scoring/openModel.ts';
import { linkScores, type ExportedModel } from './exportModel.ts';
import { FeatureReader } from '../rows/featureMatrix.ts';
import { takeRows } from '../../inference/scoring/takeRows.ts';
import { withMissingValues } from '../rows/sampleRows.ts';

/** The largest difference allowed: of probabilities as a share of them, or of numbers in units of the target's spread. */
const parityTolerance = 1e-5;

/** Probabilities below this are told apart no more. */
const smallestProbability = 1e-30;

/** What the last operation may round off a number, whatever the order of those before it. */
const lastBits = 4 * Number.EPSILON;

/** Rows that are also asked for one by one, of the sample and as many of its variants with missing values. */
const singleRows = 100;

/** Rows with values missing on purpose, for each column. */
const missingRows = 8;

export interface ParityCheck {
  readonly model: ExportedModel;
  /** The bytes of `model.onnx`. */
  readonly onnx: Uint8Array;
  /** Held-out rows. */
  readonly sample: Chunk;
  /** Regression: the standard deviation of the target. */
  readonly scale: number;
  readonly signal: AbortSignal;
}

/**
 * Compares the two on held-out rows and on variants of them with missing values, in one batch and row by row.
 * @returns the largest difference, in the tolerance's unit
 * @throws AppError `training.parity` above {@link parityTolerance}; CancelledError
 */
export async function checkParity(check: ParityCheck): Promise<number> {
  const { model, signal } = check;
  const rows = withMissingValues(check.sample, missingRows);
  await using features = await FeatureReader.open(model.plan, model.fitted);
  await using exported = await OnnxSession.open(check.onnx, 1);
  const inputs = model.plan.inputs.map((column) => ({ name: column.name, tensor: inputElement(column.type) }));
  // Numbers far from 0 cannot be nearer to each other than float64 tells them apart.
  const unit =
    model.task === 'regression'
      ? (number: number) => Math.max(check.scale, (lastBits * Math.abs(number)) / parityTolerance)
      : (probability: number) => Math.max(probability, smallestProbability);
  const ask = async (chunk: Chunk): Promise<number> => {
    const matrix = await features.read(chunk);
    const given = scoresOf(await exported.run(toFeeds(inputs, chunk)));
    const width = matrix.length / chunk.rows;
    const raw = model.estimator.score(matrix, width);
    return largestDifference(linkScores(model.task, raw, raw.length / chunk.rows), given, unit);
  };
  let largest = await ask(rows);
  for (const row of [...evenly(0, check.sample.rows), ...evenly(check.sample.rows, rows.rows)]) {
    throwIfCancelled(signal);
    largest = Math.max(largest, await ask(takeRows(rows, [row])));
  }
  if (largest <= parityTolerance) return largest;
  const args = { difference: largest.toExponential(1), tolerance: parityTolerance };
  const remedy = model.estimator.roundingRemedy?.();
  throw new AppError(
    'training.parity',
    t('The exported model differs from the trained one by {difference}, more than {tolerance}, so it was not kept.', args),
    {
      kind: remedy === undefined ? 'internal' : 'input',
      args,
      remedy: remedy ?? t('This is a fault in Millwright: please report it with the feature definition.'),
    },
  );
}

/** At most {@link singleRows} numbers from `from` to `to`. */
function evenly(from: number, to: number): number[] {
  const count = Math.min(singleRows, to - from);
  return Array.from({ length: count }, (_, index) => from + Math.floor((index * (to - from)) / count));
}

/**
 * A result of another length, or with a NaN where only one of the two has it, is an infinite difference. Both have it where a
 * linear trainer with "impute: none" meets a value that was never missing in training.
 * @param unit what a difference from a number is measured in
 */
function largestDifference(wanted: Float64Array, given: Scores['scores'] | undefined, unit: (wanted: number) => number): number {
  if (given?.length !== wanted.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Number.isNaN(wanted[i]) && Number.isNaN(given[i])) continue;
    const difference = Math.abs((wanted[i] ?? 0) - (given[i] ?? 0)) / unit(wanted[i] ?? 0);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
