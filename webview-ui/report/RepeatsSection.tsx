/** The spread of the training's metrics over its folds or seeds. */
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { RepeatedMetric } from '../../src/protocol/repeats.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

export function RepeatsSection({ repeats }: { readonly repeats: readonly RepeatedMetric[] }) {
  if (repeats.length === 0) return null;
  return (
    <section aria-labelledby="repeats" className="repeats">
      <h2 id="repeats">{t('Over the folds or seeds of the training')}</h2>
      <DataTable label={t('Metrics of the training with their spread')} columns={columns} items={repeats} />
    </section>
  );
}

const columns: readonly Column<RepeatedMetric>[] = [
  { header: t('Metric'), value: ({ metric }) => metric, show: ({ metric }) => <code>{metric}</code> },
  { header: t('Mean'), value: ({ mean }) => mean, show: ({ mean }) => formatFigure(mean) },
  {
    header: t('Standard deviation'),
    value: ({ standardDeviation }) => standardDeviation,
    show: ({ standardDeviation }) => `± ${formatFigure(standardDeviation)}`,
  },
];
