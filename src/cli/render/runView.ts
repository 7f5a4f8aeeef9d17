/** A pipeline's execution as it is watched: events folded into one view, and the view as lines. Pure. */
import { formatDuration, formatTimeLeft } from '../../base/clock.ts';
import { t } from '../../base/localize.ts';
import { printable } from '../../base/printable.ts';
import type { JobEvent, StageState } from '../../protocol/job.ts';
import type { Style, StyleName } from './style.ts';
import { displayWidth, truncate } from './width.ts';

export interface StageView {
  readonly stage: string;
  readonly state: StageState;
  readonly reason: string | undefined;
  readonly durationMs: number | undefined;
  readonly startedAt: number | undefined;
  readonly runId: string | undefined;
  readonly progress: { readonly message: string; readonly fraction?: number; readonly remainingMs?: number } | undefined;
}

export type RunView = ReadonlyMap<string, StageView>;

export const emptyRunView: RunView = new Map();

/** The view after one more event. */
export function applyEvent(view: RunView, event: JobEvent): RunView {
  switch (event.type) {
    case 'planned':
      return new Map(event.stages.map((stage) => [stage, view.get(stage) ?? untouched(stage)]));
    case 'stage':
      return with_(view, afterStage(view.get(event.stage) ?? untouched(event.stage), event));
    case 'progress': {
      const { message, fraction, remainingMs } = event;
      const progress = { message, ...(fraction === undefined ? {} : { fraction }), ...(remainingMs === undefined ? {} : { remainingMs }) };
      return with_(view, { ...(view.get(event.stage) ?? untouched(event.stage)), progress });
    }
    case 'started':
    case 'log':
    case 'child':
    case 'run':
      return view;
  }
}

function afterStage(earlier: StageView, event: Extract<JobEvent, { type: 'stage' }>): StageView {
  const running = event.state === 'running';
  return {
    ...earlier,
    state: event.state,
    reason: event.error?.message ?? event.reason ?? earlier.reason,
    durationMs: event.durationMs,
    startedAt: running ? event.at : earlier.startedAt,
    runId: event.runId ?? earlier.runId,
    progress: running ? earlier.progress : undefined,
  };
}

function untouched(stage: string): StageView {
  return {
    stage,
    state: 'waiting',
    reason: undefined,
    durationMs: undefined,
    startedAt: undefined,
    runId: undefined,
    progress: undefined,
  };
}

function with_(view: RunView, stage: StageView): RunView {
  return new Map([...view, [stage.stage, stage]]);
}

/** How each state looks: a mark that also reads without colour, and a word. */
export const stateLooks: Readonly<Record<StageState, { readonly mark: string; readonly style: StyleName; readonly word: string }>> = {
  stale: { mark: '○', style: 'yellow', word: t('stale') },
  unchanged: { mark: '✓', style: 'dim', word: t('unchanged') },
  waiting: { mark: '·', style: 'dim', word: t('waiting') },
  running: { mark: '▸', style: 'cyan', word: t('running') },
  done: { mark: '✓', style: 'green', word: t('done') },
  failed: { mark: '✗', style: 'red', word: t('failed') },
  cancelled: { mark: '■', style: 'yellow', word: t('cancelled') },
  blocked: { mark: '⊘', style: 'dim', word: t('blocked') },
};

