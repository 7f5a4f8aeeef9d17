/** The evaluation report from the verdict down to where its numbers come from. */
import { formatCount, formatFigure, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport } from '../../src/protocol/evaluation.ts';
import { verdictOf } from '../../src/protocol/verdict.ts';
import { Facts, ReportHeader, Verdict, type Fact } from '../shared/ReportFrame.tsx';
import { SectionLinks } from '../shared/SectionLinks.tsx';
import { ClassSection } from './ClassSection.tsx';
import { CurvesSection } from './CurvesSection.tsx';
import { DataSection } from './DataSection.tsx';
import { GatesSection } from './GatesSection.tsx';
import { ImportanceSection } from './ImportanceSection.tsx';
import { LeakageSection } from './LeakageSection.tsx';
import { MetricsSection } from './MetricsSection.tsx';
import { ProvenanceSection } from './ProvenanceSection.tsx';
import { RankingSection } from './RankingSection.tsx';
import { RepeatsSection } from './RepeatsSection.tsx';
import type { EvaluationActions, ReadyReport } from './readyReport.ts';
import { RunIdentity } from './RunIdentity.tsx';
import { SegmentsSection } from './SegmentsSection.tsx';

export function ReportPage({ view, actions }: { readonly view: ReadyReport; readonly actions: EvaluationActions }) {
  const { report, project } = view;
  const verdict = verdictOf(report);
  return (
    <>
      <ReportHeader
        path={[project, report.stage]}
        title={t('Evaluation of “{target}” on “{dataset}”', { target: report.target, dataset: report.dataset })}
        exportHtml={actions.exportHtml}
      />
      {view.run === undefined ? null : <RunIdentity reported={view.run} report={report} />}
      <Verdict tone={verdict.tone} sign={verdict.sign}>
        {verdict.message}
      </Verdict>
      <Facts facts={factsOf(report)} />
      {report.notes.map((note) => (
        <p key={note} className="muted note">
          {note}
        </p>
      ))}
      <SectionLinks />
      <LeakageSection leakage={report.leakage} leakageChecks={report.leakageChecks} />
      <GatesSection gates={report.gates} />
      <MetricsSection report={report} />
      <RankingSection report={report} />
      <RepeatsSection repeats={view.repeats} />
      <CurvesSection report={report} />
      <ClassSection report={report} />
      <ImportanceSection importance={report.importance} />
      <SegmentsSection report={report} />
      <DataSection data={report.data} />
      <ProvenanceSection view={view} actions={actions} />
    </>
  );
}

function factsOf({ rows, target, gates, classes, classShares, baseline, ...report }: EvaluationReport): Fact[] {
  const passed = gates.filter((gate) => gate.passed).length;
  const positive = classes.length === 2 ? classShares[1] : undefined;
  return [
    [t('Rows'), formatCount(rows)],
    ...(positive === undefined
      ? []
      : [
          [
            t('Positive class'),
            t('{target} = {value} ({share})', { target, value: classes[1] ?? '', share: formatShare(positive) }),
          ] as const,
        ]),
    ...(classes.length > 2 ? [[t('Classes'), formatCount(classes.length)] as const] : []),
    ...(report.threshold === undefined ? [] : [[t('Threshold'), <Threshold key="threshold" {...report} />] as const]),
    [t('Baseline'), baseline],
    ...(report.sampleWeight === undefined ? [] : [[t('Weighted by'), report.sampleWeight] as const]),
    ...(gates.length === 0 ? [] : [[t('Gates passed'), t('{passed} of {all}', { passed, all: gates.length })] as const]),
  ];
}

function Threshold({ threshold, thresholdChoice }: Pick<EvaluationReport, 'threshold' | 'thresholdChoice'>) {
  const words = choiceWords(thresholdChoice);
  return (
    <>
      {formatFigure(threshold ?? NaN)} {words === undefined ? null : <span className="muted small">{words}</span>}
    </>
  );
}

/** How the threshold came about, where somebody chose. */
function choiceWords(choice: EvaluationReport['thresholdChoice']): string | undefined {
  switch (choice?.by) {
    case 'maximize':
      return t('maximizes {metric}', { metric: choice.metric });
    case 'cost':
      return t('least cost');
    case 'number':
      return t('set by hand');
    case 'default':
    case undefined:
      return undefined;
  }
}
