/** The one sentence above a report: is the model better than its baseline, and by how much. */
import { formatFigure } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Estimate, Headline } from '../../../protocol/evaluation.ts';
import { definitionOf, metricLabel, metricTitle, type MetricKey } from '../../../protocol/tables/metrics.ts';

/** Differences below this share of the scale do not matter to anybody, however many rows prove them. */
const relevantShare = 0.002;

/** One metric of the model beside that of what it is compared with. */
export interface Comparison {
  readonly metric: MetricKey;
  readonly model: Estimate;
  readonly baseline: Estimate;
  /** Model minus baseline. */
  readonly difference: Estimate;
}

type Judged = 'better' | 'worse' | 'unclear';

/** Better or worse only when the interval of the paired difference leaves out zero and the difference is large enough to matter. */
function judge({ metric, baseline, difference }: Comparison): Judged {
  const { higherIsBetter } = definitionOf(metric);
  const scale = higherIsBetter ? 1 : Math.abs(baseline.value);
  const matters = Math.abs(difference.value) >= relevantShare * scale;
  const certain = difference.low > 0 || difference.high < 0;
  if (!matters || !certain) return 'unclear';
  return difference.value > 0 === higherIsBetter ? 'better' : 'worse';
}

/**
 * Better only where no metric that counts is worse: a model may order rows well and be wrong about every probability.
 * @param comparisons of the leading metric, then of the others that count
 * @param baselineName in words, as the end of "better than …"
 */
export function headlineOf(comparisons: readonly [Comparison, ...Comparison[]], baselineName: string): Headline {
  const [lead] = comparisons;
  const judged = comparisons.map((comparison) => ({ comparison, outcome: judge(comparison) }));
  const ofOutcome = (outcome: Judged): Comparison[] =>
    judged.filter((each) => each.outcome === outcome).map(({ comparison }) => comparison);
  const [better, worse] = [ofOutcome('better'), ofOutcome('worse')];
  const [worst] = worse;
  if (worst !== undefined && better.length > 0) {
    const args = { baseline: baselineName, better: listed(better), worse: listed(worse) };
    return {
      outcome: 'mixed',
      metric: lead.metric,
      message: t('Mixed against {baseline}: better in {better}, worse in {worse}.', args),
    };
  }
  if (worst !== undefined) return sentence('worse', worse.includes(lead) ? lead : worst, baselineName);
  if (Number.isNaN(lead.baseline.value)) return alone(lead, baselineName);
  return sentence(better.includes(lead) ? 'better' : 'unclear', lead, baselineName);
}

function listed(comparisons: readonly Comparison[]): string {
  return comparisons
    .map(({ metric, model, baseline }) => {
      const args = { label: metricLabel(metric), value: formatFigure(model.value), other: formatFigure(baseline.value) };
      return t('{label} ({value} against {other})', args);
    })
    .join(', ');
}

/** Where what is compared with has no figure of the leading metric, such as the precision of never saying yes. */
function alone({ metric, model }: Comparison, baselineName: string): Headline {
  const args = {
    label: metricTitle(metric),
    value: formatFigure(model.value),
    low: formatFigure(model.low),
    high: formatFigure(model.high),
    baseline: baselineName,
  };
  return {
    outcome: 'unclear',
    metric,
    message: t('{label} is {value} ({low} to {high}), which {baseline} does not have: nothing to compare with.', args),
  };
}

function sentence(outcome: Judged, { metric, model, baseline, difference }: Comparison, baselineName: string): Headline {
  const args = {
    label: metricTitle(metric),
    value: formatFigure(model.value),
    other: formatFigure(baseline.value),
    difference: formatFigure(Math.abs(difference.value)),
    low: formatFigure(model.low),
    high: formatFigure(model.high),
    baseline: baselineName,
  };
  const messages: Readonly<Record<Judged, () => string>> = {
    better: () => t('Better than {baseline}: {label} is {value} ({low} to {high}) against {other}, a gain of {difference}.', args),
    worse: () => t('Worse than {baseline}: {label} is {value} ({low} to {high}) against {other}, a loss of {difference}.', args),
    unclear: () => t('No better than {baseline} can be shown: {label} is {value} ({low} to {high}) against {other}.', args),
  };
  return { outcome, metric, message: messages[outcome]() };
}

/** What keeps an alias where it is, in sentences: nothing gained over a constant, something lost to a model. */
export function objectionTo(
  { headline, baselineKind }: { readonly headline: Headline; readonly baselineKind: 'majority' | 'mean' | 'model' },
  champion: Headline | undefined,
): string | undefined {
  const isWorse = ({ outcome }: Headline): boolean => outcome === 'worse' || outcome === 'mixed';
  const objections = [
    ...((baselineKind === 'model' ? isWorse(headline) : headline.outcome !== 'better') ? [headline.message] : []),
    ...(champion !== undefined && isWorse(champion) ? [champion.message] : []),
  ];
  return objections.length === 0 ? undefined : objections.join(' ');
}

/** Metrics that a verdict weighs besides the leading one: of scores those of order and of probabilities, of classes alone the accuracy. */
export function weighed(metrics: readonly MetricKey[]): readonly MetricKey[] {
  const [lead] = metrics;
  const weighing = (when: 'always' | 'withoutScores'): readonly MetricKey[] =>
    metrics.filter((metric) => definitionOf(metric).weighs === when);
  const byScore = weighing('always');
  const others = byScore.length > 0 ? byScore : weighing('withoutScores');
  return lead === undefined ? [] : [lead, ...others.filter((metric) => metric !== lead)];
}
