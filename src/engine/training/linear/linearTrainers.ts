/** The trainers `logistic` and `linear`: one weight for each column, from the stage's parameters to a product in the graph. */
import { t } from '../../../base/localize.ts';
import { parameterDefaults } from '../../../protocol/tables/trainers.ts';
import type { Estimator, Learned, RoundListener, TrainerData, TrainerFit } from '../trainer/trainerContract.ts';
import { linearRows, type LinearControl } from './linearRows.ts';
import { linearScores, type LinearWeights } from './linearWeights.ts';
import { fitLogistic } from './logisticRegression.ts';
import { fitRidge } from './ridgeRegression.ts';

/** By L-BFGS. @throws AppError `training.missingValues`; CancelledError */
export const logisticTrainer: TrainerFit = async (data, { stage, report }, { signal }) => {
  const defaults = parameterDefaults('logistic');
  const { C = defaults.C, max_iter: maxIter = defaults.max_iter } = stage.params ?? {};
  const outputs = data.target.task === 'binary' ? 1 : data.target.classes.length;
  const steps = new Steps(report, maxIter);
  const weights = await fitLogistic({ ...linearRows(data), outputs }, { C, maxIter }, steps.control(signal));
  return learned(data, weights, { rounds: steps.last, parameters: { C: String(C), max_iter: String(maxIter) } });
};

/** In closed form. @throws AppError `training.missingValues`; CancelledError */
export const linearTrainer: TrainerFit = async (data, { stage, report }, { signal }) => {
  const { alpha = parameterDefaults('linear').alpha } = stage.params ?? {};
  const { training, heldOut } = linearRows(data);
  const steps = new Steps(report, 1);
  const weights = await fitRidge(training, heldOut, alpha, steps.control(signal));
  return learned(data, weights, { rounds: steps.last, parameters: { alpha: String(alpha) } });
};

/** Steps as they are reported, and how many there were. */
class Steps {
  last = 0;
  readonly #report: RoundListener;
  readonly #most: number;

  constructor(report: RoundListener, most: number) {
    this.#report = report;
    this.#most = most;
  }

  control(signal: AbortSignal): LinearControl {
    const onStep: LinearControl['onStep'] = (loss) => {
      this.last = loss.step;
      this.#report.add(loss, this.#most);
    };
    return { signal, onStep };
  }
}

function learned(data: TrainerData, weights: LinearWeights, rest: Pick<Learned, 'rounds' | 'parameters'>): Learned {
  return { estimator: linearEstimator(weights), columnSizes: coefficientSizes(data, weights), ...rest };
}

export function linearEstimator(weights: LinearWeights): Estimator {
  const { coefficients, intercepts } = weights;
  const outputs = intercepts.length;
  return {
    score: (matrix) => linearScores(weights, matrix),
    addTo: (graph, features) => {
      const sums = graph.node('MatMul', [features, graph.matrix(coefficients, outputs)]);
      return graph.node('Add', [sums, graph.matrix(intercepts, outputs)]);
    },
    format: 'plain',
    roundingRemedy: () =>
      t('Very large values lose their last digits: say "scale: standard" for numeric features, or leave such a column out.'),
  };
}

/** The size of each coefficient times the spread of its column: what the column moves. */
function coefficientSizes(data: TrainerData, { coefficients, intercepts }: LinearWeights): Float64Array {
  const width = data.columns.length;
  const { rows } = data.tables;
  return Float64Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const value = (data.matrix[row * width + column] ?? 0) - (data.matrix[column] ?? 0);
      sum += value;
      squares += value * value;
    }
    const spread = Math.sqrt(Math.max(0, squares / rows - (sum / rows) * (sum / rows)));
    return intercepts.reduce(
      (size, _intercept, output) => size + Math.abs(coefficients[column * intercepts.length + output] ?? 0) * spread,
      0,
    );
  });
}
