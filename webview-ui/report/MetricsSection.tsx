/** Metrics with their intervals beside the baseline's: numbers, and where both lie on the metric's own scale. */
import { formatDifference, formatFigure, formatPValue } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Estimate, EvaluationReport, MetricResult } from '../../src/protocol/evaluation.ts';
import { metricLabel, metricTitle } from '../../src/protocol/tables/metrics.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { IntervalPlot } from '../shared/IntervalPlot.tsx';

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
    value: ({ metric }) => metricTitle(metric),
    show: ({ metric, higherIsBetter }) => (
      <>
        {metricTitle(metric)} {metricLabel(metric) === metric ? null : <code className="muted small">{metric}</code>}{' '}
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
