/** How well lists are ordered, by how many of their first places count. */
import { formatCount, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport, RankingResult } from '../../src/protocol/evaluation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

/** `ndcg_at_10` is the family `ndcg` at 10. */
const ranked = /^(.+)_at_(\d+)$/;

/** How many of the first places count. */
interface Places {
  readonly k: number;
}

export function RankingSection({ report }: { readonly report: EvaluationReport }) {
  const { ranking, metrics } = report;
  if (ranking === undefined) return null;
  const figures = new Map(metrics.map(({ metric, model }) => [metric, model.value]));
  const families = [...new Set(metrics.flatMap(({ metric }) => ranked.exec(metric)?.[1] ?? []))];
  const places = ranking.k.map((k): Places => ({ k }));
  const columns: Column<Places>[] = [
    { header: t('k'), value: ({ k }) => k },
    ...families.map((family): Column<Places> => {
      const value = ({ k }: Places): number => figures.get(`${family}_at_${k}`) ?? NaN;
      return { header: family, value, show: (places) => formatFigure(value(places)) };
    }),
  ];
  return (
    <section aria-labelledby="ranking" className="ranking">
      <h2 id="ranking">{t('Ranking within {group}', { group: ranking.group })}</h2>
      <DataTable label={t('Figures of the ranking by the places that count')} columns={columns} items={places} />
      <p className="muted small chart-note">{wordsOf(ranking)}</p>
    </section>
  );
}

function wordsOf({ groups, groupsWithoutRelevant, smallestGroup, largestGroup }: RankingResult): string {
  const sizes = t('{groups} lists of {smallest} to {largest} rows.', {
    groups: formatCount(groups),
    smallest: formatCount(smallestGroup),
    largest: formatCount(largestGroup),
  });
  if (groupsWithoutRelevant === 0) return sizes;
  return `${sizes} ${t('{count} of them have no relevant row and count as 0.', { count: formatCount(groupsWithoutRelevant) })}`;
}
