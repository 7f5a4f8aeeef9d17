/** The front door: runs a project's pipeline as a job. */
import { CancelledError, isCancelled } from '../../base/abort.ts';
import { AppError, exitCodes, toErrorRecord } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Environment } from '../../protocol/audit.ts';
import type { JobEvent, JobEventBody } from '../../protocol/job.ts';
import type { PipelineResult, StageOutcome } from '../../protocol/pipeline.ts';
import { beginJob, currentUser, type RunningJob } from '../jobs/beginJob.ts';
import { endOpenWork, reapJobs } from '../jobs/reapJobs.ts';
import { takeRunLock } from '../jobs/runLock.ts';
import type { Project } from '../project/definitions/project.ts';
import { kindOf } from '../project/definitions/stage.ts';
import type { AuditLog } from '../safety/change.ts';
import { createMask, maskErrorRecord } from '../safety/masking.ts';
import { secretValues } from '../safety/secretValues.ts';
import { requirePermissions } from '../safety/safeguards.ts';
import { planGraph, selectStages, type StageSelection } from './plan/graph.ts';
import { lazyPool } from './execution/lazyPool.ts';
import { lacksLines, readLockFile, updateLockFile, type LockFile } from './records/lockFile.ts';
import { machineBudget } from './execution/machineBudget.ts';
import { planPipeline, type PlannedStage } from './plan/planPipeline.ts';
import { stageOf } from '../project/definitions/project.ts';
import { lockedInputs, runStages } from './execution/runStages.ts';
import { runTags } from './execution/runTags.ts';
import { StagePool } from './execution/stagePool.ts';
import { readStageState } from './records/stageState.ts';
import { dropTornWrites } from './records/tornWrites.ts';
import { undoStates } from './undo/undoPerformers.ts';

export interface RunPipelineOptions extends StageSelection {
  readonly project: Project;
  /** Which safeguards apply: `resolveEnvironment(project)`. */
  readonly environment: Environment;
  /** As the user would type it, without `millwright`: `['run', 'train', '--set', 'params.x=1']`. */
  readonly command: readonly string[];
  /** Run the named stages (without names: all) even where nothing changed. */
  readonly force?: boolean | undefined;
  /** Only say what would run, and why. */
  readonly dryRun?: boolean | undefined;
  /** Fail where the inputs are not those of `millwright.lock`. */
  readonly frozen?: boolean | undefined;
  /** Leave `millwright.lock` as it is: the stages are not the project file's own. */
  readonly unrecorded?: boolean | undefined;
  /** Wait while another run has the project. */
  readonly wait?: boolean | undefined;
  /** Text for the runs' descriptions. */
  readonly note?: string | undefined;
  /** Where windows such as `last: 30d` end; default: now. */
  readonly asOf?: Date | undefined;
  readonly ticket?: string | undefined;
  readonly approvedBy?: string | undefined;
  /** Values of the environment that the project file refers to: masked in every log. */
  readonly secrets?: readonly string[] | undefined;
}

export interface RunPipelineContext {
  /** Cancels the job: Ctrl-C in a terminal. */
  readonly signal?: AbortSignal | undefined;
  /** Told everything that followers of the job are told. */
  readonly onEvent?: ((event: JobEvent) => void) | undefined;
}

/**
 * Runs the selected stages, each where it is stale, as a job of this process. What fails in a stage is in the result;
 * what keeps the run from beginning is thrown.
 * @throws AppError `project.busy`, `pipeline.noSuchStage`, `pipeline.cycle`, `safety.ticketMissing`, `safety.approvalMissing`,
 * `pipeline.stageNotStarted`; CancelledError while waiting for the project
 */
