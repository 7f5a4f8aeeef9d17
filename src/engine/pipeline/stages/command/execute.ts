/** Stages that run a command of the user's. */
import { existsSync } from 'node:fs';
import { CancelledError, isCancelled, throwIfCancelled } from '../../../../base/abort.ts';
import { parseDuration } from '../../../../base/clock.ts';
import { AppError } from '../../../../base/errors.ts';
import { resolveInside } from '../../../../base/files.ts';
import { t } from '../../../../base/localize.ts';
import { startCommand, type RunningProcess } from '../../../../base/process.ts';
import { digestOfModel } from '../../../inference/files/modelDigest.ts';
import { locateModel } from '../../../inference/files/modelPlace.ts';
import { runDefaults, type RunStage } from '../../../project/definitions/stages/runStage.ts';
import { graces } from '../../../jobs/graces.ts';
import { resolveReferences, valueAsText } from '../../../project/values/references.ts';
import { resolveCommand } from '../../../project/values/splitCommand.ts';
import { change } from '../../../safety/change.ts';
import { createMask, type Mask } from '../../../safety/masking.ts';
import { secretValues } from '../../../safety/secretValues.ts';
import { openStore } from '../../../stores/openStore.ts';
import { requireUnread } from '../../records/protectedFiles.ts';
import { findInterpreter, isPython } from '../../key/interpreter.ts';
import { findLoggedModel, findScriptRun } from './scriptRun.ts';
import { stageVariables } from '../../key/runEnvironment.ts';
import type { StageTask } from '../stageContract.ts';
import type { StageResult } from '../../records/stageResult.ts';
import { projectPath } from '../../records/projectPath.ts';
import type { ExecutionContext } from '../trackedRun.ts';
import { lineReader } from './lineReader.ts';
import { stageTag } from '../../../../protocol/tables/storedNames.ts';

const running = new Set<RunningProcess>();
const retryPauseMs = 1000;

/** Ends every command this process has running. */
export async function endRunningCommands(): Promise<void> {
  await Promise.all([...running].map(async (command) => command.stop(1000)));
}

/**
 * Runs the stage's commands in order; the next only after the one before has ended well.
 * @throws AppError `pipeline.commandFailed`, `pipeline.packageMissing`, `pipeline.commandTimedOut`, `pipeline.outputMissing`, `files.outsideProject`, `files.readByProject`,
 * `pipeline.pythonMissing`, `process.notFound`; CancelledError
 */
export async function executeCommand(task: StageTask, stage: RunStage, context: ExecutionContext): Promise<StageResult> {
  const { root } = task.project;
  const outs = [...(stage.outs ?? []), ...(stage.model !== undefined && 'path' in stage.model ? [stage.model.path] : [])];
  const targets = await Promise.all(outs.map(async (out) => resolveInside(root, out)));
  await requireUnread(task.project, targets, outs);
  const variables = await stageVariables(root, task.stage, stage);
  const mask = createMask([...task.audit.secrets, ...Object.values(variables), ...secretValues(variables)]);
  const env = { ...trackingVariables(task), ...variables };
  return change(task.audit, {
    describe: { operation: 'run', resources: [`stage ${task.stage}`, ...outs] },
    prepareUndo: () => undefined,
    apply: async () => {
      for (const command of [stage.run].flat()) {
        const limits = {
          timeoutMs: stage.timeout === undefined ? undefined : parseDuration(stage.timeout),
          attempts: (stage.retry ?? runDefaults.retry) + 1,
        };
        await runWithRetry(limits, context, async (signal) => runOnce({ task, stage, command, env, mask }, { ...context, signal }));
      }
      for (const target of targets) await requireOutput(root, task.stage, target);
      const result = await commandResult(task, stage, targets);
      return { value: result, metrics: Object.fromEntries(result.metrics.map(({ name, value }) => [name, value])) };
    },
  });
}

interface CommandRun {
  readonly task: StageTask;
  readonly stage: RunStage;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mask: Mask;
}

async function runOnce({ task, stage, command, env, mask }: CommandRun, context: ExecutionContext): Promise<void> {
  const values = { params: task.project.params, env: process.env };
  const [file = '', ...args] = stage.shell === true ? [valueAsText(resolveReferences(command, values))] : resolveCommand(command, values);
  const usesPython = stage.shell !== true && isPython(file);
  const program = usesPython ? findInterpreter(task.project.root, [stage.python, task.project.python], process.env) : file;
  context.log('info', mask(`$ ${[file, ...args].join(' ')}`));
  const tell = (line: string): void => {
    context.log('info', line);
  };
  const output = lineReader(mask, tell);
  const errors = lineReader(mask, tell);
  const child = await startCommand(program, args, {
    cwd: task.project.root,
    env: { ...env, ...(usesPython ? { PYTHONUNBUFFERED: '1' } : {}) },
    shell: stage.shell ?? runDefaults.shell,
    onStdout: output.read,
    onStderr: errors.read,
  });
  running.add(child);
  context.onChild({ pid: child.pid, processStartTime: child.startTime });
  const stop = (): void => void child.stop(graces.command);
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  try {
    const exit = await child.exited;
    output.end();
    errors.end();
    throwIfCancelled(context.signal);
    if (exit.code !== 0) {
      const line = errors.last() ?? output.last() ?? '';
      const absent = usesPython ? missingModule(line) : undefined;
      if (absent !== undefined) throw packageMissing(task.stage, absent, mask(program));
      throw commandFailed(task.stage, mask(command), exit.signal ?? String(exit.code), line);
    }
  } finally {
    context.signal.removeEventListener('abort', stop);
    running.delete(child);
  }
}

