/** By which trainer a target is learned and by which metric the model is judged: what was chosen, where it fits the task. Pure. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { ProposalChoices } from '../../protocol/dataset.ts';
import type { Task } from '../../protocol/evaluation.ts';
import { usualMetrics, type MetricName } from '../../protocol/tables/metrics.ts';
import { taskWords } from '../../protocol/words/proposalWords.ts';
import { defaultTrainer, trainersFor, type Trainer } from '../../protocol/tables/trainers.ts';
import { nearestName } from '../project/text/nearestName.ts';
import { synonymOf } from '../project/schema/synonyms.ts';

export interface ChosenMeans {
  readonly trainer: Trainer;
  /** The metric that a verdict leads with. */
  readonly metric: MetricName;
  /** What fits the task, the default first. */
  readonly options: { readonly trainers: readonly Trainer[]; readonly metrics: readonly MetricName[] };
}

/** @throws AppError `proposal.trainerTask`, `proposal.metricTask` */
export function chooseMeans(task: Task, { trainer = defaultTrainer, metric }: Pick<ProposalChoices, 'trainer' | 'metric'>): ChosenMeans {
  const options = { trainers: trainersFor(task), metrics: usualMetrics(task) };
  const found = options.trainers.find((each) => each === trainer);
  if (found === undefined) throw notForTask('trainer', { value: trainer, task, fitting: options.trainers });
  const judge = metric === undefined ? options.metrics[0] : options.metrics.find((each) => each === metric);
  if (judge === undefined) throw notForTask('metric', { value: metric ?? '', task, fitting: options.metrics });
  return { trainer: found, metric: judge, options };
}

function notForTask(
  what: 'trainer' | 'metric',
  { value, task, fitting }: { readonly value: string; readonly task: Task; readonly fitting: readonly string[] },
): AppError {
  const nearest = synonymOf(value, fitting) ?? nearestName(value, fitting);
  const args = { value, task: taskWords(task), fitting: fitting.join(', '), ...(nearest === undefined ? {} : { nearest }) };
  const message =
    what === 'trainer'
      ? t('The trainer "{value}" cannot predict {task}.', args)
      : t('"{value}" is no usual metric of a model that predicts {task}.', args);
  return new AppError(what === 'trainer' ? 'proposal.trainerTask' : 'proposal.metricTask', message, {
    kind: 'usage',
    args,
    remedy: nearest === undefined ? t('Choose one of {fitting}.', args) : t('Did you mean "{nearest}"? Choose one of {fitting}.', args),
  });
}
