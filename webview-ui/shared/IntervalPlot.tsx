/** A metric's interval beside the baseline's, on the metric's own scale. */
import type { MetricResult } from '../../src/protocol/evaluation.ts';
import { findMetric } from '../../src/protocol/tables/metrics.ts';
import './interval.css';

const plotWidth = 220;
const inset = 7;

export type PlottedMetric = Pick<MetricResult, 'metric' | 'model' | 'baseline'>;

/** Dot and whiskers of the model, a hollow diamond for the baseline; the numbers stand in the same row. */
export function IntervalPlot({ result }: { readonly result: PlottedMetric }) {
  const { model, baseline } = result;
  const [low, high] = scaleOf(result);
  const x = (value: number): number => inset + ((value - low) / (high - low)) * (plotWidth - 2 * inset);
  return (
    <svg className="interval" viewBox={`0 0 ${plotWidth} 16`} width={plotWidth} height="16" aria-hidden="true">
      <line className="scale" x1={x(low)} x2={x(high)} y1="8" y2="8" />
      {[low, high].map((end) => (
        <line key={end} className="scale" x1={x(end)} x2={x(end)} y1="5" y2="11" />
      ))}
      {baseline === undefined ? null : (
        <>
          <line className="link" x1={x(baseline.value)} x2={x(model.value)} y1="8" y2="8" />
          <line className="whisker baseline" x1={x(baseline.low)} x2={x(baseline.high)} y1="8" y2="8" />
          <path className="baseline" d={`M${x(baseline.value)} 3.5 l4.5 4.5 -4.5 4.5 -4.5 -4.5 z`} />
        </>
      )}
      <line className="whisker model" x1={x(model.low)} x2={x(model.high)} y1="8" y2="8" />
      <circle className="model" cx={x(model.value)} cy="8" r="4" />
    </svg>
  );
}

/** From 0 (or −1) to 1 for what lies there by nature, else from 0 to a little beyond the largest value. */
function scaleOf({ metric, model, baseline }: PlottedMetric): readonly [number, number] {
  const lowest = Math.min(model.low, baseline?.low ?? model.low);
  const highest = Math.max(model.high, baseline?.high ?? model.high);
  const range = findMetric(metric)?.range ?? 'unit';
  if (range === 'signed') return [Math.min(lowest < 0 ? -1 : 0, lowest), 1];
  return highest <= 1 && range === 'unit' ? [0, 1] : [0, highest * 1.08 || 1];
}
