/** The one sentence above a report: is the model better than its baseline, and by how much. */
import { formatFigure } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { Estimate, Headline } from '../../protocol/evaluation.ts';
import { definitionOf, type MetricKey } from './metricDefinitions.ts';

/** Differences below this share of the scale do not matter to anybody, however many rows prove them. */
const relevantShare = 0.002;

export interface Comparison {
  readonly metric: MetricKey;
  readonly model: Estimate;
  readonly baseline: Estimate;
  /** Model minus baseline. */
  readonly difference: Estimate;
  /** The baseline in words, as the end of "better than …". */
  readonly baselineName: string;
}

/** Better or worse only when the interval of the paired difference leaves out zero and the difference is large enough to matter. */
export function headlineOf(comparison: Comparison): Headline {
  const { metric, model, baseline, difference, baselineName } = comparison;
  const { label, higherIsBetter } = definitionOf(metric);
  const scale = higherIsBetter ? 1 : Math.abs(baseline.value);
  const matters = Math.abs(difference.value) >= relevantShare * scale;
  const certain = difference.low > 0 || difference.high < 0;
  const args = {
    label: label.charAt(0).toUpperCase() + label.slice(1),
    value: formatFigure(model.value),
    other: formatFigure(baseline.value),
    difference: formatFigure(Math.abs(difference.value)),
    low: formatFigure(model.low),
    high: formatFigure(model.high),
    baseline: baselineName,
  };
  if (!matters || !certain) {
    return {
      outcome: 'unclear',
      metric,
      message: t('No better than {baseline} can be shown: {label} is {value} ({low} to {high}) against {other}.', args),
    };
  }
  return difference.value > 0 === higherIsBetter
    ? {
        outcome: 'better',
        metric,
        message: t('Better than {baseline}: {label} is {value} ({low} to {high}) against {other}, a gain of {difference}.', args),
      }
    : {
        outcome: 'worse',
        metric,
        message: t('Worse than {baseline}: {label} is {value} ({low} to {high}) against {other}, a loss of {difference}.', args),
      };
}