export async function runPipeline(options: RunPipelineOptions, context: RunPipelineContext = {}): Promise<PipelineResult> {
  const { project, command } = options;
  if (options.dryRun === true) return dryRun(options, context.signal);
  selectStages(planGraph(project), options);
  requirePermissions({ environment: options.environment, ticket: options.ticket, approvedBy: options.approvedBy });
  const inner = await beginJob(project.root, {
    command: command.map(createMask(secretsOf(options))),
    title: titleOf(options),
    environment: options.environment,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  const job = masked(withListener(inner, context.onEvent), createMask(secretsOf(options)));
  try {
    using held = new DisposableStack();
    held.use(await takeRunLock(project.root, { jobId: job.record.id, wait: options.wait === true, signal: job.signal }));
    await dropTornWrites(project.root);
    await reapJobs(project.root, job.record.command, undoStates(project.root));
    const stages = await runSelected(options, job);
    const failed = stages.find(({ error }) => error !== undefined)?.error;
    const cancelled = job.signal.aborted && stages.some(({ state }) => state === 'cancelled');
    await endOpenWork(project.root, job.record.id, { cancelled, stateOf: undoStates(project.root) });
    const end = await job.finish(cancelled ? new CancelledError() : failed === undefined ? undefined : AppError.fromRecord(failed));
    const durationMs = end.endedAt - job.record.startedAt;
    return { root: project.root, jobId: job.record.id, state: end.state, exitCode: end.exitCode, durationMs, stages, error: failed };
  } catch (error) {
    await job.finish(error);
    throw error;
  }
}

function titleOf({ stages, downstream }: RunPipelineOptions): string {
  if (stages === undefined || stages.length === 0) return t('Run the pipeline');
  const names = stages.join(', ');
  return downstream === true ? t('Run from {stages}', { stages: names }) : t('Run {stages}', { stages: names });
}

function withListener(job: RunningJob, onEvent: RunPipelineContext['onEvent']): RunningJob {
  if (onEvent === undefined) return job;
  const tell = (event: JobEventBody): void => {
    onEvent({ at: Date.now(), ...event });
  };
  return {
    ...job,
    emit(event) {
      job.emit(event);
      tell(event);
    },
    log(level, message, stage) {
      job.log(level, message, stage);
      tell({ type: 'log', level, message, ...(stage === undefined ? {} : { stage }) });
    },
  };
}

/** The job with every secret replaced in what it writes for others to read; names and states stay as they are. */
function masked(job: RunningJob, mask: (text: string) => string): RunningJob {
  return {
    ...job,
    emit(event) {
      if (event.type === 'progress') job.emit({ ...event, message: mask(event.message) });
      else if (event.type === 'stage') job.emit(maskedOutcome(event, mask));
      else job.emit(event);
    },
    log(level, message, stage) {
      job.log(level, mask(message), stage);
    },
    finish: async (error) =>
      job.finish(error === undefined || isCancelled(error) ? error : AppError.fromRecord(maskErrorRecord(toErrorRecord(error), mask))),
  };
}

function maskedOutcome(event: Extract<JobEventBody, { type: 'stage' }>, mask: (text: string) => string): JobEventBody {
  const { reason, error } = event;
  return {
    ...event,
    ...(reason === undefined ? {} : { reason: mask(reason) }),
    ...(error === undefined ? {} : { error: maskErrorRecord(error, mask) }),
  };
}

async function runSelected(options: RunPipelineOptions, job: RunningJob): Promise<StageOutcome[]> {
  const project = plainProject(options.project);
  const asOf = options.asOf ?? new Date();
  const graph = planGraph(project);
  // What cannot be read cannot be brought up to date, so nothing begins.
  const locked = options.unrecorded === true ? undefined : await readLockFile(project.root);
  const lock = options.frozen === true ? { file: locked } : undefined;
  const plan = await planPipeline(project, { ...options, asOf, signal: job.signal });
  const order = plan.map(({ name }) => name);
  job.emit({ type: 'planned', stages: order });
  const budget = machineBudget();
  await using pools = new AsyncDisposableStack();
  const startPool = lazyPool(pools, job.signal, async () =>
    StagePool.start(Math.min(budget.threads, order.length), project.root, ({ pid, processStartTime }) => {
      job.emit({ type: 'child', pid, processStartTime });
    }),
  );
  if (plan.some(({ state }) => state === 'stale')) await startPool();
  job.emit({ type: 'started' });
  const audit = auditLogOf(options, job);
  const stages = await runStages({
    ...options,
    project,
    graph,
    order,
    job,
    asOf,
    lock,
    budget,
    audit,
    tags: await runTags(project, {
      jobId: job.record.id,
      user: audit.user,
      command: audit.command,
      note: options.note === undefined ? undefined : createMask(audit.secrets)(options.note),
      signal: job.signal,
    }),
    pool: startPool,
  });
  if (lock === undefined && options.unrecorded !== true) await writeLock(project, stages, { locked, job });
  return stages;
}

/** The project alone, without what a loaded project carries besides: it is sent to other processes. */
function plainProject(project: Project): Project {
  const { root, file, name, seed, environment, python, params, paramsFile, experiment, storeUri } = project;
  const { datasets, sampleRows, features, stages } = project;
  return { root, file, name, seed, environment, python, params, paramsFile, experiment, storeUri, datasets, sampleRows, features, stages };
}

/** What must not be read in any log: values that the project file takes from the environment, and those whose names say so. */
function secretsOf({ secrets = [] }: RunPipelineOptions): string[] {
  return [...secretValues(process.env), ...secrets];
}

function auditLogOf(options: RunPipelineOptions, job: RunningJob): AuditLog {
  const secrets = secretsOf(options);
  return {
    root: options.project.root,
    user: currentUser(),
    environment: options.environment,
    ticket: options.ticket,
    approvedBy: options.approvedBy,
    command: createMask(secrets)(['millwright', ...options.command].join(' ')),
    jobId: job.record.id,
    secrets,
  };
}

/** @param locked what the file held when the run began */
async function writeLock(
  project: Project,
  stages: readonly StageOutcome[],
  { locked, job }: { readonly locked: LockFile | undefined; readonly job: RunningJob },
): Promise<void> {
  const completed: Record<string, { inputs: Record<string, string>; outputs: Record<string, string> }> = {};
  for (const { name, state } of stages) {
    const execution = state === 'done' || state === 'unchanged' ? (await readStageState(project.root, name)).completed : undefined;
    if (execution === undefined) continue;
    const { model } = execution.result;
    const own = execution.outputs.filter(({ path }) => !/^(mlruns|\.millwright)\//.test(path)); // those follow from clock and machine
    const files = own.map(({ path, digest }) => [path, digest] as const);
    completed[name] = {
      inputs: lockedInputs(execution),
      outputs: Object.fromEntries([...files, ...(model === undefined ? [] : [['model', model.digest] as const])]),
    };
  }
  if (Object.keys(completed).length > 0) await updateLockFile(project.root, completed, new Set(Object.keys(project.stages)));
  const unchanged = stages.flatMap(({ name, state }) => (state === 'unchanged' ? [name] : []));
  const lost = locked === undefined ? [] : unchanged.filter((name) => lacksLines(locked[name], completed[name]));
  if (lost.length > 0) {
    const args = { stages: lost.join(', ') };
    job.log('warning', t('millwright.lock lacked lines of stages that are unchanged ({stages}); they stand there again.', args));
  }
}

async function dryRun(options: RunPipelineOptions, signal: AbortSignal | undefined): Promise<PipelineResult> {
  const startedAt = Date.now();
  const plan = await planPipeline(options.project, { ...options, asOf: options.asOf ?? new Date(), signal });
  const error = plan.find((stage) => stage.error !== undefined)?.error;
  return {
    root: options.project.root,
    jobId: undefined,
    state: 'planned',
    exitCode: error === undefined ? exitCodes.ok : exitCodes[error.kind],
    durationMs: Date.now() - startedAt,
    stages: plan.map((stage) => plannedOutcome(options.project, stage)),
    error,
  };
}

function plannedOutcome(project: Project, { name, state, reasons, execution, error }: PlannedStage): StageOutcome {
  return {
    name,
    kind: kindOf(stageOf(project, name)),
    state,
    reasons,
    durationMs: execution?.durationMs,
    runId: execution?.result.runId,
    metrics: execution?.result.metrics ?? [],
    registered: execution?.result.registered,
    outputs: execution?.outputs.map(({ path }) => path) ?? [],
    report: execution?.result.report,
    notes: execution?.result.notes ?? [],
    error,
  };
}
