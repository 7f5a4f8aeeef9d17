/** What a row costs on average by threshold, where the costs of the errors are known. */
import { useCallback } from 'react';
import { formatFigure } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import type { CostCurve } from '../../../src/protocol/evaluation.ts';
import { Chart, shareAxis, tooltip, valueAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { CurveTable, thinningNote } from '../../shared/curveTable.tsx';
import { operatingPoint, sentences, thresholdMark } from '../../shared/lines.ts';

export function CostChart({ curve, threshold }: { readonly curve: CostCurve; readonly threshold: number | undefined }) {
  const option = useCallback((theme: Theme) => optionOf(theme, curve, threshold), [curve, threshold]);
  const { costs, best, atThreshold } = curve;
  const args = { at: formatFigure(best.threshold), best: formatFigure(best.cost), now: formatFigure(atThreshold) };
  return (
    <Chart
      title={t('Cost')}
      description={t('Mean cost of a row by threshold. At the threshold in force it is {now}; it is lowest, {best}, at {at}.', args)}
      note={sentences(
        t('A false positive costs {falsePositive}, a false negative {falseNegative}.', {
          falsePositive: String(costs.falsePositive),
          falseNegative: String(costs.falseNegative),
        }),
        t('Now {now}; lowest on these very rows {best}, at {at} (dot).', args),
        thinningNote(curve.thresholds.length, curve.points),
      )}
      option={option}
      table={<CurveTable label={t('Cost by threshold')} columns={{ [t('Threshold')]: curve.thresholds, [t('Mean cost')]: curve.cost }} />}
    />
  );
}

function optionOf(theme: Theme, { thresholds, cost, best }: CostCurve, threshold: number | undefined): ChartOption {
  return {
    tooltip: { ...tooltip(theme), valueFormatter: (value) => formatFigure(Number(value)) },
    xAxis: { ...shareAxis(theme, t('Threshold')), splitLine: { show: false } },
    yAxis: { ...valueAxis(theme, t('Mean cost')), min: 0, nameGap: 40 },
    series: [
      {
        type: 'line',
        name: t('Mean cost'),
        data: thresholds.map((each, point) => [each, cost[point] ?? NaN]),
        symbol: 'none',
        lineStyle: { width: 2 },
        ...(threshold === undefined ? {} : { markLine: thresholdMark(theme, threshold) }),
      },
      operatingPoint(theme, [[best.threshold, best.cost]]),
    ],
  };
}
