/** Truth against decision as counts and shares, the more the darker. */
import { formatAmount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';

/** What the shares in a confusion matrix are of. */
export type Normalisation = 'truth' | 'decision' | 'all';

export type Confusion = NonNullable<EvaluationReport['confusion']>;

/** The share of a cell, 0 where there is nothing to be a share of. */
export function shareOfCell(confusion: Confusion, [actual, decided]: readonly [number, number], by: Normalisation): number {
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const row = confusion[actual] ?? [];
  const totals = {
    truth: () => sum(row),
    decision: () => sum(confusion.map((counts) => counts[decided] ?? 0)),
    all: () => sum(confusion.map(sum)),
  };
  const total = totals[by]();
  return total === 0 ? 0 : (row[decided] ?? 0) / total;
}

export interface ConfusionTableProps {
  readonly confusion: Confusion;
  readonly report: EvaluationReport;
  readonly by: Normalisation;
}

export function ConfusionTable({ confusion, report, by }: ConfusionTableProps) {
  const { classes, target } = report;
  return (
    <div className="scroll">
      <table className="confusion">
        <caption className="visually-hidden">{t('Confusion matrix: rows are the truth, columns the decision')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('Truth ↓ Decided →')}</th>
            {classes.map((name) => (
              <th key={name} scope="col" className="number" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((counts, actual) => (
            <tr key={classes[actual]}>
              <th scope="row">
                {classes.length === 2 ? `${target} = ` : ''}
                {classes[actual]}
              </th>
              {counts.map((count, decided) => (
                <Cell
                  key={classes[decided]}
                  count={count}
                  share={shareOfCell(confusion, [actual, decided], by)}
                  isHit={actual === decided}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ count, share, isHit }: { readonly count: number; readonly share: number; readonly isHit: boolean }) {
  if (count === 0) return <td className="number none muted">0</td>;
  const colour = isHit ? 'var(--accent)' : 'var(--sixth)';
  return (
    <td className="number" style={{ background: `color-mix(in srgb, ${colour} ${Math.round(share * 42)}%, transparent)` }}>
      {formatAmount(count)}
      <span className="small"> {formatShare(share)}</span>
    </td>
  );
}
