/** What the parts of the report page are given. */
import type { ReadyReports } from '../../src/protocol/pages/pageContract.ts';
import type { ReportActions } from '../shared/reportMain.tsx';

export type ReadyReport = ReadyReports['report'];
export type EvaluationActions = ReportActions<'stage' | 'model'>;
