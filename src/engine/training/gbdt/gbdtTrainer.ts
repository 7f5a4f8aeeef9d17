/** The trainer `gbdt`: gradient-boosted trees, from the stage's parameters to a forest in the graph. */
import type { StageContext } from '../../../protocol/stageContext.ts';
import { parameterDefaults } from '../../../protocol/tables/trainers.ts';
import { trainDefaults, type TrainStage } from '../../project/definitions/stages/trainStage.ts';
import { monotonicColumns } from '../rows/monotonic.ts';
import type { Estimator, Learned, TrainerData, TrainerRequest } from '../trainer/trainerContract.ts';
import type { BoostingParams } from './boostingParams.ts';
import { trainGbdt } from './trainGbdt.ts';
import { gainByColumn, rawScores, type Forest } from './tree.ts';
import { addForest } from './treeOperators.ts';

/** @throws AppError `training.monotonicClasses`; CancelledError */
export async function gbdtTrainer(
  { tables, columns, target }: TrainerData,
  { report, checkpoint, ...request }: TrainerRequest,
  { budget, signal }: StageContext,
): Promise<Learned> {
  const params = boostingParams(request, { columns, target });
  const forest = await trainGbdt({ tables, columns, task: target.task, classes: target.classes.length }, params, {
    threads: budget.threads,
    signal,
    checkpoint,
    onResumed: (losses) => {
      report.resume(losses, params.maxIter);
    },
    onRound: (loss) => {
      report.add(loss, params.maxIter);
    },
  });
  return {
    estimator: boostedTrees(forest),
    columnSizes: gainByColumn(forest, columns.length),
    parameters: {
      ...parametersOf(params),
      ...constraintsOf(request.stage.params?.monotonic_cst),
      best_iteration: String(forest.rounds),
    },
    rounds: forest.rounds,
  };
}

export function boostedTrees(forest: Forest): Estimator {
  return {
    score: (matrix, width) => rawScores(forest, matrix, width),
    addTo: (graph, features) => addForest(graph, forest, features),
    format: 'trees',
  };
}

function boostingParams(
  { stage, seed, rounds }: Pick<TrainerRequest, 'stage' | 'seed' | 'rounds'>,
  { columns, target }: Pick<TrainerData, 'columns' | 'target'>,
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
