/** Which classes were taken for which, and how well each was recognised. */
import { formatCount, formatFigure, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ClassResult, EvaluationReport } from '../../src/protocol/evaluation.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';

/** More classes than this no table shows side by side. */
const shownClasses = 12;

export function ClassSection({ report }: { readonly report: EvaluationReport }) {
  const { confusion, classes, classResults, threshold } = report;
  if (confusion === undefined) return null;
  return (
    <section aria-labelledby="classes">
      <h2 id="classes">
        {threshold === undefined ? t('Classes') : t('Classes at threshold {threshold}', { threshold: formatFigure(threshold) })}
      </h2>
      <div className="columns">
        {classes.length > shownClasses ? (
          <p className="muted">{t('{count} classes are too many for a table of which was taken for which.', { count: classes.length })}</p>
        ) : (
          <ConfusionTable confusion={confusion} report={report} />
        )}
        <DataTable label={t('Figures of each class')} columns={classColumns} items={classResults} />
      </div>
    </section>
  );
}

function ConfusionTable({ confusion, report }: { readonly confusion: readonly (readonly number[])[]; readonly report: EvaluationReport }) {
  const { classes, target } = report;
  return (
    <div className="scroll">
      <table className="confusion">
        <caption className="visually-hidden">
          {t('Confusion matrix: rows are the truth, columns the decision; shares are of each row')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('Truth ↓ Decided →')}</th>
            {classes.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((counts, actual) => {
            const total = counts.reduce((sum, count) => sum + count, 0);
            return (
              <tr key={classes[actual]}>
                <th scope="row">
                  {target} = {classes[actual]}
                </th>
                {counts.map((count, decided) => (
                  <ConfusionCell key={classes[decided]} count={count} share={total === 0 ? 0 : count / total} isHit={actual === decided} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function ConfusionCell({ count, share, isHit }: { readonly count: number; readonly share: number; readonly isHit: boolean }) {
  const colour = isHit ? 'var(--accent)' : 'var(--sixth)';
  return (
    <td className="number" style={{ background: `color-mix(in srgb, ${colour} ${Math.round(share * 42)}%, transparent)` }}>
      {formatCount(count)}
      <span className="muted small"> {formatShare(share)}</span>
    </td>
  );
}

const classColumns: readonly Column<ClassResult>[] = [
  { header: t('Class'), value: ({ name }) => name },
  { header: t('Rows'), value: ({ rows }) => rows, show: ({ rows }) => formatCount(rows) },
  { header: t('Precision'), value: ({ precision }) => precision, show: ({ precision }) => formatFigure(precision) },
  { header: t('Recall'), value: ({ recall }) => recall, show: ({ recall }) => formatFigure(recall) },
  { header: t('F1'), value: ({ f1 }) => f1, show: ({ f1 }) => formatFigure(f1) },
];
