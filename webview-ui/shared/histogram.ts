/** How a histogram is drawn: bars between edges, on an axis of values or of time. */
import { formatCount } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Histogram } from '../../src/protocol/evaluation.ts';
import { formatTick, tooltip, valueAxis, type ChartOption } from './Chart.tsx';
import type { Theme } from './theme.ts';

export interface HistogramLook {
  /** How an edge reads. */
  readonly format: (edge: number) => string;
  /** Whether edges are moments: milliseconds since 1970 UTC. */
  readonly isTime?: boolean;
  /** Whether edges are years: whole numbers without a comma. */
  readonly isYears?: boolean;
}

export function histogramOption(
  theme: Theme,
  { edges, counts }: Histogram,
  { format, isTime = false, isYears = false }: HistogramLook,
): ChartOption {
  const edge = (index: number): number => edges[index] ?? NaN;
  const words = (bin: number): string =>
    `${format(edge(bin))} – ${format(edge(bin + 1))}\n${t('{count} rows', { count: formatCount(counts[bin] ?? 0) })}`;
  return {
    tooltip: {
      ...tooltip(theme),
      axisPointer: { type: 'shadow' },
      formatter: (items) => words((Array.isArray(items) ? items[0] : items)?.dataIndex ?? 0),
    },
    xAxis: {
      ...valueAxis(theme, ''),
      type: isTime ? 'time' : 'value',
      min: edge(0),
      max: edges.at(-1) ?? 1,
      splitLine: { show: false },
      containShape: false,
      axisLabel: {
        color: theme.muted,
        fontSize: theme.fontSize - 2,
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
        ...(isTime ? {} : { formatter: isYears ? String : formatTick }),
      },
    },
    yAxis: { ...valueAxis(theme, t('Rows')), nameGap: 46 },
    series: [
      {
        type: 'bar',
        name: t('Rows'),
        data: counts.map((count, bin) => [(edge(bin) + edge(bin + 1)) / 2, count]),
        barCategoryGap: '6%',
      },
    ],
  };
}
