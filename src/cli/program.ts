/** The commands by name. Each loads the engine only when it runs, so that help and completion are instant. */
import { Command, CommanderError } from 'commander';
import { existsSync } from 'node:fs';
import { installedVersion } from '../base/entryPoint.ts';
import { exitCodes } from '../base/errors.ts';
import { t } from '../base/localize.ts';
import { registerAudit } from './commands/audit.ts';
import { registerCancel } from './commands/cancel.ts';
import { registerClean } from './commands/clean.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvaluate } from './commands/evaluate.ts';
import { registerGraph } from './commands/graph.ts';
import { registerInit } from './commands/init.ts';
import { registerJobs } from './commands/jobs.ts';
import { registerModels } from './commands/models.ts';
import { registerPredict } from './commands/predict.ts';
import { registerReport } from './commands/report.ts';
import { registerRun } from './commands/run.ts';
import { registerRuns } from './commands/runs.ts';
import { registerSchema } from './commands/schema.ts';
import { registerStatus } from './commands/status.ts';
import { registerUndo } from './commands/undo.ts';
import { registerValidate } from './commands/validate.ts';
import { runCommandBody, showFailure, type Perform } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line and sets the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<void> {
  try {
    await createProgram(terminal).parseAsync(args.map(fileNamedSo), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    else process.exitCode = await showFailure(terminal, error, false);
  }
}

/** A file whose name begins like an option is that file: no option has a point in it. */
function fileNamedSo(word: string): string {
  return /^-[^=]*\./.test(word) && existsSync(word) ? `./${word}` : word;
}

/** All commands with their options. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('millwright')
    .description(t('The whole life of a model in one file: data checks, training, evaluation, registry, prediction.'))
    .version(installedVersion(), '-V, --version', t('print the version'))
    .helpOption('-h, --help', t('show help'))
    .helpCommand(false)
    .showHelpAfterError(t('See "millwright --help" and "millwright <command> --help".'))
    .exitOverride()
    .configureHelp({ sortSubcommands: false, subcommandTerm: (command) => command.name() });
  const perform: Perform = async (options, body) => runCommandBody(terminal, options, body);
  for (const register of [
    registerInit,
    registerRun,
    registerStatus,
    registerGraph,
    registerJobs,
    registerCancel,
    registerValidate,
    registerPredict,
    registerEvaluate,
    registerModels,
    registerRuns,
    registerReport,
    registerAudit,
    registerUndo,
    registerDoctor,
    registerSchema,
    registerClean,
  ]) {
    register(program, perform);
  }
  return program;
}
