/** What was measured, by the part of the data that it was measured on. */
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { metricTable, type MetricCell, type MetricTable } from '../../src/protocol/metricTable.ts';
import type { RunSheet } from '../../src/protocol/run.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

export function MetricsSection({ sheet }: { readonly sheet: RunSheet }) {
  const table = metricTable(
    sheet.run.metrics,
    sheet.evaluations.map(({ stage }) => stage),
  );
  if (table.rows.length === 0) return null;
  return (
    <section aria-labelledby="metrics" className="metrics">
      <h2 id="metrics">{t('Metrics')}</h2>
      <DataTable label={t('Metrics by the data they were measured on')} columns={columnsOf(table)} items={table.rows} />
    </section>
  );
}

function columnsOf({ columns }: MetricTable): Column<MetricTable['rows'][number]>[] {
  return [
    { header: t('Metric'), value: ({ quantity }) => quantity, show: ({ quantity }) => <code>{quantity}</code> },
    ...columns.map((header, index): Column<MetricTable['rows'][number]> => ({
      header,
      isNumber: true,
      value: ({ cells }) => cells[index]?.value ?? NaN,
      show: ({ cells }) => figure(cells[index]),
    })),
  ];
}

function figure(cell: MetricCell | undefined): string {
  if (cell === undefined) return '';
  return cell.spread === undefined ? formatFigure(cell.value) : `${formatFigure(cell.value)} ± ${formatFigure(cell.spread)}`;
}