export interface RunViewOptions {
  readonly style: Style;
  readonly width: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** One line per stage, for the area that is redrawn. Every line fits into the width. */
export function renderRunView(view: RunView, options: RunViewOptions): string[] {
  const stages = [...view.values()];
  const nameWidth = Math.min(
    28,
    Math.floor(options.width / 2.5),
    Math.max(0, ...stages.map(({ stage }) => displayWidth(printable(stage)))),
  );
  return stages.map((stage) => stageLine(stage, nameWidth, options));
}

function stageLine(stage: StageView, nameWidth: number, { style, width, now }: RunViewOptions): string {
  const { mark, style: look, word } = stateLooks[stage.state];
  const name = truncate(printable(stage.stage), nameWidth);
  const head = `${style(look, mark)} ${style('bold', name)}${' '.repeat(nameWidth - displayWidth(name))}  `;
  const room = width - nameWidth - 5;
  const elapsed = stage.durationMs ?? (stage.state === 'running' && stage.startedAt !== undefined ? now - stage.startedAt : undefined);
  if (stage.state === 'running' && stage.progress?.fraction !== undefined) {
    return head + progressLine(stage.progress.fraction, stage.progress, room, style);
  }
  const words = [
    word,
    ...(elapsed === undefined || stage.state === 'unchanged' ? [] : [formatDuration(elapsed)]),
    ...(stage.state === 'running' && stage.progress !== undefined ? [stage.progress.message] : []),
    ...(stage.state !== 'done' && stage.progress === undefined && stage.reason !== undefined ? [stage.reason] : []),
  ];
  return head + style(look, truncate(printable(words.join(' · ')), room));
}

function progressLine(fraction: number, progress: { message: string; remainingMs?: number }, room: number, style: Style): string {
  const cells = Math.max(6, Math.min(24, Math.floor(room / 3)));
  const left = formatTimeLeft(progress.remainingMs);
  const percent = `${String(Math.floor(Math.min(1, Math.max(0, fraction)) * 100)).padStart(3)} %`;
  const words = truncate(
    printable([progress.message, left].filter((part) => part !== undefined).join(' · ')),
    Math.max(0, room - cells - 8),
  );
  return `${progressBar(fraction, cells, style)} ${percent}  ${words}`;
}

/** A bar of so many cells, filled in proportion. */
export function progressBar(fraction: number, cells: number, style: Style): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * cells);
  return style('cyan', '━'.repeat(filled)) + style('dim', '─'.repeat(cells - filled));
}

/** Where each running stage is, as a line of its own: for output that cannot be redrawn. */
export function runningLines(view: RunView, style: Style, now: number): string[] {
  const running = [...view.values()].filter(({ state }) => state === 'running');
  return running.map(({ stage, startedAt, progress }) => {
    const { mark, style: look } = stateLooks.running;
    const words = [
      ...(startedAt === undefined ? [] : [formatDuration(now - startedAt)]),
      ...(progress?.fraction === undefined ? [] : [`${Math.floor(Math.min(1, Math.max(0, progress.fraction)) * 100)} %`]),
      ...(progress === undefined ? [] : [printable(progress.message)]),
      formatTimeLeft(progress?.remainingMs),
    ].filter((word) => word !== undefined);
    return `${style(look, mark)} ${style('bold', printable(stage))}  ${words.join(' · ')}`;
  });
}

/** An event as a line of its own, for output that cannot be redrawn; undefined where it is not worth a line. */
export function eventLine(event: JobEvent, style: Style): string | undefined {
  switch (event.type) {
    case 'stage': {
      if (event.state === 'waiting') return undefined;
      const { mark, style: look, word } = stateLooks[event.state];
      const duration = event.durationMs === undefined || event.state === 'unchanged' ? '' : ` · ${formatDuration(event.durationMs)}`;
      const told = event.state === 'done' || event.error !== undefined; // when it started; below, with its remedy
      const reason = told || event.reason === undefined ? '' : ` · ${printable(event.reason)}`;
      return `${style(look, mark)} ${style('bold', printable(event.stage))}  ${style(look, `${word}${duration}`)}${reason}`;
    }
    case 'log':
      return event.level === 'debug' ? undefined : logLine(event, style);
    case 'progress':
    case 'started':
    case 'planned':
    case 'child':
    case 'run':
      return undefined;
  }
}

const logStyles = { debug: 'dim', info: undefined, warning: 'yellow', error: 'red' } as const;

function logLine(event: Extract<JobEvent, { type: 'log' }>, style: Style): string {
  const look = logStyles[event.level];
  const message = printable(event.message);
  const stage = event.stage === undefined ? '' : `${style('dim', `${printable(event.stage)} |`)} `;
  return `  ${stage}${look === undefined ? message : style(look, message)}`;
}
