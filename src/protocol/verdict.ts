/** The one sentence on top of a report, on the page and in the terminal. */
import { t } from '../base/localize.ts';
import type { EvaluationReport, Headline } from './evaluation.ts';

export interface ReportVerdict {
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly sign: string;
  readonly message: string;
}

/** From the worst to the best. */
const outcomes = {
  worse: { tone: 'bad', sign: '▼' },
  mixed: { tone: 'neutral', sign: '◐' },
  unclear: { tone: 'neutral', sign: '●' },
  better: { tone: 'good', sign: '▲' },
} as const satisfies Record<Headline['outcome'], Omit<ReportVerdict, 'message'>>;

/**
 * Better than the baseline is not good enough where the figures cannot be relied on, a gate has failed, or the model that
 * stands behind the alias is better.
 */
export function verdictOf(report: Pick<EvaluationReport, 'headline' | 'champion' | 'promotion' | 'gates' | 'leakage'>): ReportVerdict {
  const { headline, champion, gates, leakage } = report;
  const rejection = { tone: 'bad', sign: '✗' } as const;
  const message = [headline.message, champion?.headline.message, promotionOf(report)].filter((part) => part !== undefined).join(' ');
  if (leakage.some(({ severity }) => severity === 'error'))
    return { ...rejection, message: t('Not to be relied on: there is leakage. {headline}', { headline: message }) };
  const failed = gates.filter(({ passed }) => !passed).length;
  if (failed > 0) {
    const args = { failed, gates: gates.length, headline: message };
    return { ...rejection, message: t('Not good enough: {failed} of {gates} gates failed. {headline}', args) };
  }
  const reached = [headline.outcome, champion?.headline.outcome];
  const [worst = headline.outcome] = (Object.keys(outcomes) as Headline['outcome'][]).filter((outcome) => reached.includes(outcome));
  return { ...outcomes[worst], message };
}

/** What follows for the alias, where it is not what its name promises. */
export function promotionOf({ promotion }: Pick<EvaluationReport, 'promotion'>): string | undefined {
  if (promotion?.objection === undefined) return undefined;
  const args = { alias: promotion.alias };
  return promotion.allowWorse
    ? t('{alias} moves to it all the same: the register stage says "allow_worse".', args)
    : t('{alias} is not moved to it.', args);
}
