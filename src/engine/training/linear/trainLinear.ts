/** Linear trainers over the feature matrix: `logistic` by L-BFGS, `linear` in closed form. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { TrainingData } from '../rows/prepareTables.ts';
import type { LinearControl, LinearRows, LinearSettings } from './linearTraining.ts';
import type { LinearWeights } from './linearWeights.ts';
import { fitLogistic } from './logisticRegression.ts';
import { fitRidge } from './ridgeRegression.ts';

/** @throws AppError `training.missingValues` when a feature is missing somewhere; CancelledError */
export async function trainLinear(data: TrainingData, settings: LinearSettings, control: LinearControl): Promise<LinearWeights> {
  refuseMissing(data);
  const { tables } = data;
  const part = (from: number, rows: number): LinearRows => ({
    matrix: data.matrix.subarray(from * data.columns.length, (from + rows) * data.columns.length),
    width: data.columns.length,
    rows,
    target: new Float64Array(tables.target, from * 8, rows),
    weights: tables.weights === undefined ? undefined : new Float64Array(tables.weights, from * 8, rows),
  });
  const training = part(0, tables.rows);
  const heldOut = part(tables.rows, tables.heldOutRows);
  if (settings.kind === 'linear') return fitRidge(training, heldOut, settings.alpha, control);
  const outputs = data.target.task === 'binary' ? 1 : data.target.classes.length;
  return fitLogistic({ training, heldOut, outputs }, settings, control);
}

function refuseMissing(data: TrainingData): void {
  const width = data.columns.length;
  const at = data.matrix.findIndex((value) => Number.isNaN(value));
  if (at < 0) return;
  const args = { name: data.columns[at % width]?.feature ?? '' };
  throw new AppError('training.missingValues', t('The feature "{name}" has missing values, which a linear trainer cannot take.', args), {
    args,
    remedy: t('Give it an "impute:" such as median, or a one-hot encoding, or use the trainer gbdt.'),
  });
}
