/** What the parts of the report page are given. */
import type { ReportView } from '../../src/protocol/pageContract.ts';

export type ReadyReport = Extract<ReportView, { readonly state: 'ready' }>;

export interface ReportActions {
  readonly copy: (text: string) => Promise<unknown>;
  /** Left out in an exported page. */
  readonly exportHtml?: () => Promise<unknown>;
  readonly reveal?: (what: 'stage' | 'model') => Promise<unknown>;
}
