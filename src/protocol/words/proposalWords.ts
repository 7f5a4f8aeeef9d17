/** A proposed project in words: what is predicted, by what, and how it is measured. */
import { t } from '../../base/localize.ts';
import type { ProjectProposal, SplitName } from '../dataset.ts';
import type { Task } from '../evaluation.ts';
import { metricLabel } from '../tables/metrics.ts';
import { trainerWords } from '../tables/trainers.ts';

export function taskWords(task: Task): string {
  const words: Readonly<Record<Task, string>> = { binary: t('two classes'), multiclass: t('several classes'), regression: t('a number') };
  return words[task];
}

export function splitWords(split: SplitName): string {
  return split === 'time' ? t('the latest rows') : t('rows drawn at random');
}

/** What follows from all choices, in one sentence. */
export function proposalSentence({ target, task, columns, trainer, split, metric }: ProjectProposal): string {
  return t('Predicts {target} ({task}) from {count} columns with {trainer}, judged on {split} by {metric}.', {
    target,
    task: taskWords(task),
    count: columns.filter(({ use }) => use === 'numeric' || use === 'categorical').length,
    trainer: trainerWords(trainer),
    split: splitWords(split),
    metric: metricLabel(metric),
  });
}
