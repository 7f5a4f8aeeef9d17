/** Shows an execution while it goes on: an area of the terminal that is redrawn, or a line per event where nothing can be. */
import { steadyLines } from '../base/printable.ts';
import type { JobEvent } from '../protocol/job.ts';
import { applyEvent, emptyRunView, eventLine, renderRunView, runningLines } from './render/runView.ts';
import type { Terminal } from './terminal.ts';

const redrawMs = 100;
/** Where nothing can be redrawn, nobody waits longer for a word. */
const silenceMs = 9000;
const lookMs = 500;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseBelow = '\u001b[J';

interface LiveView extends Disposable {
  show(event: JobEvent): void;
}

/** Starts showing; disposing leaves the last state only where the answer goes elsewhere. */
function showLive(terminal: Terminal): LiveView {
  return terminal.liveSize === undefined ? lines(terminal) : area(terminal);
}

function lines(terminal: Terminal): LiveView {
  let view = emptyRunView;
  let saidAt = Date.now();
  const say = (line: string): void => {
    saidAt = Date.now();
    terminal.note(line);
  };
  const timer = setInterval(() => {
    if (Date.now() - saidAt >= silenceMs) for (const line of runningLines(view, terminal.noteStyle, Date.now())) say(line);
  }, lookMs).unref();
  return {
    show: (event) => {
      view = applyEvent(view, event);
      const line = eventLine(event, terminal.noteStyle);
      if (line !== undefined) say(line);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function area(terminal: Terminal): LiveView {
  let view = emptyRunView;
  let drawn = 0;
  /** Draws lines that stay, and the area anew below them, in one write so that nothing flickers. */
  const draw = (lasting: readonly string[]): void => {
    const { columns, rows } = terminal.liveSize ?? { columns: 80, rows: 24 };
    const stages = renderRunView(view, { style: terminal.noteStyle, width: columns - 1, now: Date.now() });
    const shown = stages.slice(0, Math.max(1, rows - 2)); // what has scrolled away cannot be redrawn
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`;
    terminal.draw(`${up}\r${eraseBelow}${[...lasting, ...shown].map((line) => `${steadyLines(line)}\n`).join('')}`);
    drawn = shown.length;
  };
  const erase = (): void => {
    if (drawn > 0) terminal.draw(`\u001b[${drawn}A\r${eraseBelow}`);
  };
  const restoreCursor = (): void => {
    terminal.draw(showCursor);
  };
  terminal.draw(hideCursor);
  process.once('exit', restoreCursor);
  const timer = setInterval(() => {
    draw([]);
  }, redrawMs);
  return {
    show: (event) => {
      view = applyEvent(view, event);
      const line = event.type === 'log' ? eventLine(event, terminal.noteStyle) : undefined;
      if (line !== undefined) draw([line]);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      if (terminal.width === undefined) draw([]);
      else erase(); // the answer says it all, on the same screen
      restoreCursor();
      process.off('exit', restoreCursor);
    },
  };
}

export interface Watched<T> {
  readonly value: T;
  /** Messages that the answer's reader has on the screen already; empty where the answer goes elsewhere. */
  readonly told: ReadonlySet<string>;
}

/** Shows the events of some work while it goes on. */
export async function watched<T>(terminal: Terminal, work: (onEvent: (event: JobEvent) => void) => Promise<T>): Promise<Watched<T>> {
  using live = showLive(terminal);
  const told = new Set<string>();
  const value = await work((event) => {
    live.show(event);
    if (event.type === 'log' && event.level !== 'debug' && terminal.sameScreen) told.add(event.message);
  });
  return { value, told };
}
