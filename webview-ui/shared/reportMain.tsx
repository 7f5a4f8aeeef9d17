/** Runs a page that shows one report, inside the editor and as an exported file. */
import type { ReactNode } from 'react';
import { t } from '../../src/base/localize.ts';
import type { Contract, Remote } from '../../src/protocol/contracts/contract.ts';
import type { ReportEvents, ReportPageView, ReportRequests } from '../../src/protocol/pages/pageContract.ts';
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

export interface ReportMain<Ready, Place extends string, Requests extends Contract> {
  readonly requests: ReportRequests<ReportPageView<Ready>, Place> & Requests;
  readonly events: ReportEvents<ReportPageView<Ready>>;
  readonly titleOf: (view: Ready) => string;
  /** @param host all that the page can ask for; undefined in an exported page */
  readonly show: (view: Ready, actions: ReportActions<Place>, host: Remote<Requests> | undefined) => ReactNode;
}

export function runReportPage<Ready, Place extends string, Requests extends Contract>({
  requests,
  events,
  titleOf,
  show,
}: ReportMain<Ready, Place, Requests>): void {
  const render = startPage();
  const accept = (view: ReportPageView<Ready>, actions: ReportActions<Place>, host?: Remote<Requests>): void => {
    switch (view.state) {
      case 'loading':
        render(<p className="muted">{t('Reading the report…')}</p>);
        break;
      case 'failed':
        render(<ErrorNotice error={view.error} />);
        break;
      case 'ready':
        document.title = titleOf(view);
        render(show(view, actions, host));
    }
  };
  const exported = readDataBlock('view');
  if (exported !== undefined) {
    accept(exported as ReportPageView<Ready>, { copy: async (text) => navigator.clipboard.writeText(text) });
    return;
  }
  accept({ state: 'loading' }, { copy: async () => Promise.resolve() });
  const own: Remote<Requests> = connectHost<ReportPageView<Ready>, Requests>(requests, events, (view) => {
    const actions: ReportActions<Place> = {
      copy: async (text) => host.copy({ text }),
      exportHtml: async () => host.exportHtml(null),
      reveal: async (what) => host.reveal({ what }),
    };
    accept(view, actions, own);
  });
  const host = own as unknown as Remote<ReportRequests<ReportPageView<Ready>, Place>>; // a page's requests are these and its own
}
