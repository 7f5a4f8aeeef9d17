/** The evaluation report, inside the editor and as an exported file. */
import '../shared/texts.ts';
import { t } from '../../src/base/localize.ts';
import { reportPageEvents, reportPageRequests, type ReportView } from '../../src/protocol/pageContract.ts';
import { readDataBlock } from '../shared/dataBlock.ts';
import { connectHost } from '../shared/host.ts';
import { startPage } from '../shared/render.tsx';
import { ErrorNotice } from '../shared/ErrorNotice.tsx';
import type { ReportActions } from './readyReport.ts';
import { ReportPage } from './ReportPage.tsx';
import './report.css';

const show = startPage();

function render(view: ReportView, actions: ReportActions): void {
  switch (view.state) {
    case 'loading':
      show(<p className="muted">{t('Reading the report…')}</p>);
      break;
    case 'failed':
      show(<ErrorNotice error={view.error} />);
      break;
    case 'ready':
      document.title = t('{stage} – {project}', { stage: view.report.stage, project: view.project });
      show(<ReportPage view={view} actions={actions} />);
  }
}

const exported = readDataBlock('view');
if (exported === undefined) {
  const host = connectHost(reportPageRequests, reportPageEvents, (view: ReportView) => {
    render(view, {
      copy: async (text) => host.copy({ text }),
      exportHtml: async () => host.exportHtml(null),
      reveal: async (what) => host.reveal({ what }),
    });
  });
  render({ state: 'loading' }, { copy: async () => Promise.resolve() });
} else {
  render(exported as ReportView, { copy: async (text) => navigator.clipboard.writeText(text) });
}
