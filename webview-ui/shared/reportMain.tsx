/** Runs a page that shows one report, inside the editor and as an exported file. */
import type { ReactNode } from 'react';
import { t } from '../../src/base/localize.ts';
import type { Remote } from '../../src/protocol/contract.ts';
import type { ReportEvents, ReportPageView, ReportRequests } from '../../src/protocol/pageContract.ts';
import { readDataBlock } from './dataBlock.ts';
import { ErrorNotice } from './ErrorNotice.tsx';
import { connectHost } from './host.ts';
import { startPage } from './render.tsx';

/** What a report page can ask for. An exported page only copies. */
export interface ReportActions<Place extends string> {
  readonly copy: (text: string) => Promise<unknown>;
  readonly exportHtml?: () => Promise<unknown>;
  readonly reveal?: (what: Place) => Promise<unknown>;
}

export interface ReportMain<Ready, Place extends string> {
  readonly requests: ReportRequests<ReportPageView<Ready>, Place>;
  readonly events: ReportEvents<ReportPageView<Ready>>;
  readonly titleOf: (view: Ready) => string;
  readonly show: (view: Ready, actions: ReportActions<Place>) => ReactNode;
}

export function runReportPage<Ready, Place extends string>({ requests, events, titleOf, show }: ReportMain<Ready, Place>): void {
  const render = startPage();
  const accept = (view: ReportPageView<Ready>, actions: ReportActions<Place>): void => {
    switch (view.state) {
      case 'loading':
        render(<p className="muted">{t('Reading the report…')}</p>);
        break;
      case 'failed':
        render(<ErrorNotice error={view.error} />);
        break;
      case 'ready':
        document.title = titleOf(view);
        render(show(view, actions));
    }
  };
  const exported = readDataBlock('view');
  if (exported !== undefined) {
    accept(exported as ReportPageView<Ready>, { copy: async (text) => navigator.clipboard.writeText(text) });
    return;
  }
  accept({ state: 'loading' }, { copy: async () => Promise.resolve() });
  const host: Remote<typeof requests> = connectHost(requests, events, (view: ReportPageView<Ready>) => {
    accept(view, {
      copy: async (text) => host.copy({ text }),
      exportHtml: async () => host.exportHtml(null),
      reveal: async (what) => host.reveal({ what }),
    });
  });
}
