/** What changing the threshold would trade for what. */
import { useCallback } from 'react';
import { formatFigure } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import type { EvaluationReport, ThresholdCurve } from '../../../src/protocol/evaluation.ts';
import { Chart, shareAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { CurveTable, thinningNote } from '../../shared/curveTable.tsx';
import { dashes, legend, sentences, shareTooltip, thresholdMark } from '../../shared/lines.ts';

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
      note={sentences(t('F1 is highest at {at} ({best}).', args), thinningNote(curve.thresholds.length, curve.points))}
      option={option}
      table={<CurveTable label={t('Figures by threshold')} columns={{ [t('Threshold')]: curve.thresholds, ...seriesOf(curve) }} />}
    />
  );
}

function seriesOf({ precision, recall, f1, flagged }: ThresholdCurve): Readonly<Record<string, readonly number[]>> {
  return { [t('Precision')]: precision, [t('Recall')]: recall, [t('F1')]: f1, [t('Flagged')]: flagged };
}

function optionOf(theme: Theme, curve: ThresholdCurve, threshold: number | undefined): ChartOption {
  return {
    ...legend(theme),
    tooltip: shareTooltip(theme),
    xAxis: { ...shareAxis(theme, t('Threshold')), splitLine: { show: false } },
    yAxis: { ...shareAxis(theme, ''), nameGap: 0 },
    series: Object.entries(seriesOf(curve)).map(([name, values], index) => ({
      type: 'line',
      name,
      data: curve.thresholds.map((each, point) => [each, values[point] ?? NaN]),
      symbol: 'none',
      lineStyle: { width: 1.75, type: dashes[index] ?? 'solid' },
      ...(index === 0 && threshold !== undefined ? { markLine: thresholdMark(theme, threshold) } : {}),
    })),
  };
}
