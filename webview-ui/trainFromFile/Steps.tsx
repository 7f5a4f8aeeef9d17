/** The stages of the training with their states. */
import { formatDuration } from '../../src/base/clock.ts';
import { t } from '../../src/base/localize.ts';
import type { StageState } from '../../src/protocol/job.ts';
import type { TrainingStep } from '../../src/protocol/pages/pageContract.ts';

const signs: Readonly<Record<StageState, string>> = {
  stale: '○',
  waiting: '○',
  running: '◐',
  done: '✓',
  unchanged: '✓',
  failed: '✗',
  cancelled: '–',
  blocked: '–',
};

function wordFor(state: StageState): string {
  const words: Readonly<Record<StageState, string>> = {
    stale: t('to do'),
    waiting: t('to do'),
    running: t('running'),
    done: t('done'),
    unchanged: t('unchanged'),
    failed: t('failed'),
    cancelled: t('stopped'),
    blocked: t('not run'),
  };
  return words[state];
}

export function Steps({ steps }: { readonly steps: readonly TrainingStep[] }) {
  return (
    <ol className="steps">
      {steps.map(({ stage, state, durationMs }) => (
        <li key={stage} className={state}>
          <span aria-hidden="true">{signs[state]}</span>
          <span>{stage}</span>
          <span className="muted small">
            {durationMs === undefined ? wordFor(state) : `${wordFor(state)}, ${formatDuration(durationMs)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}
