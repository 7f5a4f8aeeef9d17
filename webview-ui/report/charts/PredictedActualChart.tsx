/** Actual values by prediction: their median and spread in bins of equal count, against perfect prediction. */
import { useCallback } from 'react';
import { formatCount, formatFigure, formatShare } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import type { PredictedActual } from '../../../src/protocol/evaluation.ts';
import { Chart, tooltip, valueAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { CurveTable } from '../../shared/curveTable.tsx';
import { legend, reference } from '../../shared/lines.ts';

export function PredictedActualChart({ bins, target }: { readonly bins: PredictedActual; readonly target: string }) {
  const option = useCallback((theme: Theme) => optionOf(theme, bins), [bins]);
  const [low, high] = bins.quantiles.map((quantile) => formatShare(quantile).replace('.0 %', ' %'));
  const args = { target, bins: bins.predicted.length, low: low ?? '', high: high ?? '', rows: formatCount(bins.counts[0] ?? 0) };
  return (
    <Chart
      title={t('Predicted and actual')}
      description={t(
        'Actual values of {target} against predicted ones in {bins} bins of equal count: median, {low} and {high} quantile.',
        args,
      )}
      note={t('{bins} bins of about {rows} rows. Dashed without a name: perfect prediction.', args)}
      option={option}
      table={<CurveTable label={t('Actual values by prediction')} columns={{ ...columnsOf(bins), [t('Rows')]: bins.counts }} />}
    />
  );
}

function columnsOf({ predicted, low, median, high, quantiles }: PredictedActual): Readonly<Record<string, readonly number[]>> {
  const name = (quantile: number): string => t('{quantile} quantile', { quantile: formatShare(quantile).replace('.0 %', ' %') });
  return { [t('Predicted')]: predicted, [name(quantiles[0])]: low, [t('Median of actual')]: median, [name(quantiles[1])]: high };
}

function optionOf(theme: Theme, bins: PredictedActual): ChartOption {
  const { predicted } = bins;
  const ends = [Math.min(...predicted), Math.max(...predicted)] as const;
  const lines = Object.entries(columnsOf(bins)).slice(1);
  return {
    ...legend(theme),
    tooltip: { ...tooltip(theme), valueFormatter: (value) => formatFigure(Number(value)) },
    xAxis: { ...valueAxis(theme, t('Predicted')), scale: true },
    yAxis: { ...valueAxis(theme, t('Actual')), nameGap: 46, scale: true },
    series: [
      ...lines.map(([name, values], index) => ({
        type: 'line' as const,
        name,
        data: predicted.map((each, bin) => [each, values[bin] ?? NaN]),
        symbol: index === 1 ? 'circle' : 'none',
        symbolSize: 5,
        color: index === 1 ? theme.series[0] : theme.muted,
        lineStyle: { width: index === 1 ? 2 : 1.25, type: index === 1 ? ('solid' as const) : ('dotted' as const) },
      })),
      reference(theme, [
        [ends[0], ends[0]],
        [ends[1], ends[1]],
      ]),
    ],
  };
}
