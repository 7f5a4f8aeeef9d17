/** What was changed since the run before, and what came of it. */
import { formatAge } from '../../src/base/clock.ts';
import { formatDifference, formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { RunPlace } from '../../src/protocol/pages/pageContract.ts';
import type { RunChange, RunSheet } from '../../src/protocol/run.ts';
import { changeName, changeWords, isData } from '../../src/protocol/words/runTitle.ts';
import { DataTable, type Column } from '../shared/DataTable.tsx';
import type { ReportActions } from '../shared/reportMain.tsx';

export function ChangesSection({ sheet, actions }: { readonly sheet: RunSheet; readonly actions: ReportActions<RunPlace> }) {
  const { before, run } = sheet;
  if (before === undefined || run.changes === undefined) return null;
  return (
    <section aria-labelledby="changes" className="changes">
      <h2 id="changes">{t('Changed since the run before')}</h2>
      {run.changes.length === 0 ? (
        <p>{t('Nothing: neither settings nor data.')}</p>
      ) : (
        <DataTable label={t('What was changed')} columns={columns} items={run.changes} />
      )}
      <p className="muted small since">
        {t('The run before: {title}, {age}.', { title: before.title, age: formatAge(before.startedAt) })} <Outcome sheet={sheet} />{' '}
        {actions.reveal === undefined ? null : (
          <button type="button" className="plain" onClick={() => void actions.reveal?.('before')}>
            {t('Open it')}
          </button>
        )}
      </p>
    </section>
  );
}

const columns: readonly Column<RunChange>[] = [
  { header: t('What'), value: changeName, show: (change) => <span className="mono">{changeName(change)}</span> },
  { header: t('Before'), value: ({ before }) => before ?? '', show: (change) => <Value change={change} text={change.before} /> },
  { header: t('Now'), value: ({ after }) => after ?? '', show: (change) => <Value change={change} text={change.after} /> },
  { header: t('In short'), value: changeWords },
];

/** Of a digest its first digits tell two apart. */
function Value({ change, text }: { readonly change: RunChange; readonly text: string | undefined }) {
  if (text === undefined) return <span className="muted">–</span>;
  const shown = isData(change) ? text.slice(0, 12) : text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return (
    <span className="mono" title={text}>
      {shown}
    </span>
  );
}

function Outcome({ sheet: { before, run } }: { readonly sheet: RunSheet }) {
  const [old, now] = [before?.headline, run.headline];
  if (now === undefined || old?.name !== now.name) return null;
  return (
    <>
      {t('{metric} went from {before} to {after} ({difference}).', {
        metric: now.name,
        before: formatFigure(old.value),
        after: formatFigure(now.value),
        difference: formatDifference(now.value - old.value),
      })}
    </>
  );
}
