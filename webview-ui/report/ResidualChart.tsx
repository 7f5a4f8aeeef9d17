/** How far predictions lie from the truth. */
import { useCallback } from 'react';
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Histogram } from '../../src/protocol/evaluation.ts';
import { Chart, tooltip, valueAxis, type ChartOption } from '../shared/Chart.tsx';
import type { Theme } from '../shared/theme.ts';
import { CurveTable } from './curveTable.tsx';

export function ResidualChart({ histogram, target }: { readonly histogram: Histogram; readonly target: string }) {
  const option = useCallback((theme: Theme) => optionOf(theme, histogram), [histogram]);
  const { edges, counts, below, above } = histogram;
  const rows = counts.reduce((sum, count) => sum + count, below + above);
  return (
    <Chart
      title={t('Residuals')}
      description={t('Histogram of prediction minus truth of {target} over {rows} rows.', { target, rows: formatCount(rows) })}
      note={t('Prediction minus truth. {outside} rows lie beyond the edges.', { outside: formatCount(below + above) })}
      option={option}
      table={
        <CurveTable
          label={t('Bins of the residuals')}
          columns={{ [t('From')]: edges.slice(0, -1), [t('To')]: edges.slice(1), [t('Rows')]: counts }}
        />
      }
    />
  );
}

function optionOf(theme: Theme, { edges, counts }: Histogram): ChartOption {
  return {
    tooltip: { ...tooltip(theme), axisPointer: { type: 'shadow' }, valueFormatter: (value) => formatCount(Number(value)) },
    xAxis: {
      type: 'category',
      data: counts.map((_, bin) => Number((((edges[bin] ?? 0) + (edges[bin + 1] ?? 0)) / 2).toPrecision(3))),
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
      axisLabel: { color: theme.muted, fontSize: theme.fontSize - 2 },
    },
    yAxis: { ...valueAxis(theme, t('Rows')), nameGap: 46 },
    series: [{ type: 'bar', name: t('Rows'), data: [...counts], barCategoryGap: '8%' }],
  };
}
