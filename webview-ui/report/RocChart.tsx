/** The ROC curve with chance as its reference and the point of the stored threshold. */
import { useCallback } from 'react';
import { t } from '../../src/base/localize.ts';
import type { Curve, EvaluationReport } from '../../src/protocol/evaluation.ts';
import { Chart, shareAxis, tooltip, type ChartOption } from '../shared/Chart.tsx';
import type { Theme } from '../shared/theme.ts';
import { CurveTable, figureOf, pointsOf, thinningNote } from './curveTable.tsx';

export function RocChart({ report, curve }: { readonly report: EvaluationReport; readonly curve: Curve }) {
  const option = useCallback((theme: Theme) => optionOf(theme, report, curve), [report, curve]);
  const area = figureOf(report, 'roc_auc');
  return (
    <Chart
      title={t('ROC')}
      description={t(
        'ROC curve of the model: true positive rate against false positive rate. The area under it is {area}; chance is 0.5.',
        { area },
      )}
      note={noteOf(curve)}
      option={option}
      table={<CurveTable label={t('Points of the ROC curve')} columns={{ [falseRate]: curve.x, [trueRate]: curve.y }} />}
    />
  );
}

const falseRate = t('False positive rate');
const trueRate = t('True positive rate');

function noteOf(curve: Curve): string {
  return [t('Dot: the stored threshold. Dashed: chance.'), thinningNote(curve.x.length, curve.points)]
    .filter((part) => part !== undefined)
    .join(' ');
}

function optionOf(theme: Theme, report: EvaluationReport, curve: Curve): ChartOption {
  return {
    tooltip: { ...tooltip(theme), valueFormatter: (value) => Number(value).toFixed(4) },
    xAxis: shareAxis(theme, falseRate),
    yAxis: { ...shareAxis(theme, trueRate), nameGap: 34 },
    series: [
      { type: 'line', name: trueRate, data: pointsOf(curve), showSymbol: false, lineStyle: { width: 2 }, areaStyle: { opacity: 0.07 } },
      {
        type: 'line',
        data: [
          [0, 0],
          [1, 1],
        ],
        showSymbol: false,
        silent: true,
        tooltip: { show: false },
        lineStyle: { width: 1, type: 'dashed', color: theme.muted },
      },
      {
        type: 'scatter',
        data: operatingPoint(report),
        symbolSize: 9,
        silent: true,
        tooltip: { show: false },
        itemStyle: { color: theme.series[0], borderColor: theme.background, borderWidth: 2 },
      },
    ],
  };
}

/** False and true positive rate at the stored threshold. */
function operatingPoint({ confusion }: EvaluationReport): [number, number][] {
  const [[trueNegatives = 0, falsePositives = 0] = [], [falseNegatives = 0, truePositives = 0] = []] = confusion ?? [];
  return [[falsePositives / (falsePositives + trueNegatives), truePositives / (truePositives + falseNegatives)]];
}
