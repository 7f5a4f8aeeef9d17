/** What every command shares: its options, its answer as text or JSON, and how it ends. */
import type { CommandUnknownOpts, OptionValues } from 'commander';
import { isCancelled } from '../base/abort.ts';
import { readIfPresent } from '../base/boundedRead.ts';
import { AppError, exitCodes, toErrorRecord, type ErrorRecord } from '../base/errors.ts';
import { jsonText } from '../base/jsonText.ts';
import { t } from '../base/localize.ts';
import type { JobEvent } from '../protocol/job.ts';
import { listenForInterrupt } from './interrupt.ts';
import { watched, type Watched } from './liveView.ts';
import { renderFailure } from './render/failure.ts';
import type { Style } from './render/style.ts';
import { choose, type Offer, type Terminal } from './terminal.ts';

/** The options of a command, as they are declared: a flag and its parser say the name and the type. */
export type OptionsOf<Declare extends (...args: never[]) => { opts(): OptionValues }> =
  ReturnType<ReturnType<Declare>['opts']> extends infer Options ? { readonly [Name in keyof Options]: Readonly<Options[Name]> } : never;

/** Options of every command. */
export type CommonOptions = OptionsOf<typeof addCommand<string>>;

/** Options of every command that works on a project. */
export type ProjectOptions = OptionsOf<typeof addProjectCommand<string>>;

/** Several failures at once, such as the problems of a project file. */
export class FailuresError extends Error {
  override readonly name = 'FailuresError';
  readonly failures: readonly ErrorRecord[];
  constructor(failures: readonly ErrorRecord[]) {
    super(failures.map(({ message }) => message).join('\n'));
    this.failures = failures;
  }
}

/** Lines in the colours and the width of the place where they are shown. */
type Lines = (style: Style, width: number | undefined) => readonly string[];

/** What a command is given besides its arguments: of the terminal it knows no more than this. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly json: boolean;
  /** Gives the answer: the value as JSON where that was asked for, else the lines. */
  readonly answer: (value: unknown, lines: Lines) => void;
  /** Gives a line of an answer that comes bit by bit. */
  readonly print: (line: string) => void;
  /** Says something beside the answer. */
  readonly note: (lines: Lines) => void;
  /** Shows a failure beside the answer, with the source it points into. */
  readonly noteFailure: (failure: ErrorRecord) => Promise<void>;
  /** Shows the events of some work while it goes on. */
  readonly watched: <T>(work: (onEvent: (event: JobEvent) => void) => Promise<T>) => Promise<Watched<T>>;
  /** Undefined where nobody can be asked. */
  readonly person: Person | undefined;
}

/** Somebody who can be asked. */
export interface Person {
  /** @throws CancelledError on Ctrl-C and end of input */
  readonly ask: (question: string) => Promise<string>;
  /** Asks until the answer is one of the choices. @throws CancelledError as {@link ask} */
  readonly choose: (question: string, offer: Offer) => Promise<string>;
}

/** The work of a command. @returns the exit code; nothing means 0 */
export type CommandBody = (context: CommandContext) => Promise<number | undefined>;

/** Does the work of a command and ends as it ended. */
export type Perform = (options: CommonOptions, body: CommandBody) => Promise<void>;

/** A subcommand with `--json` and examples. */
export function addCommand<Usage extends string>(
  program: CommandUnknownOpts,
  usage: Usage,
  description: string,
  examples: readonly (readonly [string, string])[],
) {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const shown = examples.map(([line, meaning]) => `  $ ${line.padEnd(widest)}   ${meaning}`);
  return program
    .command(usage)
    .description(description)
    .option('--json', t('give the answer as JSON'))
    .addHelpText('after', `\n${t('Examples:')}\n${shown.join('\n')}`);
}

/** As {@link addCommand}, for a command that works on a project. */
export function addProjectCommand<Usage extends string>(
  program: CommandUnknownOpts,
  usage: Usage,
  description: string,
  examples: readonly (readonly [string, string])[],
) {
  return addCommand(program, usage, description, examples).option(
    '--project <folder>',
    t('the folder that holds millwright.yaml (default: searched from here upward)'),
  );
}

/** Runs a command's work to its end, shows its failure, and sets the exit code. */
export async function runCommandBody(terminal: Terminal, options: CommonOptions, body: CommandBody): Promise<void> {
  using interrupt = listenForInterrupt(() => {
    if (terminal.liveSize !== undefined) terminal.note(`\n${t('Cancelling … (Ctrl-C again to end at once)')}`);
  });
  const json = options.json === true;
  try {
    const code = await body(contextOf(terminal, json, interrupt.signal));
    process.exitCode = code ?? exitCodes.ok;
  } catch (error) {
    process.exitCode = await showFailure(terminal, error, json);
  }
}

function contextOf(terminal: Terminal, json: boolean, signal: AbortSignal): CommandContext {
  return {
    signal,
    json,
    answer: (value, lines) => {
      if (json) terminal.print(jsonText(value, 2));
      else for (const line of lines(terminal.style, terminal.width)) terminal.print(line);
    },
    print: (line) => {
      terminal.print(line);
    },
    note: (lines) => {
      for (const line of lines(terminal.noteStyle, terminal.liveSize?.columns)) terminal.note(line);
    },
    noteFailure: async (failure) => noteFailure(terminal, failure),
    watched: async (work) => watched(terminal, work),
    person: terminal.interactive
      ? {
          ask: async (question) => terminal.ask(question, signal),
          choose: async (question, offer) => choose(terminal, question, offer, signal),
        }
      : undefined,
  };
}

/** Shows what went wrong, in JSON on standard output too where that was asked for. @returns the exit code */
export async function showFailure(terminal: Terminal, error: unknown, json: boolean): Promise<number> {
  if (isCancelled(error)) {
    if (json) terminal.print(jsonText({ cancelled: true }));
    terminal.note(terminal.noteStyle('yellow', t('Cancelled.')));
    return exitCodes.cancelled;
  }
  const failures = error instanceof FailuresError ? error.failures : [toErrorRecord(error)];
  if (json) terminal.print(jsonText({ errors: failures }, 2));
  for (const failure of failures) await noteFailure(terminal, failure);
  if (!AppError.is(error) && !(error instanceof FailuresError) && error instanceof Error) await reportCrash(terminal, error);
  return exitCodes[failures[0]?.kind ?? 'internal'];
}

async function noteFailure(terminal: Terminal, failure: ErrorRecord): Promise<void> {
  const source = failure.at === undefined ? undefined : await readIfPresent(failure.at.file).catch(() => undefined); // shown without
  for (const line of renderFailure(failure, { style: terminal.noteStyle, cwd: process.cwd(), source })) terminal.note(line);
}

async function reportCrash(terminal: Terminal, error: Error): Promise<void> {
  const { writeCrashReport } = await import('../engine/doctor/crashReport.ts');
  const path = await writeCrashReport(error, process.argv.slice(2)).catch(() => undefined); // the fault itself is shown all the same
  if (path !== undefined) {
    terminal.note(
      `  ${terminal.noteStyle('cyan', '→')} ${t('This is a fault of Millwright itself. A report lies at {path}; nothing was sent anywhere.', { path })}`,
    );
  } else {
    terminal.note(error.stack ?? error.message);
  }
}
