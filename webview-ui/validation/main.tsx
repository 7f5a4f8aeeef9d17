/** The validation report. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { validationPageEvents, validationPageRequests } from '../../src/protocol/pages/pageContract.ts';
import { runReportPage } from '../shared/reportMain.tsx';
import { ValidationPage } from './ValidationPage.tsx';
import './validation.css';

runReportPage({
  requests: validationPageRequests,
  events: validationPageEvents,
  titleOf: ({ stage, project }) => t('{stage} – {project}', { stage, project }),
  show: (view, actions) => <ValidationPage view={view} actions={actions} />,
});
