/** Everything about one run: the twin of its page. */
import { formatAge } from '../../base/clock.ts';
import { formatDifference, formatFigure, formatShare } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import { toldInWords } from '../../engine/tracking/runs/tags.ts';
import { inputPlace } from '../../protocol/inputPlace.ts';
import { metricTable } from '../../protocol/metricTable.ts';
import type { LoggedModel, RunInput, RunOverview, RunSheet } from '../../protocol/run.ts';
import { runDurationWords } from '../../protocol/words/runDuration.ts';
import { runStatusWords } from '../../protocol/words/runStatusWords.ts';
import { changeWords, runDetail } from '../../protocol/words/runTitle.ts';
import { versionTitle } from '../../protocol/words/versionWords.ts';
import { renderFailure } from './failure.ts';
import { renderRuns, runLooks } from './runs.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';
import { truncate } from './width.ts';

/** MLflow keeps whole documents in some tags; `--json` gives them. */
const longestTag = 100;
/** `--json` gives everything. */
const longestModelLine = 200;

export interface RunSheetOptions {
  readonly style: Style;
  readonly now: number;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** What was read of an input, in words. */
  readonly figuresOf?: (input: RunInput) => string | undefined;
}

type Pair = readonly [name: string, value: string];

export function renderRunSheet(sheet: RunSheet, { style, now, cwd, figuresOf }: RunSheetOptions): string[] {
  const { run, nested } = sheet;
  const section = (title: string, pairs: readonly Pair[]): string[] =>
    pairs.length === 0 ? [] : ['', style('bold', title), ...table([{ title: '' }, { title: '' }], pairs, { style, indent: '  ' })];
  const detail = runDetail(run);
  return [
    `${style('bold', printable(run.name))}  ${style(runLooks[run.status], runStatusWords(run.status))}  ${style('dim', run.id)}${run.deleted ? `  ${style('red', t('deleted'))}` : ''}`,
    ...(detail === undefined ? [] : [printable(detail)]),
    ...(run.failure === undefined ? [] : renderFailure(run.failure, { style, cwd })),
    ...sheet.evaluations.map(({ stage, verdict }) => `${verdict.sign} ${stage}: ${printable(verdict.message)}`),
    ...sheet.hints.map((hint) => `${style('yellow', '▲')} ${printable(hint)}`),
    ...section(t('Run'), runPairs(sheet, now)),
    ...changesSection(sheet, section),
    ...curvesSection(sheet, section),
    ...metricsSection(sheet, style),
    ...section(t('Parameters'), sorted(sheet.parameters)),
    ...section(
      t('Inputs'),
      run.inputs.flatMap((input) => inputRows(input, figuresOf?.(input))),
    ),
    ...section(t('Models'), run.models.flatMap(modelRows)),
    ...(nested.length === 0 ? [] : ['', style('bold', t('Nested runs')), ...nestedTable(nested, style, now)]),
    ...section(
      t('Tags'),
      sorted(run.tags)
        .filter(([name]) => !toldInWords.has(name))
        .map(([name, value]) => [name, truncate(value, longestTag)]),
    ),
  ];
}

function runPairs({ run, progress, versions }: RunSheet, now: number): Pair[] {
  const took = runDurationWords(run);
  return [
    [t('experiment'), run.experimentName],
    ...(run.stage === undefined ? [] : [[t('stage'), run.stage] as const]),
    [t('started'), `${new Date(run.startedAt).toISOString()} (${formatAge(run.startedAt, now)})`],
    ...(took === undefined ? [] : [[t('took'), took] as const]),
    ...(progress === undefined
      ? []
      : [
          [t('now'), [progress.message, ...(progress.fraction === undefined ? [] : [formatShare(progress.fraction)])].join(' · ')] as const,
        ]),
    ...versions.map((version): Pair => [t('registered'), versionTitle(version)]),
    [t('artifacts'), run.artifactUri],
  ];
}

type Section = (title: string, pairs: readonly Pair[]) => string[];

function changesSection({ run, before }: RunSheet, section: Section): string[] {
  if (before === undefined || run.changes === undefined) return [];
  const what: Pair[] =
    run.changes.length === 0 ? [[t('nothing'), t('neither settings nor data')]] : run.changes.map((change) => ['', changeWords(change)]);
  const [old, now] = [before.headline, run.headline];
  const outcome: Pair[] =
    now === undefined || old?.name !== now.name
      ? []
      : [[now.name, `${formatFigure(old.value)} → ${formatFigure(now.value)} (${formatDifference(now.value - old.value)})`]];
  return section(t('Changed since {run}', { run: before.id.slice(0, 8) }), [...what, ...outcome]);
}

/** A curve in a line: where it began, its lowest point, where it ended. */
function curvesSection({ curves, bestRound }: RunSheet, section: Section): string[] {
  const [first] = curves;
  const lines = (first?.curves ?? []).map(({ metric, steps, values }): Pair => {
    const figures = { first: formatFigure(values[0] ?? NaN), last: formatFigure(values.at(-1) ?? NaN), round: steps.at(-1) ?? 0 };
    return [metric, t('{first} → {last} at round {round}', figures)];
  });
  return section(t('Curves'), bestRound === undefined ? lines : [...lines, [t('kept'), t('round {round}', { round: bestRound })]]);
}

function metricsSection({ run, evaluations }: RunSheet, style: Style): string[] {
  const { columns, rows } = metricTable(
    run.metrics,
    evaluations.map(({ stage }) => stage),
  );
  if (rows.length === 0) return [];
  const cells = rows.map(({ quantity, cells: values }) => [
    quantity,
    ...values.map((cell) =>
      cell === undefined
        ? ''
        : [formatFigure(cell.value), ...(cell.spread === undefined ? [] : [`± ${formatFigure(cell.spread)}`])].join(' '),
    ),
  ]);
  const titles = [{ title: '' }, ...columns.map((title) => ({ title, align: 'right' as const }))];
  return ['', style('bold', t('Metrics')), ...table(titles, cells, { style, indent: '  ' })];
}

function nestedTable(nested: readonly RunOverview[], style: Style, now: number): string[] {
  const listed = nested.map((run) => ({ run, depth: 0, nested: 0 }));
  return renderRuns(listed, { style, now }).map((line) => `  ${line}`);
}

/** Where an input came from, and what was read of it. */
function inputRows(input: RunInput, figures: string | undefined): [string, string][] {
  const { name, digest, context, tags = {} } = input;
  const others = Object.entries(tags).map(([key, value]) => `${key}: ${value}`);
  const place = [context, digest, inputPlace(input), ...others].filter(Boolean).join(' · ');
  return [[name, place], ...(figures === undefined ? [] : [['', figures] as [string, string]])];
}

/** What a run logged or read, with what MLflow keeps of the model itself. */
function modelRows({ id, name, role, status, type, artifactUri, metrics, params }: LoggedModel): [string, string][] {
  const words = [role === 'input' ? t('read') : undefined, status === 'READY' ? undefined : status?.toLowerCase(), type, id, artifactUri];
  const figures = Object.entries(metrics).map(([metric, value]) => `${metric} ${formatFigure(value)}`);
  const settings = Object.entries(params).map(([param, value]) => `${param}=${value}`);
  return [
    [name, words.filter(Boolean).join(' · ')],
    ...[figures, settings]
      .filter((parts) => parts.length > 0)
      .map((parts): [string, string] => ['', truncate(parts.join(', '), longestModelLine)]),
  ];
}

function sorted<T>(values: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
