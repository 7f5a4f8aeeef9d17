/** A run from its state down to where its numbers come from. */
import { formatDuration } from '../../src/base/clock.ts';
import { formatFigure } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { RunPlace, ReadyReports } from '../../src/protocol/pages/pageContract.ts';
import { runDurationWords } from '../../src/protocol/words/runDuration.ts';
import { runStatusWords } from '../../src/protocol/words/runStatusWords.ts';
import { runDetail } from '../../src/protocol/words/runTitle.ts';
import { versionTitle } from '../../src/protocol/words/versionWords.ts';
import { Facts, formatMoment, ReportHeader, type Fact } from '../shared/ReportFrame.tsx';
import { ChangesSection } from './ChangesSection.tsx';
import { CurveSection } from './CurveSection.tsx';
import { MetricsSection } from './MetricsSection.tsx';
import { NestedSection } from './NestedSection.tsx';
import { ParametersSection } from './ParametersSection.tsx';
import { ProvenanceSection } from './ProvenanceSection.tsx';
import type { RunPartProps } from './runParts.ts';
import { StateNotice } from './StateNotice.tsx';

export function RunPage({ view, actions }: RunPartProps) {
  const { sheet, project } = view;
  const { run } = sheet;
  const detail = runDetail(run);
  return (
    <>
      <ReportHeader path={[project, ...(run.stage === undefined ? [] : [run.stage])]} title={run.name} exportHtml={actions.exportHtml} />
      {detail === undefined ? null : <p className="detail">{detail}</p>}
      <StateNotice view={view} actions={actions} />
      <Facts facts={factsOf(view)} />
      {sheet.hints.map((hint) => (
        <p key={hint} className="hint">
          <span aria-hidden="true">▲</span> {hint}
        </p>
      ))}
      <Links view={view} actions={actions} />
      <CurveSection sheet={sheet} />
      <ChangesSection sheet={sheet} actions={actions} />
      <MetricsSection sheet={sheet} />
      <NestedSection nested={sheet.nested} />
      <ParametersSection sheet={sheet} />
      <ProvenanceSection view={view} actions={actions} />
    </>
  );
}

function factsOf({ sheet, readAt }: ReadyReports['run']): Fact[] {
  const { run, versions } = sheet;
  const { headline, startedAt, endedAt } = run;
  return [
    [t('State'), runStatusWords(run.status)],
    ...(headline === undefined ? [] : [[headline.name, <strong key="headline">{formatFigure(headline.value)}</strong>] as const]),
    [t('Started'), formatMoment(startedAt)],
    endedAt === undefined ? [t('Running for'), formatDuration(readAt - startedAt)] : [t('Took'), runDurationWords(run) ?? ''],
    ...(sheet.bestRound === undefined ? [] : [[t('Rounds kept'), String(sheet.bestRound)] as const]),
    ...(versions.length === 0 ? [] : [[t('Registered as'), versions.map(versionTitle).join(', ')] as const]),
  ];
}

function Links({ view: { sheet }, actions: { reveal } }: RunPartProps) {
  if (reveal === undefined) return null;
  const links: readonly (readonly [RunPlace, string, boolean])[] = [
    ['report', t('Open the evaluation report'), sheet.evaluations.length > 0],
    ['stage', t('Show the stage'), sheet.run.stage !== undefined],
    ['model', t('Show the model folder'), sheet.model !== undefined],
    ['parent', t('Open the run it belongs to'), sheet.parent !== undefined],
    ['log', t('Show the log'), sheet.run.stage !== undefined],
  ];
  return (
    <p className="actions">
      {links.map(([place, title, isThere]) =>
        isThere ? (
          <button key={place} type="button" onClick={() => void reveal(place)}>
            {title}
          </button>
        ) : null,
      )}
    </p>
  );
}
