/** Tracked runs as a table. */
import { formatAge } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import { formatFigure } from '../../base/format.ts';
import type { ListedOverview } from '../../engine/pipeline/reports/runOverviews.ts';
import type { RunOverview, RunStatus } from '../../protocol/run.ts';
import { runDurationWords } from '../../protocol/words/runDuration.ts';
import { runStatusWords } from '../../protocol/words/runStatusWords.ts';
import { changeWords } from '../../protocol/words/runTitle.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';

/** How the states of a run are coloured. */
export const runLooks: Readonly<Record<RunStatus, StyleName>> = {
  RUNNING: 'cyan',
  SCHEDULED: 'dim',
  FINISHED: 'green',
  FAILED: 'red',
  KILLED: 'yellow',
};
const shownMetrics = 4;
const idLength = 8;

export interface RunsRenderOptions {
  readonly style: Style;
  readonly now: number;
  readonly width?: number;
  /** The metrics to show as columns. Default: those that most runs have, evaluation's first. */
  readonly metrics?: readonly string[];
  /** The names of evaluation's metrics, the most telling first. */
  readonly metricOrder?: readonly string[];
}

export function renderRuns(listed: readonly ListedOverview[], options: RunsRenderOptions): string[] {
  const runs = listed.map(({ run }) => run);
  const { style, width, metricOrder, metrics = commonMetrics(runs, metricOrder) } = options;
  if (runs.length === 0) return [t('No runs yet.')];
  const noted = runs.some(({ note }) => note !== undefined);
  const compared = runs.some(({ changes }) => changes !== undefined && changes.length > 0);
  const rows = listed.map((entry): Cell[] => cellsOf(entry, options, { metrics, noted, compared }));

  const columns = [
    { title: t('run') },
    { title: t('name'), flexible: true },
    { title: t('status') },
    { title: t('when') },
    { title: t('took'), align: 'right' as const, droppable: true },
    ...metrics.map((title, index) => ({ title, align: 'right' as const, droppable: index > 0 })),
    ...(compared ? [{ title: t('changed'), flexible: true, droppable: true }] : []),
    { title: t('experiment'), flexible: true, droppable: true },
    ...(noted ? [{ title: t('note'), flexible: true, droppable: true }] : []),
  ];
  return table(columns, rows, { style, ...(width === undefined ? {} : { width }) });
}

function cellsOf(
  { run, depth }: ListedOverview,
  { now }: RunsRenderOptions,
  { metrics, noted, compared }: { readonly metrics: readonly string[]; readonly noted: boolean; readonly compared: boolean },
): Cell[] {
  const branch = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `;
  const count = run.children === 0 ? '' : ` ${t('(+{nested})', { nested: run.children })}`;
  return [
    run.id.slice(0, idLength),
    depth === 0 ? { text: `${run.name}${count}`, style: 'bold' } : `${branch}${run.name}${count}`,
    { text: runStatusWords(run.status), style: runLooks[run.status] },
    formatAge(run.startedAt, now),
    runDurationWords(run) ?? '',
    ...metrics.map((metric) => figure(run.metrics[metric])),
    ...(compared ? [(run.changes ?? []).map(changeWords).join(', ')] : []),
    { text: run.experimentName, style: 'dim' },
    ...(noted ? [depth === 0 ? (run.note ?? '') : ''] : []),
  ];
}

function figure(value: number | undefined): string {
  return value === undefined ? '' : formatFigure(value);
}

/** Scores that autologging names after a variable of the script: `accuracy_score_X`. */
const ofOneCall = /_X(_\w+)?$/;
/** A metric that fewer than this share of the runs have than the most common one says nothing of the others. */
const commonShare = 0.5;

/**
 * Evaluation's come first, in the order of its report, then what most runs have: those of validation in the same order, and
 * those of training last.
 */
function commonMetrics(runs: readonly RunOverview[], known: readonly string[] = []): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) for (const metric of Object.keys(run.metrics)) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  const placeOf = (metric: string): number => {
    const place = known.indexOf(metric);
    return place < 0 ? known.length : place;
  };
  const headlines = new Set(runs.map(({ headline }) => headline?.name));
  const rank = (metric: string): number => {
    if (headlines.has(metric) && !/^(training|validation)_/.test(metric)) return -1;
    const [, part, name] = /^(training|validation)_(.*)$/.exec(metric) ?? [];
    if (name === undefined) return placeOf(metric);
    return (known.length + 1) * (part === 'validation' ? 1 : 2) + placeOf(name);
  };
  const isEvaluation = (metric: string): boolean => headlines.has(metric) || known.includes(metric);
  const others = [...counts].filter(([metric]) => !isEvaluation(metric));
  const most = Math.max(0, ...others.map(([, count]) => count));
  const rarity = (metric: string, count: number): number => {
    if (isEvaluation(metric)) return 0;
    return ofOneCall.test(metric) ? 2 : count < most * commonShare ? 1 : 0;
  };
  return [...counts]
    .filter(([metric]) => !/^validation_.*_std$/.test(metric)) // a spread says nothing without its mean
    .sort(([a, countA], [b, countB]) => rarity(a, countA) - rarity(b, countB) || rank(a) - rank(b) || countB - countA || (a < b ? -1 : 1))
    .slice(0, shownMetrics)
    .map(([metric]) => metric);
}
