/** What the parts of the run page are given. */
import type { ReadyReports, RunPlace } from '../../src/protocol/pages/pageContract.ts';
import type { ReportActions } from '../shared/reportMain.tsx';

export interface RunPartProps {
  readonly view: ReadyReports['run'];
  readonly actions: ReportActions<RunPlace>;
}
