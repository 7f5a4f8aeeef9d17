/** Runs the trainer a stage names, with every parameter resolved, and gathers what it reports. */
import type { Task } from '../../../protocol/evaluation.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { parameterDefaults } from '../../../protocol/trainers.ts';
import type { ModelDescription } from '../../inference/scoring/model.ts';
import { trainDefaults, type TrainStage } from '../../project/definitions/stages/trainStage.ts';
import type { FitCheckpoint } from '../trainer/checkpoints.ts';
import type { Estimator } from '../export/exportModel.ts';
import type { BoostingParams } from '../gbdt/boostingParams.ts';
import type { RoundLoss } from '../gbdt/boostingRound.ts';
import { gainByColumn } from '../gbdt/tree.ts';
import { trainGbdt } from '../gbdt/trainGbdt.ts';
import { trainLinear } from '../linear/trainLinear.ts';
import type { LinearWeights } from '../linear/linearWeights.ts';
import { monotonicColumns } from '../rows/monotonic.ts';
import type { TrainingData } from '../rows/prepareTables.ts';
import type { MetricHistoryPoint, TrainingRound } from './trainedModel.ts';
import type { RoundPlace, TrainingProgress } from './trainingProgress.ts';

export interface EstimatorRequest {
  readonly stage: TrainStage;
  readonly trainer: NonNullable<TrainStage['trainer']>;
  readonly seed: number;
  /** Exactly so many rounds, whatever the stage says; undefined: as the stage says. */
  readonly rounds?: number | undefined;
  readonly progress: TrainingProgress;
  readonly onRound: (round: TrainingRound) => void;
  /** Where the rounds of this fit are kept, and those of an interrupted one are found. */
  readonly checkpoint?: FitCheckpoint | undefined;
}

export interface FittedEstimator {
  readonly estimator: Estimator;
  readonly importance: ModelDescription['importance'];
  readonly histories: Readonly<Record<string, readonly MetricHistoryPoint[]>>;
  /** Hyperparameters by scikit-learn's names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The rounds that the estimator is made of: with early stopping, up to the best one. */
  readonly rounds: number;
}

/** @throws AppError `training.missingValues`, `training.monotonicClasses`; CancelledError */
export async function fitEstimator(data: TrainingData, request: EstimatorRequest, ctx: StageContext): Promise<FittedEstimator> {
  const report = new RoundReport(data.target.task, request);
  return request.trainer === 'gbdt'
    ? fitForest(data, { ...request, report }, ctx)
    : fitLinear(data, { ...request, trainer: request.trainer, report }, ctx);
}

async function fitForest(
  data: TrainingData,
  { report, checkpoint, ...request }: EstimatorRequest & { readonly report: RoundReport },
  ctx: StageContext,
): Promise<FittedEstimator> {
  const boosting = boostingParams(request, data);
  const forest = await trainGbdt(
    {
      tables: data.tables,
      columns: data.columns,
      task: data.target.task,
      classes: data.target.classes.length,
    },
    boosting,
    {
      threads: ctx.budget.threads,
      signal: ctx.signal,
      checkpoint,
      onResumed: (losses) => {
        report.resume(losses, boosting.maxIter);
      },
      onRound: (loss) => {
        report.add(loss, boosting.maxIter);
      },
    },
  );
  const gains = gainByColumn(forest, data.columns.length);
  return {
    estimator: { kind: 'forest', forest },
    importance: shares(data, gains),
    histories: report.histories,
    parameters: {
      ...parametersOf(boosting),
      ...constraintsOf(request.stage.params?.monotonic_cst),
      best_iteration: String(forest.rounds),
    },
    rounds: forest.rounds,
  };
}

async function fitLinear(
  data: TrainingData,
  { stage, trainer, report }: EstimatorRequest & { readonly trainer: 'logistic' | 'linear'; readonly report: RoundReport },
  ctx: StageContext,
): Promise<FittedEstimator> {
  const defaults = { ...parameterDefaults('logistic'), ...parameterDefaults('linear') };
  const { max_iter: maxIter = defaults.max_iter, C = defaults.C, alpha = defaults.alpha } = stage.params ?? {};
  const settings = { kind: trainer, C, alpha, maxIter };
  let rounds = 0;
  const weights = await trainLinear(data, settings, {
    signal: ctx.signal,
    onStep: (loss) => {
      rounds = loss.step;
      report.add(loss, maxIter);
    },
  });
  return {
    estimator: { kind: 'linear', weights },
    importance: shares(data, coefficientSizes(data, weights)),
    histories: report.histories,
    parameters: trainer === 'logistic' ? { C: String(settings.C), max_iter: String(maxIter) } : { alpha: String(settings.alpha) },
    rounds,
  };
}

