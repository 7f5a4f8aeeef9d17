/** Whether the data may be learned from, from the verdict down to where its numbers come from. */
import { t } from '../../src/base/localize.ts';
import type { ReadyReports } from '../../src/protocol/pageContract.ts';
import type { ReportActions } from '../shared/reportMain.tsx';

export interface ValidationPageProps {
  readonly view: ReadyReports['validation'];
  readonly actions: ReportActions<'stage' | 'dataset'>;
}

export function ValidationPage({ view }: ValidationPageProps) {
  return <h1>{t('Check of {dataset}', { dataset: view.report.dataset })}</h1>;
}
