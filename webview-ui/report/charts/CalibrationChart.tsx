/** What was predicted against what happened, in bins of equal count. */
import { useCallback } from 'react';
import { formatCount, formatFigure } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import { Chart, tooltip, valueAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { CurveTable, pointsOf } from '../../shared/curveTable.tsx';
import { reference } from '../../shared/lines.ts';

type Calibration = NonNullable<EvaluationReport['curves']['calibration']>;

export function CalibrationChart({ isRegression, curve }: { readonly isRegression: boolean; readonly curve: Calibration }) {
  const predicted = isRegression ? t('Mean prediction') : t('Mean predicted probability');
  const observed = isRegression ? t('Mean of the truth') : t('Observed share');
  const option = useCallback((theme: Theme) => optionOf(theme, curve, [predicted, observed]), [curve, predicted, observed]);
  const worst = Math.max(...curve.x.map((x, index) => Math.abs(x - (curve.y[index] ?? x))));
  return (
    <Chart
      title={t('Calibration')}
      description={t('{observed} against {predicted} in {bins} bins of equal count; the largest gap is {worst}.', {
        observed,
        predicted,
        bins: curve.x.length,
        worst: formatFigure(worst),
      })}
      note={t('{bins} bins of about {rows} rows. Dashed: perfectly calibrated. Largest gap: {worst}.', {
        bins: curve.x.length,
        rows: formatCount(curve.counts[0] ?? 0),
        worst: formatFigure(worst),
      })}
      option={option}
      table={
        <CurveTable
          label={t('Bins of the calibration curve')}
          columns={{ [predicted]: curve.x, [observed]: curve.y, [t('Rows')]: curve.counts }}
        />
      }
    />
  );
}

function optionOf(theme: Theme, curve: Calibration, [predicted, observed]: readonly [string, string]): ChartOption {
  const axis = roundRange([...curve.x, ...curve.y]);
  return {
    tooltip: { ...tooltip(theme), valueFormatter: (value) => formatFigure(Number(value)) },
    xAxis: { ...valueAxis(theme, predicted), ...axis },
    yAxis: { ...valueAxis(theme, observed), ...axis, nameGap: 38 },
    series: [
      { type: 'line', name: observed, data: pointsOf(curve), symbol: 'circle', symbolSize: 6, lineStyle: { width: 1.5 }, z: 3 },
      reference(theme, [
        [axis.min, axis.min],
        [axis.max, axis.max],
      ]),
    ],
  };
}

/** Both axes alike, from one round number to another; from 0 where the values begin near it. */
function roundRange(values: readonly number[]): { readonly min: number; readonly max: number; readonly interval: number } {
  const highest = Math.max(...values);
  const lowest = Math.min(...values);
  const from = lowest > 0 && lowest < highest / 2 ? 0 : lowest;
  const interval = roundStep((highest - from) / 5);
  const min = Math.floor(from / interval) * interval;
  return { min, max: Math.max(Math.ceil(highest / interval) * interval, min + interval), interval };
}

/** The next 1, 2, 2.5, 5 or 10 times a power of ten. */
function roundStep(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}
