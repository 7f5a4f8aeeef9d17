/** The first thing a reader wants to know: how far the run is, what came of it, or why it failed and what to do. */
import { formatDuration } from '../../src/base/clock.ts';
import { formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { StageProgress } from '../../src/protocol/run.ts';
import { Bar } from '../shared/Bar.tsx';
import { Verdict } from '../shared/ReportFrame.tsx';
import type { RunPartProps } from './runParts.ts';

export function StateNotice({ view, actions }: RunPartProps) {
  const { run, progress, evaluations } = view.sheet;
  const last = evaluations.at(-1);
  switch (run.status) {
    case 'RUNNING':
    case 'SCHEDULED':
      return <Progress progress={progress} />;
    case 'FAILED':
      return <Failure view={view} actions={actions} />;
    case 'KILLED':
      return (
        <Verdict tone="warn" sign="–">
          {t('Cancelled before it had finished. What was measured until then is below.')}
        </Verdict>
      );
    case 'FINISHED':
      if (last !== undefined) {
        return (
          <Verdict tone={last.verdict.tone} sign={last.verdict.sign}>
            {last.verdict.message}
          </Verdict>
        );
      }
      return (
        <Verdict tone="neutral" sign="✓">
          {t('Finished. No evaluation has measured its model on other data yet.')}
        </Verdict>
      );
  }
}

function Progress({ progress }: { readonly progress: StageProgress | undefined }) {
  const fraction = progress?.fraction;
  const parts = [
    progress?.message ?? t('Starting…'),
    fraction === undefined ? undefined : formatShare(fraction),
    progress?.remainingMs === undefined ? undefined : t('{duration} left', { duration: formatDuration(progress.remainingMs) }),
  ];
  return (
    <div className="verdict neutral progress" role="status">
      <span aria-hidden="true">◐</span>
      <span>
        <span>{parts.filter((part) => part !== undefined).join(' · ')}</span>
        {fraction === undefined ? null : <Bar share={fraction} />}
      </span>
    </div>
  );
}

/** The code stands beside, since a search for it leads further than the words. */
function Failure({ view: { sheet, repair }, actions: { reveal } }: RunPartProps) {
  const { failure } = sheet.run;
  const place = failure?.at === undefined ? undefined : `${failure.at.file}:${failure.at.line}:${failure.at.column}`;
  return (
    <div className="verdict bad failure" role="alert">
      <span aria-hidden="true">✗</span>
      <div>
        <p>{failure?.message ?? t('Failed. Why is not recorded: the run is of another tool, or of an earlier version.')}</p>
        {failure?.remedy === undefined ? null : <p className="remedy">{failure.remedy}</p>}
        {failure === undefined ? null : (
          <p className="muted small mono">{[failure.code, place].filter((part) => part !== undefined).join(' · ')}</p>
        )}
        {repair === undefined || reveal === undefined ? null : (
          <p className="actions">
            <button type="button" className="primary" onClick={() => void reveal('repair')}>
              {repair}
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
