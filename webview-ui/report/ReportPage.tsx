/** The evaluation report from the verdict down to where its numbers come from. */
import { formatCount, formatFigure, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { EvaluationReport, Headline } from '../../src/protocol/evaluation.ts';
import { ClassSection } from './ClassSection.tsx';
import { CurvesSection } from './CurvesSection.tsx';
import { GatesSection } from './GatesSection.tsx';
import { ImportanceSection } from './ImportanceSection.tsx';
import { MetricsSection } from './MetricsSection.tsx';
import { ProvenanceSection } from './ProvenanceSection.tsx';
import type { ReadyReport, EvaluationActions } from './readyReport.ts';
import { SegmentsSection } from './SegmentsSection.tsx';

export function ReportPage({ view, actions }: { readonly view: ReadyReport; readonly actions: EvaluationActions }) {
  const { report, project } = view;
  const { exportHtml } = actions;
  return (
    <>
      <header>
        <div>
          <p className="muted">
            {project} › {report.stage}
          </p>
          <h1>{t('Evaluation of {target} on {dataset}', { target: report.target, dataset: report.dataset })}</h1>
        </div>
        {exportHtml === undefined ? null : (
          <button type="button" onClick={() => void exportHtml()}>
            {t('Export as HTML…')}
          </button>
        )}
      </header>
      <Verdict headline={report.headline} />
      <Facts report={report} />
      <GatesSection gates={report.gates} />
      <MetricsSection report={report} />
      <CurvesSection report={report} />
      <ClassSection report={report} />
      <ImportanceSection importance={report.importance} />
      <SegmentsSection report={report} />
      <ProvenanceSection view={view} actions={actions} />
    </>
  );
}

function Verdict({ headline }: { readonly headline: Headline }) {
  const signs = { better: '▲', worse: '▼', unclear: '●' };
  return (
    <p className={`verdict ${headline.outcome}`}>
      <span aria-hidden="true">{signs[headline.outcome]}</span>
      <span>{headline.message}</span>
    </p>
  );
}

function Facts({ report }: { readonly report: EvaluationReport }) {
  const { gates, classes, classShares, threshold } = report;
  const passed = gates.filter((gate) => gate.passed).length;
  const positive = classes.length === 2 ? classShares[1] : undefined;
  const facts: (readonly [string, string])[] = [
    [t('Rows'), formatCount(report.rows)],
    ...(positive === undefined
      ? []
      : [[t('{target} = {value}', { target: report.target, value: classes[1] ?? '' }), formatShare(positive)] as const]),
    ...(classes.length > 2 ? [[t('Classes'), formatCount(classes.length)] as const] : []),
    ...(threshold === undefined ? [] : [[t('Threshold'), formatFigure(threshold)] as const]),
    [t('Baseline'), report.baseline],
    ...(gates.length === 0 ? [] : [[t('Gates passed'), t('{passed} of {all}', { passed, all: gates.length })] as const]),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
