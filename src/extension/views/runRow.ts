/** What stands beside the name of a run, in rows and lists. Pure: no `vscode` here. */
import { formatAge } from '../../base/clock.ts';
import { formatFigure } from '../../base/format.ts';
import type { MetricCell } from '../../protocol/metricTable.ts';
import { repeatedMetrics } from '../../protocol/repeats.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { runDetail } from '../../protocol/words/runTitle.ts';
import { runStatusWords } from '../../protocol/words/runStatusWords.ts';

/** `0.7210 roc_auc · 5 min ago`; of a run that goes on or ended badly its state first. */
export function runChoiceWords(run: RunOverview, now = Date.now()): string {
  const state = run.status === 'FINISHED' ? undefined : runStatusWords(run.status);
  return joined(state, headlineWords(run), formatAge(run.startedAt, now));
}

/**
 * Beside name and icon, the most telling first: of a failed run why, of another its figure and what was changed for it.
 * @param nested what is nested in it, in words
 */
export function runWords(run: RunOverview, nested: string | undefined, now = Date.now()): string {
  const age = formatAge(run.startedAt, now);
  if (run.status === 'FAILED') return joined(run.failure?.message ?? runStatusWords(run.status), runDetail(run), age);
  return joined(run.status === 'KILLED' ? runStatusWords(run.status) : undefined, headlineWords(run), runDetail(run), nested, age);
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** A figure, over folds or seeds with its spread. */
export function cellWords({ value, spread }: MetricCell): string {
  return spread === undefined ? formatFigure(value) : `${formatFigure(value)} ± ${formatFigure(spread)}`;
}

/** The figure a reader looks for first, before its name, which may be long; over folds or seeds with its spread. */
export function headlineWords({ headline, metrics }: Pick<RunOverview, 'headline' | 'metrics'>): string | undefined {
  if (headline === undefined) return undefined;
  const spread = repeatedMetrics(metrics).find(({ metric }) => metric === headline.name);
  return `${cellWords({ value: headline.value, spread: spread?.standardDeviation })} ${headline.name}`;
}
