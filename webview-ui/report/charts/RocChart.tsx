/** ROC curves with chance as their reference: of one classifier, or of several classes against the rest. */
import { useCallback } from 'react';
import { t } from '../../../src/base/localize.ts';
import { Chart, shareAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { curveSeries, NamedCurveTable, thinningNotes, type NamedCurve } from './namedCurves.tsx';
import { legend, operatingPoint, reference, sentences, shareTooltip } from '../../shared/lines.ts';

export interface RocChartProps {
  readonly curves: readonly NamedCurve[];
  /** What the area under it is, in words. */
  readonly area: string;
  /** False and true positive rate at the threshold in force. */
  readonly point?: readonly [number, number] | undefined;
}

export function RocChart({ curves, area, point }: RocChartProps) {
  const option = useCallback((theme: Theme) => optionOf(theme, curves, point), [curves, point]);
  return (
    <Chart
      title={t('ROC')}
      description={t(
        'ROC curve of the model: true positive rate against false positive rate. The area under it is {area}; chance is 0.5.',
        { area },
      )}
      note={sentences(point === undefined ? undefined : t('Dot: the threshold in force.'), t('Dashed: chance.'), thinningNotes(curves))}
      option={option}
      table={<NamedCurveTable label={t('Points of the ROC curve')} curves={curves} axes={[falseRate, trueRate]} />}
    />
  );
}

const falseRate = t('False positive rate');
const trueRate = t('True positive rate');

function optionOf(theme: Theme, curves: readonly NamedCurve[], point: RocChartProps['point']): ChartOption {
  return {
    ...(curves.length > 1 ? legend(theme) : {}),
    tooltip: shareTooltip(theme),
    xAxis: shareAxis(theme, falseRate),
    yAxis: { ...shareAxis(theme, trueRate), nameGap: 34 },
    series: [
      ...curveSeries(curves, trueRate),
      reference(theme, [
        [0, 0],
        [1, 1],
      ]),
      operatingPoint(theme, point === undefined ? [] : [point]),
    ],
  };
}
