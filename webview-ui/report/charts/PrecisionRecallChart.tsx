/** Precision against recall: of one classifier with chance as its reference, or of several classes against the rest. */
import { useCallback } from 'react';
import { formatShare } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import { Chart, shareAxis, type ChartOption } from '../../shared/Chart.tsx';
import type { Theme } from '../../shared/theme.ts';
import { curveSeries, NamedCurveTable, thinningNotes, type NamedCurve } from './namedCurves.tsx';
import { legend, operatingPoint, reference, sentences, shareTooltip } from '../../shared/lines.ts';

export interface PrecisionRecallChartProps {
  readonly curves: readonly NamedCurve[];
  /** What the average precision is, in words. */
  readonly area: string;
  /** The share of the class, which chance reaches; undefined for several classes. */
  readonly chance: number | undefined;
  /** Recall and precision at the threshold in force. */
  readonly point?: readonly [number, number] | undefined;
}

export function PrecisionRecallChart({ curves, area, chance, point }: PrecisionRecallChartProps) {
  const option = useCallback((theme: Theme) => optionOf(theme, { curves, area, chance, point }), [curves, area, chance, point]);
  const share = chance === undefined ? t('the share of the class') : formatShare(chance);
  return (
    <Chart
      title={t('Precision and recall')}
      description={t('Precision of the model against its recall. The average precision is {area}; chance is {share}.', { area, share })}
      note={sentences(
        point === undefined ? undefined : t('Dot: the threshold in force.'),
        chance === undefined ? undefined : t('Dashed: chance ({share}).', { share }),
        thinningNotes(curves),
      )}
      option={option}
      table={<NamedCurveTable label={t('Points of the precision-recall curve')} curves={curves} axes={[recall, precision]} />}
    />
  );
}

const recall = t('Recall');
const precision = t('Precision');

function optionOf(theme: Theme, { curves, chance, point }: PrecisionRecallChartProps): ChartOption {
  return {
    ...(curves.length > 1 ? legend(theme) : {}),
    tooltip: shareTooltip(theme),
    xAxis: shareAxis(theme, recall),
    yAxis: { ...shareAxis(theme, precision), nameGap: 34 },
    series: [
      ...curveSeries(curves, precision),
      ...(chance === undefined
        ? []
        : [
            reference(theme, [
              [0, chance],
              [1, chance],
            ]),
          ]),
      operatingPoint(theme, point === undefined ? [] : [point]),
    ],
  };
}
