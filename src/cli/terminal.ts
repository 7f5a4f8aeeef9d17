/** What the commands write to and ask on: streams, their width and colours, and questions to a person. */
import { fstatSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { CancelledError } from '../base/abort.ts';
import { t } from '../base/localize.ts';
import { printable, steadyLines } from '../base/printable.ts';
import { styleFor, type Style } from './render/style.ts';

/** For terminals that do not say how large they are. */
const fallback = { columns: 100, rows: 30 };

export interface Terminal {
  /** Writes a line of the answer to standard output. */
  print(line?: string): void;
  /** Writes a line beside the answer (progress, notes, failures) to standard error. */
  note(line?: string): void;
  /** Writes to standard error as it is: cursor movements. */
  draw(text: string): void;
  /** The answer's colours. */
  readonly style: Style;
  /** The notes' colours. */
  readonly noteStyle: Style;
  /** Cells of a line of the answer; undefined where it goes to a file or a pipe. */
  readonly width: number | undefined;
  /** Cells of the screen that the notes go to; undefined where they go to a file or a pipe, and nothing may be redrawn. */
  readonly liveSize: { readonly columns: number; readonly rows: number } | undefined;
  /** Whether answer and notes go to the same place, so that what was noted need not be answered again. */
  readonly sameScreen: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Asks a person; an empty answer is the fallback's. @throws CancelledError on Ctrl-C and end of input */
  ask(question: string, signal: AbortSignal): Promise<string>;
}

/** The terminal this process runs in. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // A reader that closes early (`millwright runs | head`) is no failure of ours.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
  return {
    print: (line = '') => void stdout.write(`${steadyLines(line)}\n`),
    note: (line = '') => void stderr.write(`${steadyLines(line)}\n`),
    draw: (text) => void stderr.write(text),
    style: styleFor(stdout),
    noteStyle: styleFor(stderr),
    get width() {
      return stdout.isTTY ? stdout.columns : undefined;
    },
    get liveSize() {
      const redrawable = stderr.isTTY && process.env.TERM !== 'dumb';
      return redrawable ? { columns: stderr.columns || fallback.columns, rows: stderr.rows || fallback.rows } : undefined;
    },
    sameScreen: isSameFile(stdout.fd, stderr.fd),
    interactive: stdin.isTTY && stderr.isTTY,
    ask,
  };
}

function isSameFile(first: number, second: number): boolean {
  const [a, b] = [fstatSync(first), fstatSync(second)];
  return a.dev === b.dev && a.ino === b.ino;
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<never>((_, reject) => {
    reader.once('close', () => {
      reject(new CancelledError());
    });
  });
  try {
    return (await Promise.race([reader.question(`${printable(question)} `, { signal }), closed])).trim();
  } finally {
    closed.catch(() => undefined); // closing after the answer rejects it, and nobody waits any more
    reader.close();
  }
}

/** Asks until the answer is one of the choices: its number, or its text. */
export async function choose(terminal: Terminal, question: string, { choices, proposed }: Offer, signal: AbortSignal): Promise<string> {
  const { noteStyle } = terminal;
  terminal.note(noteStyle('bold', question));
  choices.forEach(({ value, note }, index) => {
    const mark = value === proposed ? `  ${noteStyle('green', t('(proposed)'))}` : '';
    terminal.note(
      `  ${noteStyle('cyan', String(index + 1).padStart(2))}  ${value}${mark}${note === undefined ? '' : `  ${noteStyle('dim', note)}`}`,
    );
  });
  const prompt = proposed === undefined ? t('Number or name:') : t('Number or name (Enter: {proposed}):', { proposed });
  for (;;) {
    const answer = await terminal.ask(prompt, signal);
    if (answer === '' && proposed !== undefined) return proposed;
    const chosen = choices.find(({ value }, index) => value === answer || String(index + 1) === answer);
    if (chosen !== undefined) return chosen.value;
    terminal.note(answer === '' ? t('Answer with a number or a name.') : t('"{answer}" is none of them.', { answer }));
  }
}

/** What can be chosen. */
export interface Offer {
  readonly choices: readonly { readonly value: string; readonly note?: string }[];
  /** The choice that is marked, and that an empty answer takes. */
  readonly proposed?: string | undefined;
}