interface Limits {
  readonly timeoutMs: number | undefined;
  readonly attempts: number;
}

async function runWithRetry(limits: Limits, context: ExecutionContext, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const timer = limits.timeoutMs === undefined ? undefined : AbortSignal.timeout(limits.timeoutMs);
    try {
      await run(timer === undefined ? context.signal : AbortSignal.any([context.signal, timer]));
      return;
    } catch (error) {
      if (context.signal.aborted) throw new CancelledError();
      const failure = isCancelled(error) && timer?.aborted === true ? timedOut(limits.timeoutMs ?? 0) : error;
      if (attempt >= limits.attempts) throw failure;
      const reason = failure instanceof Error ? failure.message : String(failure);
      context.log(
        'warning',
        t('{reason} Trying again ({attempt} of {attempts}).', { reason, attempt: attempt + 1, attempts: limits.attempts }),
      );
      await new Promise((done) => setTimeout(done, retryPauseMs));
    }
  }
}

/** Lets scripts find our store, where the user named none, and lets us recognise their runs. */
function trackingVariables(task: StageTask): Record<string, string> {
  return {
    ...(process.env.MLFLOW_TRACKING_URI === undefined ? { MLFLOW_TRACKING_URI: openStore(task.project).uri } : {}),
    ...(process.env.MLFLOW_EXPERIMENT_NAME === undefined && process.env.MLFLOW_EXPERIMENT_ID === undefined
      ? { MLFLOW_EXPERIMENT_NAME: task.project.experiment }
      : {}),
    MLFLOW_RUN_CONTEXT: JSON.stringify({ ...task.tags, [stageTag]: task.stage }),
  };
}

async function requireOutput(root: string, stage: string, target: string): Promise<void> {
  const path = projectPath(root, target);
  if (!existsSync(target)) {
    throw new AppError('pipeline.outputMissing', t('The stage {stage} ended well but did not make {path}.', { stage, path }), {
      args: { stage, path },
      remedy: t('Correct "outs" of the stage, or what its command writes.'),
    });
  }
  await resolveInside(root, target); // a link made meanwhile
}

async function commandResult(task: StageTask, stage: RunStage, targets: readonly string[]): Promise<StageResult> {
  const { root } = task.project;
  const run = await findScriptRun(root, task);
  const metrics = Object.entries(run?.metrics ?? {}).flatMap(([name, value]) => (Number.isFinite(value) ? [{ name, value }] : []));
  const outputs = targets.map((target) => projectPath(root, target));
  const result: StageResult = { runId: run?.id, metrics, outputs, notes: [] };
  if (stage.model === undefined) return result;
  if ('path' in stage.model) {
    const file = await resolveInside(root, stage.model.path);
    return { ...result, model: { folder: projectPath(root, file), digest: await digestOfModel(await locateModel(file)) } };
  }
  const folder = run === undefined ? undefined : await findLoggedModel(root, run, stage.model.logged);
  if (folder === undefined) {
    const args = { stage: task.stage, model: stage.model.logged };
    throw new AppError('pipeline.modelNotLogged', t('The stage {stage} logged no model named {model} through MLflow.', args), {
      args,
      remedy: t('Log it in the script (mlflow.onnx.log_model(…, "{model}")), or name its file as model: {path: …}.', args),
    });
  }
  return { ...result, model: { folder: projectPath(root, folder), digest: await digestOfModel(await locateModel(folder)) } };
}

/** The package that Python's last word names: `ModuleNotFoundError: No module named 'a.b'`. */
function missingModule(line: string): string | undefined {
  return /^ModuleNotFoundError: No module named '([\w.]+)'$/.exec(line)?.[1]?.split('.')[0];
}

function packageMissing(stage: string, module: string, python: string): AppError {
  const command = `${python.includes(' ') ? `"${python}"` : python} -m pip install ${module}`;
  const args = { stage, module, python, command };
  return new AppError(
    'pipeline.packageMissing',
    t('The stage {stage} needs the Python module {module}, which {python} does not have.', args),
    {
      kind: 'environment',
      args,
      remedy: t('Install it; its package may have another name.'),
      inTerminal: t('For example: {command}', args),
    },
  );
}

function commandFailed(stage: string, command: string, how: string, lastLine: string): AppError {
  const args = { stage, command, how, line: lastLine };
  return new AppError('pipeline.commandFailed', t('The command of the stage {stage} failed ({how}): {line}', args).replace(/: $/, '.'), {
    args,
    remedy: t('See its output above, or run it yourself: {command}', args),
  });
}

function timedOut(timeoutMs: number): AppError {
  const seconds = timeoutMs / 1000;
  return new AppError('pipeline.commandTimedOut', t('The command was ended: it took longer than its limit of {seconds} s.', { seconds }), {
    args: { seconds },
    remedy: t('Give it more time with "timeout", or make it faster.'),
  });
}
