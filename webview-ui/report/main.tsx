/** The evaluation report. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { reportPageEvents, reportPageRequests } from '../../src/protocol/pages/pageContract.ts';
import { runReportPage } from '../shared/reportMain.tsx';
import { ReportPage } from './ReportPage.tsx';
import './report.css';

runReportPage({
  requests: reportPageRequests,
  events: reportPageEvents,
  titleOf: ({ report, project }) => t('{stage} – {project}', { stage: report.stage, project }),
  show: (view, actions) => <ReportPage view={view} actions={actions} />,
});
