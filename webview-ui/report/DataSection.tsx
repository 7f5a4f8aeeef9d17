/** What is known of the rows that were measured. */
import { formatCount, formatFigure, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import { Bar } from '../shared/Bar.tsx';
import { DataTable, type Column } from '../shared/DataTable.tsx';

type Statistics = NonNullable<EvaluationReport['data']>;

interface MissingColumn {
  readonly column: string;
  readonly missing: number;
}

export function DataSection({ data }: { readonly data: Statistics | undefined }) {
  if (data === undefined) return null;
  const missing = Object.entries(data.missing)
    .map(([column, count]): MissingColumn => ({ column, missing: count }))
    .sort((a, b) => b.missing - a.missing);
  return (
    <section aria-labelledby="data" className="data">
      <h2 id="data">{t('Data')}</h2>
      <p className="note">{wordsOf(data)}</p>
      {missing.length === 0 ? (
        <p className="muted">{t('No value is missing.')}</p>
      ) : (
        <DataTable label={t('Columns with missing values')} columns={columnsFor(data.rows)} items={missing} wholeUpTo={16} />
      )}
    </section>
  );
}

function wordsOf({ dataset, rows, target }: Statistics): string {
  const read = t('{rows} rows of {dataset}.', { rows: formatCount(rows), dataset });
  if (target === undefined) return read;
  const { name } = target;
  if (target.kind === 'number') return `${read} ${t('The mean of {name} is {mean}.', { name, mean: formatFigure(target.mean) })}`;
  const shares = target.shares.map(({ value, share }) => `${value} ${formatShare(share)}`).join(', ');
  return `${read} ${t('{name}: {shares}.', { name, shares })}`;
}

function columnsFor(rows: number): Column<MissingColumn>[] {
  return [
    { header: t('Column'), value: ({ column }) => column, show: ({ column }) => <code>{column}</code> },
    { header: t('Missing'), value: ({ missing }) => missing, show: ({ missing }) => formatCount(missing) },
    { header: t('Share'), value: ({ missing }) => missing / rows, show: ({ missing }) => formatShare(missing / rows) },
    { header: t('Of all rows'), show: ({ missing }) => <Bar share={missing / rows} /> },
  ];
}
