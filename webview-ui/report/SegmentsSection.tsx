/** Where the model is better and worse than overall. */
import { useState } from 'react';
import { formatCount, formatDifference, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Estimate, EvaluationReport, Segment } from '../../src/protocol/evaluation.ts';
import { metricTitle } from '../../src/protocol/tables/metrics.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

export function SegmentsSection({ report }: { readonly report: EvaluationReport }) {
  const { segments, omittedSegments, metrics } = report;
  const names = [...new Set(segments.map(({ column }) => column))];
  const [chosen, setChosen] = useState(
    metrics.find(({ metric }) => segments.some((segment) => metric in segment.metrics))?.metric ?? metrics[0]?.metric ?? '',
  );
  if (segments.length === 0) return null;
  return (
    <section aria-labelledby="segments" className="segments">
      <h2 id="segments">{t('Segments')}</h2>
      <label className="small">
        <span className="muted">{t('Metric')} </span>
        <select
          value={chosen}
          onChange={(event) => {
            setChosen(event.target.value);
          }}
        >
          {metrics.map(({ metric }) => (
            <option key={metric} value={metric}>
              {metricTitle(metric)}
            </option>
          ))}
        </select>
      </label>
      <div className="columns">
        {names.map((column) => (
          <SegmentTable
            key={column}
            column={column}
            metric={chosen}
            report={report}
            segments={segments.filter((segment) => segment.column === column)}
            omitted={omittedSegments.find((omitted) => omitted.column === column)?.values ?? 0}
          />
        ))}
      </div>
    </section>
  );
}

interface SegmentTableProps {
  readonly column: string;
  readonly metric: string;
  readonly report: EvaluationReport;
  readonly segments: readonly Segment[];
  readonly omitted: number;
}

function SegmentTable({ column, metric, report, segments, omitted }: SegmentTableProps) {
  const result = report.metrics.find((each) => each.metric === metric);
  const overall = result?.model.value ?? NaN;
  const reach = usualDeviation(segments.map((segment) => [Math.abs((segment.metrics[metric] ?? NaN) - overall), segment.rows]));
  const columns: readonly Column<Segment>[] = [
    { header: column, value: ({ value }) => value },
    { header: t('Rows'), value: ({ rows }) => rows, show: ({ rows }) => formatCount(rows) },
    {
      header: metricTitle(metric),
      value: ({ metrics }) => metrics[metric] ?? NaN,
      show: ({ metrics }) => formatFigure(metrics[metric] ?? NaN),
    },
    {
      header: t('Against {overall} overall', { overall: formatFigure(overall) }),
      value: ({ metrics }) => (metrics[metric] ?? NaN) - overall,
      show: ({ metrics, rows }) => (
        <Deviation
          difference={(metrics[metric] ?? NaN) - overall}
          noise={result === undefined ? 0 : noiseOf(result.model, report.rows / rows)}
          reach={reach}
          isGood={result?.higherIsBetter ?? true}
        />
      ),
    },
  ];
  return (
    <div>
      <DataTable
        label={t('{metric} by {column}', { metric: metricTitle(metric), column })}
        columns={columns}
        items={segments}
        wholeUpTo={16}
      />
      <p className="chart-note muted small">
        {omitted === 0
          ? t('{count} values.', { count: formatCount(segments.length) })
          : t('The {count} values with the most rows; {omitted} with fewer are left out.', {
              count: formatCount(segments.length),
              omitted: formatCount(omitted),
            })}{' '}
        {t('The thin line is about what chance does to so few rows: the interval overall, widened; bars within it say little.')}
      </p>
    </div>
  );
}

/** What nine of ten rows stay within; bars of the others, mostly in tiny segments, end there. */
function usualDeviation(segments: readonly (readonly [deviation: number, rows: number])[]): number {
  const sorted = segments.filter(([deviation]) => !Number.isNaN(deviation)).sort(([a], [b]) => a - b);
  const enough = 0.9 * sorted.reduce((sum, [, rows]) => sum + rows, 0);
  let seen = 0;
  const last = sorted.find(([, rows]) => (seen += rows) >= enough);
  return Math.max(last?.[0] ?? 0, Number.MIN_VALUE);
}

/** Half the interval overall, widened by the root of how many times fewer the rows are. */
function noiseOf({ low, high }: Estimate, timesFewer: number): number {
  return ((high - low) / 2) * Math.sqrt(timesFewer);
}

interface DeviationProps {
  readonly difference: number;
  /** What chance alone may do, to either side. */
  readonly noise: number;
  readonly reach: number;
  readonly isGood: boolean;
}

function Deviation({ difference, noise, reach, isGood }: DeviationProps) {
  if (Number.isNaN(difference)) return <span className="muted">{t('one class only')}</span>;
  const lengthOf = (value: number): number => Math.min(1, value / reach) * 38;
  const width = lengthOf(Math.abs(difference));
  const chance = lengthOf(noise);
  const better = difference > 0 === isGood;
  return (
    <>
      {formatDifference(difference)}{' '}
      <svg className={`deviation ${better ? 'better' : 'worse'}`} viewBox="0 0 80 10" width="80" height="10" aria-hidden="true">
        <line x1="40" x2="40" y1="0" y2="10" />
        <rect x={difference < 0 ? 40 - width : 40} y="2" width={width} height="6" />
        <line className="noise" x1={40 - chance} x2={40 + chance} y1="5" y2="5" />
      </svg>
    </>
  );
}
