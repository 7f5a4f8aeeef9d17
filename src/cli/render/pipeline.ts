/** A project's stages and running jobs as tables. */
import { stripVTControlCharacters } from 'node:util';
import { formatAge, formatDuration } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { Pipeline, StageSummary } from '../../protocol/pipeline.ts';
import { renderJobs } from './jobs.ts';
import { stateLooks } from './runView.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { displayWidth, wrap } from './width.ts';
import { figureText } from '../../protocol/headlineMetric.ts';
import { reasonWords } from '../../protocol/words/stageWords.ts';

export interface PipelineRenderOptions {
  readonly style: Style;
  readonly width: number | undefined;
  readonly now: number;
}

export function renderPipeline(pipeline: Pipeline, { style, width, now }: PipelineRenderOptions): string[] {
  const fit = width === undefined ? {} : { width };
  const running = pipeline.jobs.filter(({ state }) => state === 'running');
  return [
    [...(pipeline.name === '' ? [] : [style('bold', printable(pipeline.name))]), style('dim', printable(pipeline.root))].join('  '),
    '',
    ...stageLines(pipeline, { style, width, now }),
    ...(running.length === 0 ? [] : ['', ...renderJobs(running, { style, now, ...fit })]),
  ];
}

function stageLines({ stages, errors }: Pipeline, options: PipelineRenderOptions): string[] {
  if (errors.length > 0) return [t('What would run is not known until the problem below is solved.')];
  return stages.length === 0 ? [t('No stages.')] : renderStages(stages, options);
}

/** A row per stage, in the order of the file. */
function renderStages(stages: readonly StageSummary[], { style, width, now }: PipelineRenderOptions): string[] {
  const rows = stages.map((stage): Cell[] => {
    const { mark, style: look, word } = stateLooks[stage.state];
    return [
      { text: mark, style: look },
      { text: stage.name, style: 'bold' },
      { text: stage.kind, style: 'dim' },
      { text: word, style: look },
      stage.durationMs === undefined ? '' : formatDuration(stage.durationMs),
      stage.finishedAt === undefined ? '' : formatAge(stage.finishedAt, now),
      stage.metric === undefined ? '' : `${stage.metric.name} ${figureText(stage.metric)}`,
      reasonWords(stage.reasons),
    ];
  });
  const columns = [
    { title: '' },
    { title: t('stage') },
    { title: t('kind'), droppable: true },
    { title: t('state') },
    { title: t('took'), align: 'right' as const, droppable: true },
    { title: t('when'), droppable: true },
    { title: t('metric') },
    { title: t('why'), flexible: true },
  ];
  const whole = table(columns, rows, { style });
  if (width === undefined || whole.every((line) => displayWidth(stripVTControlCharacters(line)) <= width)) return whole;
  // Why a stage would run is never cut: where it does not fit beside the rest, it stands below.
  const [header = '', ...body] = table(
    columns.slice(0, -1),
    rows.map((row) => row.slice(0, -1)),
    { style, width },
  );
  const below = (reasons: readonly string[]): string[] =>
    reasons.length === 0
      ? []
      : wrap(printable(reasonWords(reasons)), Math.max(20, width - whyIndent.length)).map((line) => `${whyIndent}${line}`);
  return [header, ...body.flatMap((line, index) => [line, ...below(stages[index]?.reasons ?? [])])];
}

const whyIndent = '     ';
