/** Metrics with their intervals beside the baseline's: numbers, and where both lie on the metric's own scale. */
import { formatDifference, formatFigure, formatPValue } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Estimate, EvaluationReport, MetricResult } from '../../src/protocol/evaluation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

export function MetricsSection({ report }: { readonly report: EvaluationReport }) {
  return (
    <section aria-labelledby="metrics" className="metrics">
      <h2 id="metrics">{t('Metrics')}</h2>
      <DataTable label={t('Metrics of the model and of the baseline')} columns={columns} items={report.metrics} />
      <p className="muted small legend">
        <span className="keys">
          <span className="key model" aria-hidden="true" /> {t('model')} <span className="key baseline" aria-hidden="true" />{' '}
          {t('baseline ({baseline})', { baseline: report.baseline })} ·{' '}
        </span>
        {report.intervalMethod}.
      </p>
      {report.champion === undefined ? null : (
        <>
          <h3>{t('Against {name}', { name: report.champion.name })}</h3>
          <DataTable
            label={t('Metrics of the model and of {name}', { name: report.champion.name })}
            columns={championColumns}
            items={report.champion.metrics}
          />
        </>
      )}
    </section>
  );
}

const columns: readonly Column<MetricResult>[] = [
  {
    header: t('Metric'),
    value: ({ metric }) => metric,
    show: ({ metric, higherIsBetter }) => (
      <>
        <code>{metric}</code>{' '}
        <span className="muted small" title={higherIsBetter ? t('higher is better') : t('lower is better')}>
          {higherIsBetter ? '↑' : '↓'}
          <span className="visually-hidden">{higherIsBetter ? t('higher is better') : t('lower is better')}</span>
        </span>
      </>
    ),
  },
  { header: t('Model'), value: ({ model }) => model.value, show: ({ model }) => <strong>{formatFigure(model.value)}</strong> },
  { header: t('Interval'), value: ({ model }) => model.high - model.low, show: ({ model }) => interval(model) },
  {
    header: t('Baseline'),
    value: ({ baseline }) => baseline?.value ?? NaN,
    show: ({ baseline }) => (baseline === undefined ? '–' : formatFigure(baseline.value)),
  },
  { header: t('Difference'), value: differenceOf, show: (result) => <Difference result={result} /> },
  {
    header: t('p'),
    value: ({ pValue }) => pValue ?? NaN,
    show: ({ pValue, pValueFloor }) => (pValue === undefined ? '–' : formatPValue(pValue, pValueFloor)),
  },
  { header: t('On its scale'), show: (result) => <IntervalPlot result={result} /> },
];

/** What the model is compared with is named above the table. */
const championColumns = columns.map((column) => (column.header === t('Baseline') ? { ...column, header: t('There') } : column));

function interval({ low, high }: Estimate): string {
  return `${formatFigure(low)} – ${formatFigure(high)}`;
}

function differenceOf({ model, baseline }: MetricResult): number {
  return baseline === undefined ? NaN : model.value - baseline.value;
}

function Difference({ result }: { readonly result: MetricResult }) {
  const difference = differenceOf(result);
  if (Number.isNaN(difference)) return '–';
  const significant = result.pValue !== undefined && result.pValue < 0.05;
  const good = difference > 0 === result.higherIsBetter;
  return <span className={significant && difference !== 0 ? (good ? 'good' : 'bad') : undefined}>{formatDifference(difference)}</span>;
}

const plotWidth = 220;
const inset = 7;

/** Dot and whiskers of the model, a hollow diamond for the baseline; the numbers stand in the same row. */
function IntervalPlot({ result }: { readonly result: MetricResult }) {
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
function scaleOf({ metric, model, baseline }: MetricResult): readonly [number, number] {
  const lowest = Math.min(model.low, baseline?.low ?? model.low);
  const highest = Math.max(model.high, baseline?.high ?? model.high);
  if (metric === 'matthews_corrcoef' || metric === 'r2_score') return [Math.min(lowest < 0 ? -1 : 0, lowest), 1];
  return highest <= 1 && !/error|loss/.test(metric) ? [0, 1] : [0, highest * 1.08 || 1];
}
