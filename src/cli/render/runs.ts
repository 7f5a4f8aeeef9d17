/** Tracked runs as a table, and one run as a sheet. */
import { formatAge, formatDuration } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import { formatFigure } from '../../base/format.ts';
import type { ListedRun } from '../../engine/tracking/listRuns.ts';
import type { Run, RunInput, RunStatus } from '../../protocol/run.ts';
import type { Style, StyleName } from './style.ts';
import { table, type Cell } from './table.ts';
import { printable, truncate } from './width.ts';

const looks: Readonly<Record<RunStatus, StyleName>> = {
  RUNNING: 'cyan',
  SCHEDULED: 'dim',
  FINISHED: 'green',
  FAILED: 'red',
  KILLED: 'yellow',
};
const shownMetrics = 4;
const idLength = 8;
/** MLflow keeps whole documents in some tags; `--json` gives them. */
const longestTag = 100;
/** Where MLflow keeps a run's description. */
const noteTag = 'mlflow.note.content';

export interface RunsRenderOptions {
  readonly style: Style;
  readonly now: number;
  readonly width?: number;
  /** The metrics to show as columns. Default: those that most runs have, evaluation's first. */
  readonly metrics?: readonly string[];
  /** The names of evaluation's metrics, the most telling first. */
  readonly metricOrder?: readonly string[];
}

export function renderRuns(listed: readonly ListedRun[], options: RunsRenderOptions): string[] {
  const runs = listed.map(({ run }) => run);
  const { style, width, metricOrder, metrics = commonMetrics(runs, metricOrder) } = options;
  if (runs.length === 0) return [t('No runs yet.')];
  const noted = runs.some(({ tags }) => (tags[noteTag] ?? '') !== '');
  const rows = listed.map((entry): Cell[] => cellsOf(entry, options, { metrics, noted }));

  const columns = [
    { title: t('run') },
    { title: t('name'), flexible: true },
    { title: t('status') },
    { title: t('when') },
    { title: t('took'), align: 'right' as const, droppable: true },
    ...metrics.map((title, index) => ({ title, align: 'right' as const, droppable: index > 0 })),
    { title: t('experiment'), flexible: true, droppable: true },
    ...(noted ? [{ title: t('note'), flexible: true, droppable: true }] : []),
  ];
  return table(columns, rows, { style, ...(width === undefined ? {} : { width }) });
}

function cellsOf(
  { run, depth, nested }: ListedRun,
  { now }: RunsRenderOptions,
  { metrics, noted }: { readonly metrics: readonly string[]; readonly noted: boolean },
): Cell[] {
  const branch = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `;
  const count = nested === 0 ? '' : ` ${t('(+{nested})', { nested })}`;
  return [
    run.id.slice(0, idLength),
    depth === 0 ? { text: `${run.name}${count}`, style: 'bold' } : `${branch}${run.name}${count}`,
    { text: run.status.toLowerCase(), style: looks[run.status] },
    formatAge(run.startedAt, now),
    run.endedAt === undefined ? '' : formatDuration(run.endedAt - run.startedAt),
    ...metrics.map((metric) => figure(run.metrics[metric])),
    { text: run.experimentName, style: 'dim' },
    ...(noted ? [depth === 0 ? (run.tags[noteTag] ?? '') : ''] : []),
  ];
}

function figure(value: number | undefined): string {
  return value === undefined ? '' : formatFigure(value);
}

/** Evaluation's come first, in the order of its report, then those of validation likewise, and those of training last. */
function commonMetrics(runs: readonly Run[], known: readonly string[] = []): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) for (const metric of Object.keys(run.metrics)) counts.set(metric, (counts.get(metric) ?? 0) + 1);
  const placeOf = (metric: string): number => {
    const place = known.indexOf(metric);
    return place < 0 ? known.length : place;
  };
  const rank = (metric: string): number => {
    const [, part, name] = /^(training|validation)_(.*)$/.exec(metric) ?? [];
    if (name === undefined) return placeOf(metric);
    return (known.length + 1) * (part === 'validation' ? 1 : 2) + placeOf(name);
  };
  return [...counts]
    .filter(([metric]) => !/^validation_.*_std$/.test(metric)) // a spread says nothing without its mean
    .sort(([a, countA], [b, countB]) => rank(a) - rank(b) || countB - countA || (a < b ? -1 : 1))
    .slice(0, shownMetrics)
    .map(([metric]) => metric);
}

export interface RunRenderOptions {
  readonly style: Style;
  readonly now: number;
  /** The runs nested in it. */
  readonly children?: readonly Run[];
  /** What was read of an input, in words. */
  readonly figuresOf?: (input: RunInput) => string | undefined;
}

/** Everything about one run. */
export function renderRun(run: Run, { style, now, children = [], figuresOf }: RunRenderOptions): string[] {
  const section = (title: string, pairs: readonly (readonly [string, string])[]): string[] =>
    pairs.length === 0 ? [] : ['', style('bold', title), ...table([{ title: '' }, { title: '' }], pairs, { style, indent: '  ' })];
  return [
    `${style('bold', printable(run.name))}  ${style(looks[run.status], run.status.toLowerCase())}  ${style('dim', run.id)}`,
    ...section(t('Run'), [
      [t('experiment'), run.experimentName],
      [t('started'), `${new Date(run.startedAt).toISOString()} (${formatAge(run.startedAt, now)})`],
      ...(run.endedAt === undefined ? [] : [[t('took'), formatDuration(run.endedAt - run.startedAt)] as const]),
      [t('artifacts'), run.artifactUri],
    ]),
    ...section(
      t('Metrics'),
      sorted(run.metrics).map(([name, value]) => [name, formatFigure(value)]),
    ),
    ...section(t('Parameters'), sorted(run.params)),
    ...section(
      t('Inputs'),
      run.inputs.flatMap((input) => inputRows(input, figuresOf?.(input))),
    ),
    ...(children.length === 0 ? [] : ['', style('bold', t('Nested runs')), ...nestedTable(children, style, now)]),
    ...section(
      t('Tags'),
      sorted(run.tags).map(([name, value]) => [name, truncate(value, longestTag)]),
    ),
  ];
}

/** Where an input came from, and what was read of it. */
function inputRows({ name, digest, context, source }: RunInput, figures: string | undefined): [string, string][] {
  const place = [context, digest, locationOf(source)].filter(Boolean).join(' · ');
  return [[name, place], ...(figures === undefined ? [] : [['', figures] as [string, string]])];
}

function nestedTable(children: readonly Run[], style: Style, now: number): string[] {
  const listed = children.map((run) => ({ run, depth: 0, nested: 0 }));
  return renderRuns(listed, { style, now }).map((line) => `  ${line}`);
}

/** MLflow keeps the source of an input as JSON: `{"uri": …}` for files. */
function locationOf(source: string): string {
  return /^\{"uri":\s*"([^"\\]*)"\}$/.exec(source)?.[1] ?? source;
}

function sorted<T>(values: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
