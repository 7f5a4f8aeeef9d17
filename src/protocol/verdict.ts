/** The one sentence on top of a report, on the page and in the terminal. */
import { t } from '../base/localize.ts';
import type { EvaluationReport } from './evaluation.ts';

export interface ReportVerdict {
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly sign: string;
  readonly message: string;
}

const outcomes = {
  better: { tone: 'good', sign: '▲' },
  worse: { tone: 'bad', sign: '▼' },
  unclear: { tone: 'neutral', sign: '●' },
} as const;

/** Better than the baseline is not good enough where the figures cannot be relied on, or a gate has failed. */
export function verdictOf({ headline, gates, leakage }: Pick<EvaluationReport, 'headline' | 'gates' | 'leakage'>): ReportVerdict {
  const rejection = { tone: 'bad', sign: '✗' } as const;
  if (leakage.some(({ severity }) => severity === 'error'))
    return { ...rejection, message: t('Not to be relied on: there is leakage. {headline}', { headline: headline.message }) };
  const failed = gates.filter(({ passed }) => !passed).length;
  if (failed > 0) {
    const args = { failed, gates: gates.length, headline: headline.message };
    return { ...rejection, message: t('Not good enough: {failed} of {gates} gates failed. {headline}', args) };
  }
  return { ...outcomes[headline.outcome], message: headline.message };
}
