/** What a run of the pipeline did: stages with durations, metrics beside their baseline, and where things lie. */
import { formatDuration } from '../../base/clock.ts';
import { formatCount, formatDifference, formatFigure } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { PipelineResult, StageMetric, StageOutcome } from '../../protocol/pipeline.ts';
import { stateLooks } from './runView.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { rowCounts } from '../../protocol/headlineMetric.ts';
import { faceOf } from '../../protocol/tables/stageKinds.ts';
import { reasonWords } from '../../protocol/words/stageWords.ts';

export interface ResultRenderOptions {
  readonly style: Style;
  readonly width: number | undefined;
  /** Messages that stand above the answer on the same screen already. */
  readonly told?: ReadonlySet<string>;
  /** The folder of a trial, from the project's own: its paths begin there, and its runs are in no list. */
  readonly trial?: string;
}

/** Counts of rows are no measure of a model. */

export function renderResult(result: PipelineResult, options: ResultRenderOptions): string[] {
  const { style, told } = options;
  const notes = result.stages.flatMap(({ name, notes: own }) =>
    own.filter((note) => told?.has(note) !== true).map((note) => `${style('dim', `${printable(name)}:`)} ${printable(note)}`),
  );
  return [
    ...renderOutcomes(result.stages, options),
    ...section(renderMetrics(result.stages, style)),
    ...section(notes),
    ...section(renderPlaces(result.stages, options)),
    '',
    summary(result, style),
  ];
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

/** A row per stage. */
function renderOutcomes(stages: readonly StageOutcome[], { style, width }: ResultRenderOptions): string[] {
  const rows = stages.map(({ name, kind, state, durationMs, reasons }): Cell[] => {
    const { mark, style: look, word } = stateLooks[state];
    return [
      { text: mark, style: look },
      { text: name, style: 'bold' },
      { text: kind, style: 'dim' },
      { text: word, style: look },
      durationMs === undefined ? '' : formatDuration(durationMs),
      state === 'done' ? '' : reasonWords(reasons), // why it ran was said when it started
    ];
  });
  const columns = [
    { title: '' },
    { title: t('stage') },
    { title: t('kind'), droppable: true },
    { title: t('state') },
    { title: t('took'), align: 'right' as const },
    { title: t('why'), flexible: true },
  ];
  return table(columns, rows, { style, ...(width === undefined ? {} : { width }) });
}

/** A row per metric of an evaluation, beside its baseline; training's metrics only where nothing was evaluated. */
function renderMetrics(stages: readonly StageOutcome[], style: Style): string[] {
  const measured = stages.map((stage) => ({ ...stage, metrics: withSpread(stage.metrics.filter(({ name }) => name !== rowCounts.read)) }));
  const evaluated = measured.filter((stage) => faceOf(stage).report === 'evaluation' && stage.metrics.length > 0);
  const shown = evaluated.length > 0 ? evaluated : measured;
  const compared = shown.some(({ metrics }) => metrics.some(({ baseline }) => baseline !== undefined));
  const rows = shown.flatMap(({ name, metrics }) =>
    metrics.map((metric, index): Cell[] => [
      index === 0 ? { text: name, style: 'bold' } : '',
      metric.name,
      metric.spread === undefined ? formatFigure(metric.value) : `${formatFigure(metric.value)} ± ${formatFigure(metric.spread)}`,
      ...(compared ? besideBaseline(metric) : []),
    ]),
  );
  if (rows.length === 0) return [];
  const right = 'right' as const;
  const columns = [
    { title: t('stage') },
    { title: t('metric') },
    { title: t('model'), align: right },
    ...(compared
      ? [
          { title: t('baseline'), align: right },
          { title: t('difference'), align: right },
        ]
      : []),
  ];
  return table(columns, rows, { style });
}

interface SpreadMetric extends StageMetric {
  /** The standard deviation over folds or seeds. */
  readonly spread?: number | undefined;
}

const spreadSuffix = '_std';

/** A mean over folds or seeds, and its standard deviation, belong together. */
function withSpread(metrics: readonly StageMetric[]): SpreadMetric[] {
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  const isSpread = (name: string): boolean => name.endsWith(spreadSuffix) && values.has(name.slice(0, -spreadSuffix.length));
  return metrics
    .filter(({ name }) => !isSpread(name))
    .map((metric) => ({ ...metric, spread: values.get(`${metric.name}${spreadSuffix}`) }));
}

function besideBaseline({ value, baseline }: StageOutcome['metrics'][number]): Cell[] {
  return baseline === undefined ? ['', ''] : [formatFigure(baseline), formatDifference(value - baseline)];
}

/** Where the run, the model, the report and the outputs lie. */
function renderPlaces(stages: readonly StageOutcome[], { style, trial }: ResultRenderOptions): string[] {
  const placed = (path: string): string => (trial === undefined ? path : `${trial}/${path}`);
  const made = trial !== undefined ? [] : stages.filter((stage) => faceOf(stage).tellsRun === true);
  const runs = [...new Set(made.flatMap(({ runId }) => runId ?? []))];
  const models = stages.flatMap(({ registered }) =>
    registered === undefined
      ? []
      : [`models:/${registered.name}/${registered.version}${registered.alias === undefined ? '' : ` (@${registered.alias})`}`],
  );
  const reports = stages.flatMap(({ report }) => (report === undefined ? [] : [placed(report)]));
  const outputs = stages.flatMap((stage) => (faceOf(stage).tellsOutputs === true ? outputsOf(stage).map(placed) : []));
  const rows = [
    ...runs.map((run) => [t('run'), run]),
    ...models.map((model) => [t('model'), model]),
    ...reports.map((report) => [t('report'), report]),
    ...[...new Set(outputs)].map((output) => [t('output'), output]),
  ];
  return table(
    [{ title: '' }, { title: '' }],
    rows.map(([what = '', where = '']): Cell[] => [{ text: what, style: 'dim' }, where]),
    { style },
  );
}

/** Where rows were counted, the first output holds them. */
function outputsOf({ outputs, metrics }: StageOutcome): string[] {
  const rows = metrics.find(({ name }) => name === rowCounts.read)?.value;
  return outputs.map((output, index) =>
    rows === undefined || index > 0 ? output : t('{output} ({rows} rows)', { output, rows: formatCount(rows) }),
  );
}

function summary({ state, stages, durationMs }: PipelineResult, style: Style): string {
  const duration = formatDuration(durationMs);
  switch (state) {
    case 'planned': {
      const stale = stages.filter((stage) => stage.state === 'stale').length;
      return stale === 0
        ? t('Nothing would run: every stage is unchanged.')
        : t('{stale} of {all} stages would run.', { stale, all: stages.length });
    }
    case 'succeeded':
      return stages.every((stage) => stage.state === 'unchanged')
        ? `${style('green', '✓')} ${t('Every stage is unchanged ({duration}).', { duration })}`
        : `${style('green', '✓')} ${t('Done in {duration}.', { duration })}`;
    case 'failed':
      return `${style('red', '✗')} ${t('Failed after {duration}.', { duration })}`;
    case 'cancelled':
      return `${style('yellow', '■')} ${t('Cancelled after {duration}.', { duration })}`;
  }
}
