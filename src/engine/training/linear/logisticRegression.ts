/** Logistic regression as scikit-learn defines it: ½‖w‖² + C Σ log loss, the intercepts without penalty. */
import { minimize, type Evaluation } from './lbfgs.ts';
import type { LinearWeights } from './linearWeights.ts';
import type { LinearControl, LinearRows } from './linearRows.ts';

const tolerance = 1e-6;

export interface LogisticSettings {
  /** The inverse strength of the L2 penalty. */
  readonly C: number;
  readonly maxIter: number;
}

export interface LogisticInput {
  readonly training: LinearRows;
  readonly heldOut: LinearRows;
  /** 1 for two classes, else one per class. */
  readonly outputs: number;
}

/** The objective is divided by C and the total weight, so that the tolerance means the same for any number of rows. */
export async function fitLogistic(input: LogisticInput, settings: LogisticSettings, control: LinearControl): Promise<LinearWeights> {
  const { training, heldOut, outputs } = input;
  const { width } = training;
  const total = training.weights?.reduce((sum, weight) => sum + weight, 0) ?? training.rows;
  const penalty = 1 / (settings.C * total);
  const evaluate = (point: Float64Array): Evaluation => {
    const gradient = new Float64Array(point.length);
    const loss = addLoss(training, outputs, point, gradient) / total;
    let squares = 0;
    for (let i = 0; i < gradient.length; i++) {
      const isCoefficient = i < width * outputs;
      const value = isCoefficient ? (point[i] ?? 0) : 0;
      squares += value * value;
      gradient[i] = (gradient[i] ?? 0) / total + penalty * value;
    }
    return { value: loss + (penalty * squares) / 2, gradient };
  };
  const heldOutTotal = heldOut.weights?.reduce((sum, weight) => sum + weight, 0) ?? heldOut.rows;
  const meanLoss = (rows: LinearRows, point: Float64Array, weight: number): number => addLoss(rows, outputs, point, undefined) / weight;
  const point = await minimize(evaluate, new Float64Array((width + 1) * outputs), {
    maxIter: settings.maxIter,
    tolerance,
    signal: control.signal,
    onStep: (step, at) => {
      const heldOutLoss = heldOut.rows === 0 ? undefined : meanLoss(heldOut, at, heldOutTotal);
      control.onStep({ step, training: meanLoss(training, at, total), heldOut: heldOutLoss });
    },
  });
  return {
    coefficients: point.slice(0, width * outputs),
    intercepts: point.slice(width * outputs),
  };
}

/** The sum of the log losses; their derivatives are added to the gradient. Layout: coefficients column by column, then intercepts. */
function addLoss(rows: LinearRows, outputs: number, point: Float64Array, gradient: Float64Array | undefined): number {
  const { matrix, width } = rows;
  const scores = new Float64Array(outputs);
  let loss = 0;
  for (let row = 0; row < rows.rows; row++) {
    for (let output = 0; output < outputs; output++) scores[output] = point[width * outputs + output] ?? 0;
    for (let column = 0; column < width; column++) {
      const value = matrix[row * width + column] ?? 0;
      if (value === 0) continue;
      for (let output = 0; output < outputs; output++)
        scores[output] = (scores[output] ?? 0) + value * (point[column * outputs + output] ?? 0);
    }
    const weight = rows.weights?.[row] ?? 1;
    loss += weight * replaceByDerivatives(scores, rows.target[row] ?? 0);
    if (gradient !== undefined) addRow(gradient, { matrix, row, width }, scores, weight);
  }
  return loss;
}

/** Turns the scores of a row into the derivatives of its loss. @returns the loss */
function replaceByDerivatives(scores: Float64Array, label: number): number {
  if (scores.length === 1) {
    const score = scores[0] ?? 0;
    const decay = Math.exp(-Math.abs(score));
    scores[0] = (score >= 0 ? 1 : decay) / (1 + decay) - label;
    return Math.log1p(decay) + Math.max(score, 0) - label * score;
  }
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const own = scores[label] ?? 0;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp((scores[k] ?? 0) - largest);
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] ?? 0) / sum - (k === label ? 1 : 0);
  return Math.log(sum) + largest - own;
}

function addRow(
  gradient: Float64Array,
  at: { matrix: Float64Array; row: number; width: number },
  derivatives: Float64Array,
  weight: number,
): void {
  const outputs = derivatives.length;
  for (let column = 0; column < at.width; column++) {
    const value = weight * (at.matrix[at.row * at.width + column] ?? 0);
    if (value === 0) continue;
    for (let k = 0; k < outputs; k++)
      gradient[column * outputs + k] = (gradient[column * outputs + k] ?? 0) + value * (derivatives[k] ?? 0);
  }
  for (let k = 0; k < outputs; k++)
    gradient[at.width * outputs + k] = (gradient[at.width * outputs + k] ?? 0) + weight * (derivatives[k] ?? 0);
}
