/** Runs the trainer a stage names, and gathers what it reports. */
import type { Task } from '../../../protocol/evaluation.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import type { Trainer } from '../../../protocol/tables/trainers.ts';
import type { FeatureColumn } from '../../features/compileFeatures.ts';
import type { ModelDescription } from '../../inference/scoring/model.ts';
import { gbdtTrainer } from '../gbdt/gbdtTrainer.ts';
import { linearTrainer, logisticTrainer } from '../linear/linearTrainers.ts';
import type { Learned, RoundListener, RoundLoss, TrainerData, TrainerFit, TrainerRequest } from '../trainer/trainerContract.ts';
import type { MetricHistoryPoint, TrainingRound } from './trainedModel.ts';
import type { RoundPlace, TrainingProgress } from './trainingProgress.ts';

const fits: Readonly<Record<Trainer, TrainerFit>> = {
  gbdt: gbdtTrainer,
  logistic: logisticTrainer,
  linear: linearTrainer,
};

export interface EstimatorRequest extends Omit<TrainerRequest, 'report'> {
  readonly trainer: Trainer;
  readonly progress: TrainingProgress;
  readonly onRound: (round: TrainingRound) => void;
}

export interface FittedEstimator extends Pick<Learned, 'estimator' | 'parameters' | 'rounds'> {
  readonly importance: ModelDescription['importance'];
  readonly histories: Readonly<Record<string, readonly MetricHistoryPoint[]>>;
}

/** @throws AppError `training.missingValues`, `training.monotonicClasses`; CancelledError */
export async function fitEstimator(data: TrainerData, request: EstimatorRequest, ctx: StageContext): Promise<FittedEstimator> {
  const report = new RoundReport(data.target.task, request);
  const { stage, seed, rounds, checkpoint } = request;
  const { columnSizes, ...learned } = await fits[request.trainer](data, { stage, seed, rounds, checkpoint, report }, ctx);
  return { ...learned, importance: shares(data.columns, columnSizes), histories: report.histories };
}

/** Shares of the whole by feature, largest first; columns of one feature count together. */
function shares(columns: readonly FeatureColumn[], sizes: Float64Array): ModelDescription['importance'] {
  const byFeature = new Map<string, number>();
  columns.forEach(({ feature }, column) => byFeature.set(feature, (byFeature.get(feature) ?? 0) + (sizes[column] ?? 0)));
  const total = [...byFeature.values()].reduce((sum, size) => sum + size, 0);
  return [...byFeature]
    .map(([feature, size]) => ({ feature, share: total > 0 ? size / total : 0 }))
    .sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1));
}

/** Rounds as they are logged and shown. */
class RoundReport implements RoundListener {
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
