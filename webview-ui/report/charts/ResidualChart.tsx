/** How far predictions lie from the truth. */
import { useCallback } from 'react';
import { formatCount } from '../../../src/base/format.ts';
import { t } from '../../../src/base/localize.ts';
import type { Histogram } from '../../../src/protocol/evaluation.ts';
import { Chart } from '../../shared/Chart.tsx';
import { histogramOption } from '../../shared/histogram.ts';
import type { Theme } from '../../shared/theme.ts';
import { CurveTable } from '../../shared/curveTable.tsx';

export function ResidualChart({ histogram, target }: { readonly histogram: Histogram; readonly target: string }) {
  const option = useCallback((theme: Theme) => histogramOption(theme, histogram, { format: shortEdge }), [histogram]);
  const { edges, counts, below, above } = histogram;
  const rows = counts.reduce((sum, count) => sum + count, below + above);
  return (
    <Chart
      title={t('Residuals')}
      description={t('Histogram of prediction minus truth of {target} over {rows} rows.', { target, rows: formatCount(rows) })}
      note={t('Prediction minus truth. {outside} rows lie beyond the edges.', { outside: formatCount(below + above) })}
      option={option}
      table={
        <CurveTable
          label={t('Bins of the residuals')}
          columns={{ [t('From')]: edges.slice(0, -1), [t('To')]: edges.slice(1), [t('Rows')]: counts }}
        />
      }
    />
  );
}

function shortEdge(edge: number): string {
  return Number(edge.toPrecision(3)).toString().replace('-', '−');
}
