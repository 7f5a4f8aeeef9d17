/** One column large: its histogram with the table behind it, and its most frequent values. */
import { useCallback } from 'react';
import { areYears, formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ColumnProfile } from '../../src/protocol/dataset.ts';
import { Bar } from '../shared/Bar.tsx';
import { Chart } from '../shared/Chart.tsx';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { histogramOption } from '../shared/histogram.ts';
import type { Theme } from '../shared/theme.ts';
import { formatEdge } from '../shared/columnValues.ts';

type Histogram = NonNullable<ColumnProfile['histogram']>;

export function ColumnDetail({ column, rows }: { readonly column: ColumnProfile; readonly rows: number }) {
  const { histogram, top, name } = column;
  if (histogram === undefined && top.length === 0) {
    return <p className="muted note">{t('Nothing more is known of {name}: nearly every value is another.', { name })}</p>;
  }
  return (
    <div className="columns detail">
      {histogram === undefined ? null : <Distribution column={column} histogram={histogram} />}
      {top.length === 0 ? null : (
        <div>
          <h3>{t('Most frequent values of {name}', { name })}</h3>
          <DataTable label={t('Most frequent values of {name}', { name })} columns={topColumns(rows)} items={top} />
        </div>
      )}
    </div>
  );
}

function Distribution({ column, histogram }: { readonly column: ColumnProfile; readonly histogram: Histogram }) {
  const { edges, counts, below, above } = histogram;
  const option = useCallback(
    (theme: Theme) =>
      histogramOption(theme, histogram, {
        format: (edge) => formatEdge(edge, column),
        isTime: column.type === 'timestamp',
        isYears: areYears(column),
      }),
    [histogram, column],
  );
  const title = t('Distribution of {name}', { name: column.name });
  const bins = counts.map((count, bin) => ({ from: edges[bin] ?? NaN, to: edges[bin + 1] ?? NaN, count }));
  const binColumns: readonly Column<(typeof bins)[number]>[] = [
    { header: t('From'), value: ({ from }) => from, show: ({ from }) => formatEdge(from, column) },
    { header: t('To'), value: ({ to }) => to, show: ({ to }) => formatEdge(to, column) },
    { header: t('Rows'), value: ({ count }) => count, show: ({ count }) => formatCount(count) },
  ];
  return (
    <Chart
      title={title}
      description={t('Histogram of {name} in {bins} bins from {from} to {to}.', {
        name: column.name,
        bins: counts.length,
        from: formatEdge(edges[0] ?? NaN, column),
        to: formatEdge(edges.at(-1) ?? NaN, column),
      })}
      note={below + above === 0 ? '' : t('{count} infinite values are not drawn.', { count: formatCount(below + above) })}
      option={option}
      table={<DataTable label={title} columns={binColumns} items={bins} wholeUpTo={Infinity} />}
    />
  );
}

function topColumns(rows: number): readonly Column<ColumnProfile['top'][number]>[] {
  return [
    { header: t('Value'), value: ({ value }) => value, show: ({ value }) => <span className="name">{value}</span> },
    { header: t('Rows'), value: ({ count }) => count, show: ({ count }) => formatCount(count) },
    { header: t('Share'), value: ({ count }) => count / rows, show: ({ count }) => formatShare(count / rows) },
    { header: t('Of all rows'), show: ({ count }) => <Bar share={count / rows} /> },
  ];
}
