/** What the model relies on. */
import { formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import { Bar } from '../shared/Bar.tsx';
import { DataTable, type Column } from '../shared/DataTable.tsx';

type Importance = EvaluationReport['importance'][number];

export function ImportanceSection({ importance }: { readonly importance: readonly Importance[] }) {
  if (importance.length === 0) return null;
  const largest = Math.max(...importance.map(({ share }) => share));
  const columns: readonly Column<Importance>[] = [
    { header: t('Feature'), value: ({ feature }) => feature, show: ({ feature }) => <code>{feature}</code> },
    { header: t('Share'), value: ({ share }) => share, show: ({ share }) => formatShare(share) },
    { header: t('Compared with the largest'), show: ({ share }) => <Bar share={share / largest} /> },
  ];
  return (
    <section aria-labelledby="importance" className="importance">
      <h2 id="importance">{t('What the model relies on')}</h2>
      <DataTable label={t('Features by their share')} columns={columns} items={importance} />
      <p className="muted small chart-note">
        {t(
          'Of boosted trees the share of the gain in training, of a linear model that of the coefficients, each times the spread of its column.',
        )}
      </p>
    </section>
  );
}
