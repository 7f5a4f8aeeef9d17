/** Which model was measured: its run, what was changed for it, where it is registered and what it is compared with. */
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import type { ReportedRun } from '../../src/protocol/run.ts';
import { changeWords, runDetail } from '../../src/protocol/words/runTitle.ts';
import { versionTitle } from '../../src/protocol/words/versionWords.ts';
import { Facts, formatMoment, type Fact } from '../shared/ReportFrame.tsx';

const shownChanges = 6;

export function RunIdentity({ reported, report }: { readonly reported: ReportedRun; readonly report: EvaluationReport }) {
  const { run, before, versions } = reported;
  const changes = run.changes ?? [];
  const facts: Fact[] = [
    [t('Run'), run.note === undefined ? run.name : `${run.name} · ${runDetail({ note: run.note, changes: [] }) ?? ''}`],
    [t('Trained'), formatMoment(run.startedAt)],
    ...(before === undefined ? [] : [[t('Changed since the run before'), changesWords(changes)] as const]),
    ...(versions.length === 0 ? [] : [[t('Registered as'), versions.map(versionTitle).join(', ')] as const]),
    [t('Compared with'), [report.baseline, ...(report.champion === undefined ? [] : [report.champion.name])].join(', ')],
  ];
  return (
    <div className="identity">
      <Facts facts={facts} />
    </div>
  );
}

function changesWords(changes: NonNullable<ReportedRun['run']['changes']>): string {
  if (changes.length === 0) return t('nothing');
  const shown = changes.slice(0, shownChanges).map(changeWords).join(', ');
  return changes.length > shownChanges ? t('{changes} and {more} more', { changes: shown, more: changes.length - shownChanges }) : shown;
}
