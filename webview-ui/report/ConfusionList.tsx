/** The most frequent mistakes of a classification with too many classes for a matrix. */
import { useMemo } from 'react';
import { formatAmount, formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { shareOfCell, type Confusion, type Normalisation } from './ConfusionTable.tsx';

interface Mistake {
  readonly actual: string;
  readonly decided: string;
  readonly count: number;
  readonly share: number;
}

export interface ConfusionListProps {
  readonly confusion: Confusion;
  readonly classes: readonly string[];
  readonly by: Normalisation;
}

export function ConfusionList({ confusion, classes, by }: ConfusionListProps) {
  const mistakes = useMemo(() => mistakesOf({ confusion, classes, by }), [confusion, classes, by]);
  return (
    <>
      <DataTable label={t('Mistakes, the most frequent first')} columns={columns} items={mistakes} wholeUpTo={16} />
      <p className="muted small chart-note">
        {t('{classes} classes; {count} kinds of mistakes were made.', { classes: classes.length, count: formatCount(mistakes.length) })}
      </p>
    </>
  );
}

function mistakesOf({ confusion, classes, by }: ConfusionListProps): Mistake[] {
  const mistakes = confusion.flatMap((counts, actual) =>
    counts.flatMap((count, decided): Mistake[] =>
      count === 0 || actual === decided
        ? []
        : [
            {
              actual: classes[actual] ?? '',
              decided: classes[decided] ?? '',
              count,
              share: shareOfCell(confusion, [actual, decided], by),
            },
          ],
    ),
  );
  return mistakes.sort((a, b) => b.count - a.count);
}

const columns: readonly Column<Mistake>[] = [
  { header: t('Truth'), value: ({ actual }) => actual, show: ({ actual }) => <span title={actual}>{actual}</span> },
  { header: t('Decided'), value: ({ decided }) => decided, show: ({ decided }) => <span title={decided}>{decided}</span> },
  { header: t('Rows'), value: ({ count }) => count, show: ({ count }) => formatAmount(count) },
  { header: t('Share'), value: ({ share }) => share, show: ({ share }) => formatShare(share) },
];
