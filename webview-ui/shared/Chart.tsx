/** A chart with its title, its words for those who cannot see it, and its table behind a button. */
import { BarChart, LineChart, ScatterChart, type BarSeriesOption, type LineSeriesOption, type ScatterSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  type GridComponentOption,
  type LegendComponentOption,
  type MarkLineComponentOption,
  type TooltipComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { t } from '../../src/base/localize.ts';
import { useTheme, type Theme } from './theme.ts';

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | ScatterSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | MarkLineComponentOption
  | TooltipComponentOption
>;

export interface ChartProps {
  readonly title: string;
  /** What the chart shows, in a sentence: its accessible name. */
  readonly description: string;
  /** What it hides or how to read it; shown below. */
  readonly note?: string;
  readonly option: (theme: Theme) => ChartOption;
  /** The same data as a table. */
  readonly table: ReactNode;
}

export function Chart({ title, description, note, option, table }: ChartProps) {
  const [showsTable, setShowsTable] = useState(false);
  const titleId = useId();
  return (
    <figure aria-labelledby={titleId}>
      <figcaption>
        <h3 id={titleId}>{title}</h3>
        <button
          type="button"
          className="plain"
          aria-pressed={showsTable}
          aria-label={t('{title} as a table', { title })}
          onClick={() => {
            setShowsTable(!showsTable);
          }}
        >
          {t('Table')}
        </button>
      </figcaption>
      {showsTable ? <div className="chart-table scroll">{table}</div> : <Canvas description={description} option={option} />}
      <p className="chart-note muted small">{note}</p>
    </figure>
  );
}

function Canvas({ description, option }: Pick<ChartProps, 'description' | 'option'>) {
  const theme = useTheme();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);

  useEffect(() => {
    if (element.current === null) return;
    const drawn = init(element.current, undefined, { renderer: 'canvas' });
    chart.current = drawn;
    const observer = new ResizeObserver(() => {
      drawn.resize();
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      drawn.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ ...baseOption(theme), ...option(theme) }, true);
  }, [theme, option]);

  return <div ref={element} className="chart" role="img" aria-label={description} />;
}

/** Still, in the page's type; tooltips are drawn on the canvas, for markup would need inline styles. */
function baseOption(theme: Theme): ChartOption {
  return {
    animation: false,
    color: [...theme.series],
    textStyle: { fontFamily: theme.fontFamily, fontSize: theme.fontSize, color: theme.foreground },
    grid: { left: 4, right: 14, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    tooltip: tooltip(theme),
  };
}

/** Merge into an option's own `tooltip`. */
export function tooltip(theme: Theme): TooltipComponentOption {
  return {
    trigger: 'axis',
    renderMode: 'richText',
    confine: true,
    backgroundColor: theme.background,
    borderColor: theme.line,
    padding: [6, 9],
    textStyle: { color: theme.foreground, fontFamily: theme.fontFamily, fontSize: theme.fontSize - 1 },
    axisPointer: { type: 'line', lineStyle: { color: theme.muted, type: 'solid', width: 1 } },
  };
}

/** A value axis in the page's colours; spread it and override what differs. */
export function valueAxis(theme: Theme, name: string) {
  return {
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap: 26,
    nameTextStyle: { color: theme.muted, fontSize: theme.fontSize - 1 },
    axisLine: { show: true, lineStyle: { color: theme.line } },
    axisTick: { show: false },
    axisLabel: { color: theme.muted, fontSize: theme.fontSize - 2, formatter: formatTick },
    splitLine: { lineStyle: { color: theme.muted, opacity: 0.16 } },
  };
}

/** Round numbers as they are: `−2`, `0.25`, `1,500`. */
export function formatTick(value: number): string {
  return ticks.format(value).replace('-', '−');
}

const ticks = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

/** An axis from 0 to 1 that shows five steps. */
export function shareAxis(theme: Theme, name: string) {
  return { ...valueAxis(theme, name), min: 0, max: 1, interval: 0.25 };
}