function boostingParams(
  { stage, seed, rounds }: Pick<EstimatorRequest, 'stage' | 'seed' | 'rounds'>,
  { columns, target }: TrainingData,
): BoostingParams {
  const { params = {} } = stage;
  const defaults = parameterDefaults('gbdt');
  return {
    learningRate: params.learning_rate ?? defaults.learning_rate,
    maxIter: rounds ?? params.max_iter ?? defaults.max_iter,
    maxLeafNodes: params.max_leaf_nodes ?? defaults.max_leaf_nodes,
    maxDepth: params.max_depth ?? defaults.max_depth ?? Infinity,
    minSamplesLeaf: params.min_samples_leaf ?? defaults.min_samples_leaf,
    l2Regularization: params.l2_regularization ?? defaults.l2_regularization,
    maxBins: params.max_bins ?? defaults.max_bins,
    subsample: params.subsample ?? defaults.subsample,
    maxFeatures: params.max_features ?? defaults.max_features,
    ...stoppingParams(rounds === undefined ? stage.early_stopping : undefined),
    monotonic: monotonicColumns(params.monotonic_cst, columns, target.task),
    seed,
  };
}

function stoppingParams(stopping: TrainStage['early_stopping']): Pick<BoostingParams, 'patience' | 'minDelta'> {
  const { patience, min_delta: minDelta } = trainDefaults.early_stopping;
  return { patience: stopping === undefined ? undefined : (stopping.patience ?? patience), minDelta: stopping?.min_delta ?? minDelta };
}

function parametersOf(params: BoostingParams): Record<string, string> {
  return {
    learning_rate: String(params.learningRate),
    max_iter: String(params.maxIter),
    max_leaf_nodes: String(params.maxLeafNodes),
    max_depth: params.maxDepth === Infinity ? 'None' : String(params.maxDepth),
    min_samples_leaf: String(params.minSamplesLeaf),
    l2_regularization: String(params.l2Regularization),
    max_bins: String(params.maxBins),
    subsample: String(params.subsample),
    max_features: String(params.maxFeatures),
    ...(params.patience === undefined ? {} : { early_stopping_patience: String(params.patience) }),
  };
}

function constraintsOf(constraints: Readonly<Record<string, number>> | undefined): Record<string, string> {
  return constraints === undefined ? {} : { monotonic_cst: JSON.stringify(constraints) };
}

/** Shares of the whole by feature, largest first; columns of one feature count together. */
function shares(data: TrainingData, sizes: Float64Array): ModelDescription['importance'] {
  const byFeature = new Map<string, number>();
  data.columns.forEach(({ feature }, column) => byFeature.set(feature, (byFeature.get(feature) ?? 0) + (sizes[column] ?? 0)));
  const total = [...byFeature.values()].reduce((sum, size) => sum + size, 0);
  return [...byFeature]
    .map(([feature, size]) => ({ feature, share: total > 0 ? size / total : 0 }))
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1));
}

/** The size of each coefficient times the spread of its column: what the column moves. */
function coefficientSizes(data: TrainingData, { coefficients, intercepts }: LinearWeights): Float64Array {
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

/** Rounds as they are logged and shown. */
class RoundReport {
  readonly histories: Record<string, MetricHistoryPoint[]> = {};
  readonly #task: Task;
  readonly #request: EstimatorRequest;

  constructor(task: Task, request: EstimatorRequest) {
    this.#task = task;
    this.#request = request;
  }

  /** Rounds of an interrupted training: they are logged anew, since the run is a new one. */
  resume(losses: readonly RoundLoss[], steps: number): void {
    for (const loss of losses) this.#record(loss, this.#request.progress.place(loss.step, steps));
    this.#request.progress.resumed();
  }

  add(loss: RoundLoss, steps: number): void {
    const place = this.#request.progress.place(loss.step, steps);
    this.#request.progress.round(place, { step: loss.step, steps, ...this.#record(loss, place) });
  }

  /** @returns what the round is judged by */
  #record({ step, training, heldOut }: RoundLoss, place: RoundPlace): { metric: string; score: number } {
    const metric = this.#task === 'regression' ? 'root_mean_squared_error' : 'log_loss';
    const figure = (loss: number): number => (this.#task === 'regression' ? Math.sqrt(loss) : loss);
    const metrics: Record<string, number> = { [`training_${metric}`]: figure(training) };
    if (heldOut !== undefined) metrics[`validation_${metric}`] = figure(heldOut);
    for (const [name, value] of Object.entries(metrics)) (this.histories[name] ??= []).push({ step, value });
    this.#request.onRound({ step, metrics, ...place });
    return { metric, score: figure(heldOut ?? training) };
  }
}
