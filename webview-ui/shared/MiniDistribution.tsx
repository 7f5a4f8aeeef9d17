/** A column's values at a glance: bars for numbers and moments, the most frequent values for everything else. */
import { formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ColumnProfile } from '../../src/protocol/dataset.ts';
import { formatEdge } from './columnValues.ts';
import './miniDistribution.css';

const width = 110;
const height = 20;
const shownValues = 3;

export function MiniDistribution({ column, rows }: { readonly column: ColumnProfile; readonly rows: number }) {
  if (column.histogram !== undefined) return <Bars column={column} histogram={column.histogram} />;
  if (column.top.length === 0) return <span className="muted">–</span>;
  return <Shares column={column} rows={rows} />;
}

/** The most frequent values side by side as parts of all rows; what is left of the bar are other values and missing ones. */
function Shares({ column, rows }: { readonly column: ColumnProfile; readonly rows: number }) {
  const words = column.top.slice(0, shownValues).map(({ value, count }) => `${value} ${formatShare(count / rows)}`);
  const label = words.join(', ');
  const ends = cumulative(column.top.map(({ count }) => (count / Math.max(1, rows)) * width));
  return (
    <span className="top-values" title={label}>
      <svg className="mini shares" viewBox={`0 0 ${width} 8`} width={width} height={8} aria-hidden="true">
        <rect className="rest" x="0" y="0" width={width} height="8" />
        {column.top.map(({ value }, index) => {
          const start = ends[index - 1] ?? 0;
          return <rect key={value} x={start} y="0" width={Math.max(0, (ends[index] ?? start) - start - 1)} height="8" />;
        })}
      </svg>
      <span className="muted small">{label}</span>
    </span>
  );
}

function cumulative(lengths: readonly number[]): number[] {
  return lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length, 0));
}

function Bars({ column, histogram }: { readonly column: ColumnProfile; readonly histogram: NonNullable<ColumnProfile['histogram']> }) {
  const { counts, edges } = histogram;
  const largest = Math.max(...counts, 1);
  const fullest = counts.indexOf(Math.max(...counts));
  const step = width / counts.length;
  const label = t('Most values between {from} and {to}', {
    from: formatEdge(edges[fullest] ?? NaN, column),
    to: formatEdge(edges[fullest + 1] ?? NaN, column),
  });
  return (
    <svg className="mini" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
      {counts.map((count, bin) => {
        const size = count === 0 ? 0 : Math.max(1, (count / largest) * (height - 2));
        return <rect key={edges[bin]} x={bin * step} y={height - 1 - size} width={Math.max(0.5, step - 1)} height={size} />;
      })}
    </svg>
  );
}
