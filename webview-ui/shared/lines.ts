/** How lines of a chart are told apart without colour, and what several charts draw alike. */
import type { LineSeriesOption, ScatterSeriesOption } from 'echarts/charts';
import { formatFigure } from '../../src/base/format.ts';
import { tooltip, type ChartOption } from './Chart.tsx';
import type { Theme } from './theme.ts';

/** As many as {@link Theme.series} has colours. */
export const dashes: readonly ('solid' | 'dashed' | 'dotted' | number[])[] = ['solid', 'dashed', [7, 2, 2, 2], 'dotted'];

/** Names of lines above the chart; room for it is left by the grid. */
export function legend(theme: Theme): Pick<ChartOption, 'legend' | 'grid'> {
  return {
    grid: { left: 4, right: 14, top: 38, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    legend: {
      top: 0,
      left: 0,
      type: 'scroll',
      itemWidth: 22,
      itemHeight: 8,
      itemStyle: { opacity: 0 },
      textStyle: { color: theme.muted, fontSize: theme.fontSize - 1, width: 130, overflow: 'truncate' },
    },
  };
}

/** A reference such as chance or perfect calibration: dashed, silent, without a name. */
export function reference(theme: Theme, points: readonly (readonly [number, number])[]): LineSeriesOption {
  return {
    type: 'line',
    data: points.map(([x, y]) => [x, y]),
    showSymbol: false,
    silent: true,
    tooltip: { show: false },
    lineStyle: { width: 1, type: 'dashed', color: theme.muted },
  };
}

/** The point of the threshold in force. */
export function operatingPoint(theme: Theme, points: readonly (readonly [number, number])[]): ScatterSeriesOption {
  return {
    type: 'scatter',
    data: points.map(([x, y]) => [x, y]),
    symbolSize: 9,
    silent: true,
    tooltip: { show: false },
    itemStyle: { color: theme.series[0], borderColor: theme.background, borderWidth: 2 },
  };
}

/** A vertical mark where the threshold in force lies. */
export function thresholdMark(theme: Theme, threshold: number): NonNullable<LineSeriesOption['markLine']> {
  return {
    symbol: 'none',
    silent: true,
    data: [{ xAxis: threshold }],
    lineStyle: { color: theme.foreground, type: 'solid', width: 1 },
    label: {
      formatter: formatFigure(threshold),
      color: theme.foreground,
      fontSize: theme.fontSize - 2,
      position: 'insideEndTop',
      rotate: 0,
    },
  };
}

/** Values in four digits, as curves of shares need. */
export function shareTooltip(theme: Theme): ReturnType<typeof tooltip> {
  return { ...tooltip(theme), valueFormatter: (value) => Number(value).toFixed(4) };
}

/** The parts of a note that there are, as one text. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}
