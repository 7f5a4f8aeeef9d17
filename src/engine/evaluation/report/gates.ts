/** Whether figures pass the limits of a stage, each in one sentence. */
import { formatDifference, formatFigure } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { GateResult } from '../../../protocol/evaluation.ts';
import { definitionOf, metricKeys, parseMetric, type MetricKey, type MetricName } from '../../../protocol/tables/metrics.ts';
import type { EvaluateStage } from '../../project/definitions/stages/evaluateStage.ts';

export type Gate = NonNullable<EvaluateStage['gate']>;
type Figures = Readonly<Partial<Record<MetricKey, number>>>;

/** What limits are held against. */
export interface GatedFigures {
  readonly figures: Figures;
  /** The figures of each registered model that a `beats` names; one that does not exist is absent. */
  readonly champions: Readonly<Record<string, Figures>>;
  /** Why a metric without a figure has none, as a sentence. */
  readonly whyNone: (metric: MetricKey) => string;
}

/** One result per limit, in the order min, max, beats; one for a metric that cannot be measured, whatever its limits. */
export function checkGates(gate: Gate, { figures, champions, whyNone }: GatedFigures): GateResult[] {
  return gateEntries(gate).flatMap(([name, { min, max, beats }]) =>
    keysOf(name, figures).flatMap((metric) => {
      const value = figures[metric] ?? NaN;
      if (Number.isNaN(value)) return [{ metric, passed: false, isMeasured: false, message: whyNone(metric) }];
      return [
        ...(min === undefined ? [] : [checkMin(metric, value, min)]),
        ...(max === undefined ? [] : [checkMax(metric, value, max)]),
        ...(beats === undefined ? [] : [checkBeats(metric, value, beats, champions[beats]?.[metric])]),
      ];
    }),
  );
}

/** A limit on a metric of the first k rows holds for every k that was measured. */
function keysOf(name: MetricName, figures: Figures): readonly MetricKey[] {
  const ks = (Object.keys(figures) as MetricKey[]).flatMap((key) => {
    const parsed = parseMetric(key);
    return parsed.name === name && 'k' in parsed ? parsed.k : [];
  });
  return metricKeys([name], ks);
}

/** The metrics that a gate speaks of, with their limits. */
export function gateEntries(gate: Gate): [MetricName, NonNullable<Gate[MetricName]>][] {
  return Object.entries(gate) as [MetricName, NonNullable<Gate[MetricName]>][];
}

function checkMin(metric: MetricKey, value: number, min: number): GateResult {
  const args = { metric, value: formatFigure(value), min: String(min) }; // as written: rounded it could seem to be reached
  const passed = value >= min;
  return {
    metric,
    passed,
    message: passed
      ? t('{metric} is {value}, at least {min}.', args)
      : t('{metric} is {value}, below the smallest value allowed, {min}.', args),
  };
}

function checkMax(metric: MetricKey, value: number, max: number): GateResult {
  const args = { metric, value: formatFigure(value), max: String(max) };
  const passed = value <= max;
  return {
    metric,
    passed,
    message: passed
      ? t('{metric} is {value}, at most {max}.', args)
      : t('{metric} is {value}, above the largest value allowed, {max}.', args),
  };
}

function checkBeats(metric: MetricKey, value: number, champion: string, itsValue: number | undefined): GateResult {
  if (itsValue === undefined) {
    return { metric, passed: true, message: t('{champion} does not exist yet, so there is nothing to beat; this passes.', { champion }) };
  }
  if (Number.isNaN(itsValue)) {
    return {
      metric,
      passed: true,
      message: t('{champion} has no {metric} on these rows, so there is nothing to beat; this passes.', { champion, metric }),
    };
  }
  const passed = definitionOf(metric).higherIsBetter ? value >= itsValue : value <= itsValue;
  const args = {
    metric,
    champion,
    value: formatFigure(value),
    other: formatFigure(itsValue),
    difference: formatDifference(value - itsValue),
  };
  return {
    metric,
    passed,
    message: passed
      ? t('{metric} is {value}, no worse than {other} of {champion} on the same rows ({difference}).', args)
      : t('{metric} is {value}, worse than {other} of {champion} on the same rows ({difference}).', args),
  };
}
