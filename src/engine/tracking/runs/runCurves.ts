/** The curves of a run by its rounds: which belong into one chart, without what only repeats, and thinned. Pure. */
import type { MetricPoint, RunCurve, RunCurves } from '../../../protocol/run.ts';

const mostPoints = 600;
const part = /^(training|train|validation|valid|val|test|eval)[_/ -](.+)$/;
/** Losses are what a trainer lowers round by round. */
const looksLikeLoss = /loss|error|deviance/;

/**
 * Metrics with more than one round, grouped by quantity: `training_log_loss` and `validation_log_loss` are one chart.
 * The quantity that is known of most parts, then the one that is a loss, comes first.
 * @param bestRound where the value of the round that was kept is logged once more, after the last round
 */
export function runCurves(histories: Readonly<Record<string, readonly MetricPoint[]>>, bestRound: number | undefined): RunCurves[] {
  const groups = new Map<string, { curve: RunCurve; points: number }[]>();
  for (const [metric, history] of Object.entries(histories)) {
    const points = withoutRepeated(lastOfEachStep(history), bestRound);
    if (points.length < 2) continue;
    const quantity = part.exec(metric)?.[2] ?? metric;
    const kept = thinned(points);
    const curve = { metric, steps: kept.map(({ step }) => step), values: kept.map(({ value }) => value) };
    groups.set(quantity, [...(groups.get(quantity) ?? []), { curve, points: points.length }]);
  }
  return [...groups]
    .map(([quantity, members]) => ({
      quantity,
      curves: members.map(({ curve }) => curve).sort((a, b) => (a.metric < b.metric ? -1 : 1)),
      hidden: members.reduce((sum, { curve, points }) => sum + points - curve.steps.length, 0),
    }))
    .sort((a, b) => b.curves.length - a.curves.length || rank(a) - rank(b) || (a.quantity < b.quantity ? -1 : 1));
}

function rank({ quantity }: RunCurves): number {
  return looksLikeLoss.test(quantity) ? 0 : 1;
}

/** A step that was logged twice counts as it was logged last. @param history by step, then time */
function lastOfEachStep(history: readonly MetricPoint[]): MetricPoint[] {
  return history.filter(({ step }, index) => history[index + 1]?.step !== step);
}

/** The kept round's value stands one step after the last round, as MLflow's integrations of boosting libraries log it: no round. */
function withoutRepeated(points: readonly MetricPoint[], bestRound: number | undefined): readonly MetricPoint[] {
  const last = points.at(-1);
  const best = bestRound === undefined ? undefined : points.find(({ step }) => step === bestRound);
  const repeats = last !== undefined && best !== undefined && last.step > best.step + 1 && last.value === best.value;
  return repeats ? points.slice(0, -1) : points;
}

/** Of equal stretches the smallest and the largest value, so that no spike is hidden; first and last stay. */
function thinned(points: readonly MetricPoint[]): readonly MetricPoint[] {
  if (points.length <= mostPoints) return points;
  const stretches = mostPoints / 2 - 1;
  const inner = points.slice(1, -1);
  const kept = Array.from({ length: stretches }, (_, stretch) =>
    extremes(inner.slice(Math.floor((stretch * inner.length) / stretches), Math.floor(((stretch + 1) * inner.length) / stretches))),
  );
  return [...points.slice(0, 1), ...kept.flat(), ...points.slice(-1)];
}

function extremes(points: readonly MetricPoint[]): MetricPoint[] {
  const byValue = points.toSorted((a, b) => a.value - b.value);
  const [low, high] = [byValue[0], byValue.at(-1)];
  if (low === undefined || high === undefined) return [];
  return low === high ? [low] : [low, high].sort((a, b) => a.step - b.step);
}

/** The round at which the validation loss was lowest, where it has risen since by at least a hundredth: what was learned later hurts. */
export function roundOfTurn({ quantity, curves }: RunCurves): number | undefined {
  const { steps = [], values = [] } = validationOf(curves) ?? {};
  const lowest = Math.min(...values);
  const turn = values.indexOf(lowest);
  const hasRisen = (values.at(-1) ?? NaN) > lowest + 0.01 * Math.abs(lowest);
  return looksLikeLoss.test(quantity) && hasRisen && turn < 0.8 * values.length ? steps[turn] : undefined;
}

/** The curve of the rows that were held out. */
export function validationOf(curves: RunCurves['curves']): RunCurve | undefined {
  return curves.find(({ metric }) => metric.startsWith('val'));
}

/** How a loss went on in the last tenth of the rounds: whether validation was still getting better when training ended. */
export function isStillImproving({ quantity, curves }: RunCurves): boolean {
  const values = (looksLikeLoss.test(quantity) ? validationOf(curves)?.values : undefined) ?? [];
  if (values.length < 10) return false;
  const tail = values.slice(-Math.max(3, Math.ceil(values.length / 10)));
  const [first, last] = [tail[0] ?? NaN, tail.at(-1) ?? NaN];
  return last === Math.min(...values) && first - last > 1e-4 * Math.abs(first);
}
