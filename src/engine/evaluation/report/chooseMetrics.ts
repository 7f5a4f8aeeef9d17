/** Which metrics an evaluation computes: those the stage names and its gates need, or the usual ones that its predictions allow. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import {
  isRanking,
  metricDefinitions,
  metricKeys,
  metricNames,
  usualMetrics,
  type MetricKey,
  type MetricName,
  type Need,
} from '../../../protocol/tables/metrics.ts';
import { evaluateDefaults, type EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';
import { gateEntries } from './gates.ts';
import type { Subject } from '../readings/subject.ts';

type Request = Pick<EvaluateStage, 'metrics' | 'gate' | 'group' | 'k'>;

export interface ChosenMetrics {
  readonly metrics: readonly MetricKey[];
  /** Usual metrics that were left out, and why. */
  readonly notes: readonly string[];
}

/** The lengths of the lists that are looked at. */
function lengthsOf({ k }: Pick<EvaluateStage, 'k'>): readonly number[] {
  return [...new Set(k === undefined ? [evaluateDefaults.k] : [k].flat())];
}

/**
 * @throws AppError `evaluation.metricNotForTask`, `evaluation.notProbabilities`, `evaluation.noThreshold`,
 * `evaluation.noScores`, `evaluation.noGroup` for a metric that was asked for and cannot be had
 */
export function chooseMetrics(request: Request, subject: Subject): ChosenMetrics {
  const asked = [...(request.metrics ?? []), ...gateEntries(request.gate ?? {}).map(([metric]) => metric)];
  for (const metric of asked) refuse(metric, request, subject);
  const usual = request.metrics === undefined ? usualOf(request, subject) : [];
  const possible = usual.filter((metric) => obstacleTo(metric, request, subject) === undefined);
  return {
    metrics: metricKeys([...new Set([...(request.metrics ?? possible), ...asked])], lengthsOf(request)),
    notes: notesOn(usual, request, subject),
  };
}

function usualOf({ group }: Request, { task }: Subject): readonly MetricName[] {
  const ranked = group === undefined ? [] : metricNames.filter((name) => isRanking(name) && metricDefinitions[name].tasks.includes(task));
  return [...ranked, ...usualMetrics(task)];
}

type Obstacle = 'task' | 'probabilities' | 'threshold' | 'scores' | 'group';

/** Why these predictions cannot have a metric. */
function obstacleTo(metric: MetricName, { group }: Request, { task, scale = 'probability', threshold }: Subject): Obstacle | undefined {
  const { tasks, needs } = metricDefinitions[metric];
  if (!tasks.includes(task)) return 'task';
  const obstacles: Readonly<Record<Need, () => Obstacle | undefined>> = {
    value: () => undefined,
    decision: () => (scale === 'score' && task === 'binary' && threshold === undefined ? 'threshold' : undefined),
    order: () => (scale === 'decision' ? 'scores' : undefined),
    probability: () => (scale === 'decision' ? 'scores' : scale === 'score' ? 'probabilities' : undefined),
    group: () => (group === undefined ? 'group' : scale === 'decision' ? 'scores' : undefined),
  };
  return obstacles[needs]();
}

function refuse(metric: MetricName, request: Request, subject: Subject): void {
  const obstacle = obstacleTo(metric, request, subject);
  if (obstacle === undefined) return;
  const args = { metric, task: subject.task, usual: usualMetrics(subject.task).join(', ') };
  switch (obstacle) {
    case 'task':
      throw new AppError('evaluation.metricNotForTask', t('{metric} is no metric of a {task} model.', args), {
        args,
        remedy: t('Metrics of this task: {usual}.', args),
      });
    case 'probabilities':
      throw new AppError('evaluation.notProbabilities', t('{metric} needs probabilities, but there are scores below 0 or above 1.', args), {
        args,
        remedy: t('Turn the scores into probabilities, or measure their order alone: roc_auc, precision_recall_auc.'),
      });
    case 'threshold':
      throw new AppError(
        'evaluation.noThreshold',
        t('{metric} needs decisions, but no threshold says which scores count as positive.', args),
        {
          args,
          remedy: t('Give "threshold" under "predictions".'),
        },
      );
    case 'scores':
      throw new AppError('evaluation.noScores', t('{metric} needs scores, but the predictions are classes.', args), {
        args,
        remedy: t('Name the column with the score instead of the class, or measure the decisions: accuracy_score, f1_score.'),
      });
    case 'group':
      throw new AppError('evaluation.noGroup', t('{metric} ranks the rows of a group, but no group is named.', args), {
        args,
        remedy: t('Name the column whose equal values are one list, as "group".'),
      });
  }
}

/** One sentence for each reason why usual metrics are missing. */
function notesOn(usual: readonly MetricName[], request: Request, subject: Subject): string[] {
  const namesWith = (obstacle: Obstacle): string => usual.filter((metric) => obstacleTo(metric, request, subject) === obstacle).join(', ');
  const notes: readonly (readonly [string, (names: string) => string])[] = [
    [namesWith('probabilities'), (names) => t('Left out, for the scores are no probabilities from 0 to 1: {names}.', { names })],
    [namesWith('threshold'), (names) => t('Left out, for no threshold says which scores count as positive: {names}.', { names })],
    [namesWith('scores'), (names) => t('Left out, for the predictions are classes without scores: {names}.', { names })],
  ];
  return notes.filter(([names]) => names !== '').map(([names, note]) => note(names));
}
