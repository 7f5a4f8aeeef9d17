/** What stands beside the name of a run, in rows and lists. Pure: no `vscode` here. */
import { formatAge } from '../base/clock.ts';
import { formatFigure } from '../base/format.ts';
import { repeatedMetrics } from '../protocol/repeats.ts';
import type { RunOverview } from '../protocol/run.ts';
import { runStatusWords } from '../protocol/runStatusWords.ts';

/** `roc_auc 0.7210 · 5 min ago`; of a run that goes on or ended badly its state first. */
export function runLine(run: RunOverview, now = Date.now()): string {
  const state = run.status === 'FINISHED' ? undefined : runStatusWords(run.status);
  return [state, headlineWords(run), formatAge(run.startedAt, now)].filter((part) => part !== undefined).join(' · ');
}

/** The figure a reader looks for first; over folds or seeds with its spread. */
export function headlineWords({ headline, metrics }: Pick<RunOverview, 'headline' | 'metrics'>): string | undefined {
  if (headline === undefined) return undefined;
  const spread = repeatedMetrics(metrics).find(({ metric }) => metric === headline.name);
  return `${headline.name} ${formatFigure(headline.value)}${spread === undefined ? '' : ` ± ${formatFigure(spread.standardDeviation)}`}`;
}
