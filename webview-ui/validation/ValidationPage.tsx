/** Whether the data may be learned from, from the verdict down to where its numbers come from. */
import { useState } from 'react';
import { formatCount, formatShare } from '../../src/base/format.ts';
import { t } from '../../src/base/localize.ts';
import type { ReadyReports } from '../../src/protocol/pages/pageContract.ts';
import type { ValidationReport } from '../../src/protocol/validation.ts';
import { CopyButton } from '../shared/CopyButton.tsx';
import type { ReportActions } from '../shared/reportMain.tsx';
import { Facts, formatMoment, Provenance, ReportHeader, Verdict, type Fact } from '../shared/ReportFrame.tsx';
import { SectionLinks } from '../shared/SectionLinks.tsx';
import { ChecksSection, type CheckFilter } from './ChecksSection.tsx';
import { ColumnsSection } from './ColumnsSection.tsx';
import { FindingsSection } from './FindingsSection.tsx';
import { TargetSection } from './TargetSection.tsx';
import { countOf, verdictSigns, verdictTones } from './verdicts.ts';

export interface ValidationPageProps {
  readonly view: ReadyReports['validation'];
  readonly actions: ReportActions<'stage' | 'dataset'>;
}

export function ValidationPage({ view, actions }: ValidationPageProps) {
  const { report, stage, project } = view;
  const [filter, setFilter] = useState<CheckFilter>(countOf(report.checks, 'passed') === report.checks.length ? 'all' : 'findings');
  return (
    <>
      <ReportHeader
        path={[project, stage]}
        title={t('Check of the data set “{dataset}”', { dataset: report.dataset })}
        exportHtml={actions.exportHtml}
      />
      <Verdict tone={verdictTones[report.verdict]} sign={verdictSigns[report.verdict]}>
        {headlineOf(report)}
      </Verdict>
      <Facts facts={factsOf(report)} />
      <SectionLinks />
      <FindingsSection
        checks={report.checks}
        showAll={() => {
          setFilter('findings');
          document.getElementById('checks')?.scrollIntoView();
        }}
      />
      <TargetSection report={report} />
      <ColumnsSection report={report} />
      <ChecksSection checks={report.checks} filter={filter} onFilter={setFilter} />
      <Origin view={view} actions={actions} />
    </>
  );
}

function headlineOf({ checks, verdict }: ValidationReport): string {
  const failed = countOf(checks, 'failed');
  const warned = countOf(checks, 'warned');
  switch (verdict) {
    case 'passed':
      return t('Ready to learn from: all {count} checks passed.', { count: formatCount(checks.length) });
    case 'warned':
      return warned === 1
        ? t('Ready to learn from, with 1 warning to look at first.')
        : t('Ready to learn from, with {warned} warnings to look at first.', { warned: formatCount(warned) });
    case 'failed':
      return warned === 0
        ? t('Not ready to learn from: {failed} of {all} checks failed.', { failed: formatCount(failed), all: formatCount(checks.length) })
        : t('Not ready to learn from: {failed} of {all} checks failed, {warned} warned.', {
            failed: formatCount(failed),
            warned: formatCount(warned),
            all: formatCount(checks.length),
          });
  }
}

function factsOf({ rows, columns, duplicates, target, checks }: ValidationReport): Fact[] {
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  const cells = rows * columns.length;
  const withMissing = columns.filter((column) => column.missing > 0).length;
  const passed = countOf(checks, 'passed');
  return [
    [t('Rows'), formatCount(rows)],
    [t('Columns'), formatCount(columns.length)],
    [
      t('Missing values'),
      missing === 0 ? t('none') : t('{share} in {count} columns', { share: formatShare(missing / cells), count: formatCount(withMissing) }),
    ],
    [
      t('Duplicate rows'),
      duplicates === 0 ? t('none') : t('{count} ({share})', { count: formatCount(duplicates), share: formatShare(duplicates / rows) }),
    ],
    ...(target === undefined ? [] : [[t('Target'), target.name] as const]),
    [t('Checks passed'), t('{passed} of {all}', { passed: formatCount(passed), all: formatCount(checks.length) })],
  ];
}

function Origin({ view, actions }: ValidationPageProps) {
  const { report, stage, checkedAt } = view;
  const { reveal, copy } = actions;
  const entries: Fact[] = [
    [
      t('Data set'),
      <>
        {report.dataset} <CopyButton text={report.datasetDigest} what={t('the digest of the data set')} copy={copy} />
      </>,
    ],
    [t('Stage'), stage],
    ...(checkedAt === undefined ? [] : [[t('Checked'), formatMoment(checkedAt)] as const]),
  ];
  return (
    <Provenance entries={entries}>
      {reveal === undefined ? null : (
        <p className="actions">
          <button type="button" onClick={() => void reveal('stage')}>
            {t('Show the stage')}
          </button>
          <button type="button" onClick={() => void reveal('dataset')}>
            {t('Show the data set')}
          </button>
        </p>
      )}
    </Provenance>
  );
}
