/** The folds or seeds of a training. */
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { RunOverview } from '../../src/protocol/run.ts';
import { runDuration, runDurationWords } from '../../src/protocol/words/runDuration.ts';
import { runStatusWords } from '../../src/protocol/words/runStatusWords.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

export function NestedSection({ nested }: { readonly nested: readonly RunOverview[] }) {
  if (nested.length === 0) return null;
  return (
    <section aria-labelledby="nested" className="nested">
      <h2 id="nested">{t('Folds, seeds and other nested runs')}</h2>
      <DataTable label={t('Nested runs')} columns={columns} items={nested} />
    </section>
  );
}

const columns: readonly Column<RunOverview>[] = [
  { header: t('Run'), value: ({ name }) => name },
  { header: t('State'), value: ({ status }) => runStatusWords(status) },
  {
    header: t('Took'),
    isNumber: true,
    value: (run) => runDuration(run) ?? NaN,
    show: (run) => runDurationWords(run) ?? '',
  },
  { header: t('Metric'), value: ({ headline }) => headline?.name ?? '', show: ({ headline }) => <code>{headline?.name}</code> },
  {
    header: t('Value'),
    isNumber: true,
    value: ({ headline }) => headline?.value ?? NaN,
    show: ({ headline }) => (headline === undefined ? '' : formatFigure(headline.value)),
  },
];
