/** The page of a run. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { runPageEvents, runPageRequests } from '../../src/protocol/pages/pageContract.ts';
import { runTitle } from '../../src/protocol/words/runTitle.ts';
import { runReportPage } from '../shared/reportMain.tsx';
import { RunPage } from './RunPage.tsx';
import './run.css';

runReportPage({
  requests: runPageRequests,
  events: runPageEvents,
  titleOf: ({ sheet, project }) => t('{stage} – {project}', { stage: runTitle(sheet.run), project }),
  show: (view, actions) => <RunPage view={view} actions={actions} />,
});
