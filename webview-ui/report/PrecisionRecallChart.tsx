/** Precision against recall, with the share of the positive class as reference and the point of the stored threshold. */
import { useCallback } from 'react';
import { formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { Curve, EvaluationReport } from '../../src/protocol/evaluation.ts';
import { Chart, shareAxis, tooltip, type ChartOption } from '../shared/Chart.tsx';
import type { Theme } from '../shared/theme.ts';
import { CurveTable, figureOf, pointsOf, thinningNote } from './curveTable.tsx';

export function PrecisionRecallChart({ report, curve }: { readonly report: EvaluationReport; readonly curve: Curve }) {
  const option = useCallback((theme: Theme) => optionOf(theme, report, curve), [report, curve]);
  const share = formatShare(report.classShares[1] ?? NaN);
  const area = figureOf(report, 'precision_recall_auc');
  return (
    <Chart
      title={t('Precision and recall')}
      description={t('Precision of the model against its recall. The average precision is {area}; chance is {share}.', { area, share })}
      note={[t('Dot: the stored threshold. Dashed: chance ({share}).', { share }), thinningNote(curve.x.length, curve.points)]
        .filter((part) => part !== undefined)
        .join(' ')}
      option={option}
      table={<CurveTable label={t('Points of the precision-recall curve')} columns={{ [recall]: curve.x, [precision]: curve.y }} />}
    />
  );
}

const recall = t('Recall');
const precision = t('Precision');

function optionOf(theme: Theme, report: EvaluationReport, curve: Curve): ChartOption {
  const share = report.classShares[1] ?? 0;
  const positive = report.classResults[1];
  const decidesNone = positive === undefined || positive.recall === 0;
  return {
    tooltip: { ...tooltip(theme), valueFormatter: (value) => Number(value).toFixed(4) },
    xAxis: shareAxis(theme, recall),
    yAxis: { ...shareAxis(theme, precision), nameGap: 34 },
    series: [
      { type: 'line', name: precision, data: pointsOf(curve), showSymbol: false, lineStyle: { width: 2 }, areaStyle: { opacity: 0.07 } },
      {
        type: 'line',
        data: [
          [0, share],
          [1, share],
        ],
        showSymbol: false,
        silent: true,
        tooltip: { show: false },
        lineStyle: { width: 1, type: 'dashed', color: theme.muted },
      },
      {
        type: 'scatter',
        data: decidesNone ? [] : [[positive.recall, positive.precision]],
        symbolSize: 9,
        silent: true,
        tooltip: { show: false },
        itemStyle: { color: theme.series[0], borderColor: theme.background, borderWidth: 2 },
      },
    ],
  };
}
