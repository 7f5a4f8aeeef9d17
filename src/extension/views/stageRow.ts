/** What the row of a stage shows: the most urgent first, since a narrow view cuts the end off. Pure: no `vscode` here. */
import { formatTimeLeft } from '../../base/clock.ts';
import type { StageState } from '../../protocol/job.ts';
import type { StageSummary } from '../../protocol/pipeline.ts';
import type { StageProgress } from '../../protocol/run.ts';
import { checkWords, stateWords } from '../../protocol/words/stageWords.ts';
import { figureText } from '../../protocol/headlineMetric.ts';

export interface RowLook {
  readonly icon: string;
  readonly color: string;
}

const looks: Readonly<Record<StageState, RowLook>> = {
  stale: { icon: 'circle-large-outline', color: 'descriptionForeground' },
  unchanged: { icon: 'pass', color: 'testing.iconPassed' },
  done: { icon: 'pass', color: 'testing.iconPassed' },
  waiting: { icon: 'watch', color: 'descriptionForeground' },
  running: { icon: 'loading~spin', color: 'progressBar.background' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  cancelled: { icon: 'circle-slash', color: 'descriptionForeground' },
  blocked: { icon: 'circle-slash', color: 'testing.iconSkipped' },
};

/** A check that warned lets the pipeline go on, but is not simply in order. */
export function stageLook({ state, check }: Pick<StageSummary, 'state' | 'check'>): RowLook {
  const isOver = state === 'done' || state === 'unchanged';
  return isOver && check?.verdict === 'warned' ? { icon: 'warning', color: 'list.warningForeground' } : looks[state];
}

/** Of a stage that runs, how far it is; of one that would run, why; of one that is over, what came of it. */
export function stageWords(stage: StageSummary): string {
  const { state, reasons, metric, check, progress } = stage;
  switch (state) {
    case 'running':
      return progress === undefined ? stateWords(state) : progressWords(progress);
    case 'waiting':
    case 'cancelled':
      return stateWords(state);
    case 'stale':
    case 'failed':
    case 'blocked':
      return reasons[0] ?? stateWords(state);
    case 'unchanged':
    case 'done':
      return [
        check === undefined ? undefined : checkWords(check),
        metric === undefined ? undefined : `${figureText(metric)} ${metric.name}`,
        reasons[0],
      ]
        .filter((part) => part !== undefined)
        .join(' · ');
  }
}

/** `13 % · Round 40 of 300: validation log loss 0.4712 · 9.0 s left` */
export function progressWords({ fraction, message, remainingMs }: StageProgress): string {
  const parts = [fraction === undefined ? undefined : `${String(Math.round(100 * fraction))} %`, message, formatTimeLeft(remainingMs)];
  return parts.filter((part) => part !== undefined).join(' · ');
}
