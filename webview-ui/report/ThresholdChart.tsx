/** What changing the threshold would trade for what. */
import { useCallback } from 'react';
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport, ThresholdCurve } from '../../src/protocol/evaluation.ts';
import { Chart, shareAxis, tooltip, type ChartOption } from '../shared/Chart.tsx';
import type { Theme } from '../shared/theme.ts';
import { CurveTable, thinningNote } from './curveTable.tsx';

export function ThresholdChart({ report, curve }: { readonly report: EvaluationReport; readonly curve: ThresholdCurve }) {
  const { threshold } = report;
  const option = useCallback((theme: Theme) => optionOf(theme, curve, threshold), [curve, threshold]);
  const best = Math.max(...curve.f1);
  const bestThreshold = curve.thresholds[curve.f1.indexOf(best)] ?? NaN;
  const args = { best: formatFigure(best), at: formatFigure(bestThreshold) };
  return (
    <Chart
      title={t('Threshold')}
      description={t('Precision, recall, F1 and the share of flagged rows by threshold. F1 is highest, {best}, at {at}.', args)}
      note={[t('F1 is highest at {at} ({best}).', args), thinningNote(curve.thresholds.length, curve.points)]
        .filter((part) => part !== undefined)
        .join(' ')}
      option={option}
      table={<CurveTable label={t('Figures by threshold')} columns={{ [t('Threshold')]: curve.thresholds, ...seriesOf(curve) }} />}
    />
  );
}

function seriesOf({ precision, recall, f1, flagged }: ThresholdCurve): Readonly<Record<string, readonly number[]>> {
  return { [t('Precision')]: precision, [t('Recall')]: recall, [t('F1')]: f1, [t('Flagged')]: flagged };
}

const dashes = ['solid', 'dashed', [7, 2, 2, 2], 'dotted'] as const;

function optionOf(theme: Theme, curve: ThresholdCurve, threshold: number | undefined): ChartOption {
  return {
    grid: { left: 4, right: 14, top: 30, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 22,
      itemHeight: 8,
      icon: 'path://M0 4H22V5.6H0Z',
      textStyle: { color: theme.muted, fontSize: theme.fontSize - 1 },
    },
    tooltip: { ...tooltip(theme), valueFormatter: (value) => Number(value).toFixed(4) },
    xAxis: { ...shareAxis(theme, t('Threshold')), splitLine: { show: false } },
    yAxis: { ...shareAxis(theme, ''), nameGap: 0 },
    series: Object.entries(seriesOf(curve)).map(([name, values], index) => ({
      type: 'line',
      name,
      data: curve.thresholds.map((each, point) => [each, values[point] ?? NaN]),
      showSymbol: false,
      lineStyle: {
        width: 1.75,
        type: [...([dashes[index] ?? 'solid'].flat() as number[])].length > 1 ? [7, 2, 2, 2] : ((dashes[index] ?? 'solid') as 'solid'),
      },
      ...(index === 0 && threshold !== undefined ? { markLine: storedThreshold(theme, threshold) } : {}),
    })),
  };
}

function storedThreshold(theme: Theme, threshold: number) {
  return {
    symbol: 'none',
    silent: true,
    data: [{ xAxis: threshold }],
    lineStyle: { color: theme.foreground, type: 'solid' as const, width: 1 },
    label: {
      formatter: formatFigure(threshold),
      color: theme.foreground,
      fontSize: theme.fontSize - 2,
      position: 'insideEndTop' as const,
      rotate: 0,
    },
  };
}
