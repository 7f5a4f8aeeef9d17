/** What would be learned: the classes of the target with their shares, or the distribution of a quantity. */
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { CheckedTarget, ValidationReport } from '../../src/protocol/validation.ts';
import { Bar } from '../shared/Bar.tsx';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import { ColumnDetail } from './ColumnDetail.tsx';

type TargetClass = CheckedTarget['classes'][number];

export function TargetSection({ report }: { readonly report: ValidationReport }) {
  const { target, rows } = report;
  if (target === undefined) return null;
  const { name, classes, classCount, statistics, positive } = target;
  const { missing } = statistics;
  return (
    <section aria-labelledby="target" className="target">
      <h2 id="target">{t('Target “{name}”', { name })}</h2>
      {missing === 0 ? null : (
        <p className="note">
          {t('{count} rows ({share}) have no target.', { count: formatCount(missing), share: formatShare(missing / rows) })}
        </p>
      )}
      {classes.length === 0 ? (
        <ColumnDetail column={statistics} rows={rows} />
      ) : (
        <>
          <DataTable label={t('Classes of the target by their share')} columns={classColumns} items={classes} wholeUpTo={16} />
          {positive === undefined ? null : (
            <p className="muted small note">
              {t('The positive class is {positive}: probabilities, thresholds and metrics are those of this class.', { positive })}
            </p>
          )}
          {classCount > classes.length ? (
            <p className="muted small note">
              {t('The {shown} classes shown are the largest and the smallest of {all}.', {
                shown: formatCount(classes.length),
                all: formatCount(classCount),
              })}
            </p>
          ) : null}
        </>
      )}
    </section>
  );
}

const classColumns: readonly Column<TargetClass>[] = [
  { header: t('Class'), value: ({ value }) => value, show: ({ value }) => <span className="name">{value}</span> },
  { header: t('Rows'), value: ({ count }) => count, show: ({ count }) => formatCount(count) },
  { header: t('Share'), value: ({ share }) => share, show: ({ share }) => formatShare(share) },
  { header: t('Of all rows'), show: ({ share }) => <Bar share={share} /> },
];
