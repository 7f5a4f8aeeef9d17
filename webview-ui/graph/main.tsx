/** The pipeline graph. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { graphPageEvents, graphPageRequests, type ReadyReports } from '../../src/protocol/pages/pageContract.ts';
import { runReportPage } from '../shared/reportMain.tsx';
import { GraphPage } from './GraphPage.tsx';
import './graph.css';

runReportPage<ReadyReports['graph'], 'project', typeof graphPageRequests>({
  requests: graphPageRequests,
  events: graphPageEvents,
  titleOf: ({ project }) => t('{subject} – {project}', { subject: t('pipeline'), project }),
  show: (view, actions, host) => <GraphPage view={view} actions={actions} host={host} />,
});
