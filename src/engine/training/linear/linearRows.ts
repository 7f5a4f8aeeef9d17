/** What linear trainers work on, are told, and report. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { trainersThatLearnBy } from '../../../protocol/tables/trainers.ts';
import type { RoundLoss, TrainerData } from '../trainer/trainerContract.ts';

/** Rows of the matrix with their targets. */
export interface LinearRows {
  readonly matrix: Float64Array;
  readonly width: number;
  readonly rows: number;
  readonly target: Float64Array;
  readonly weights: Float64Array | undefined;
}

export interface LinearControl {
  readonly signal: AbortSignal;
  readonly onStep: (loss: RoundLoss) => void;
}

/** @throws AppError `training.missingValues` when a feature is missing somewhere */
export function linearRows(data: TrainerData): { readonly training: LinearRows; readonly heldOut: LinearRows } {
  refuseMissing(data);
  const { tables } = data;
  const part = (from: number, rows: number): LinearRows => ({
    matrix: data.matrix.subarray(from * data.columns.length, (from + rows) * data.columns.length),
    width: data.columns.length,
    rows,
    target: new Float64Array(tables.target, from * 8, rows),
    weights: tables.weights === undefined ? undefined : new Float64Array(tables.weights, from * 8, rows),
  });
  return { training: part(0, tables.rows), heldOut: part(tables.rows, tables.heldOutRows) };
}

function refuseMissing(data: TrainerData): void {
  const width = data.columns.length;
  const at = data.matrix.findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  const args = { name: data.columns[at % width]?.feature ?? '' };
  throw new AppError('training.missingValues', t('The feature "{name}" has missing values, which a linear trainer cannot take.', args), {
    args,
    remedy: t('Give it an "impute:" such as median, or a one-hot encoding, or use the trainer {trainers}.', {
      trainers: trainersThatLearnBy('trees', t(' or ')),
    }),
  });
}
