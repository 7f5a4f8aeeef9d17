/** Runs the planned stages: each as soon as those before it are done, side by side within one budget. */
import { isCancelled, throwIfCancelled } from '../../../base/abort.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { reasonWords } from '../../../protocol/words/stageWords.ts';
import type { StageOutcome } from '../../../protocol/pipeline.ts';
import type { Budget } from '../../../protocol/stageContext.ts';
import type { RunningJob } from '../../jobs/beginJob.ts';
import { stageOf, type Project } from '../../project/definitions/project.ts';
import { kindOf } from '../../project/definitions/stage.ts';
import type { AuditLog } from '../../safety/change.ts';
import { createMask, maskErrorRecord } from '../../safety/masking.ts';
import { restoreOutputs, storeCacheEntry } from '../records/cacheStore.ts';
import type { StageGraph } from '../plan/graph.ts';
import { findEdited, keepEdited } from '../records/keptEdits.ts';
import { requireLocked, type LockFile } from '../records/lockFile.ts';
import { shareOf } from './machineBudget.ts';
import { findStanding, isForced, type PlanOptions } from '../plan/planPipeline.ts';
import { resolveStage, type ResolvedStage } from '../plan/resolveStage.ts';
import { emptyResult, type StageExecution, type StageResult } from '../records/stageResult.ts';
import type { StagePool } from './stagePool.ts';
import { dropCheckpoints } from '../records/stageCheckpoints.ts';
import { readStageState, saveStageState, type StageFailure } from '../records/stageState.ts';
import { settingsTags } from '../../tracking/runs/tags.ts';
import { keyTag } from '../../../protocol/tables/storedNames.ts';

export interface StageRunOptions extends PlanOptions {
  readonly project: Project;
  readonly graph: StageGraph;
  /** In running order. */
  readonly order: readonly string[];
  readonly job: RunningJob;
  readonly audit: AuditLog;
  readonly tags: Readonly<Record<string, string>>;
  readonly budget: Budget;
  /** With `--frozen`: what the inputs must be. */
  readonly lock: { readonly file: LockFile | undefined } | undefined;
  /** The processes, started when the first stage needs one. */
  readonly pool: () => Promise<StagePool>;
}

interface Running {
  readonly threads: number;
  readonly end: Promise<void>;
}

/** @returns the outcome of every stage, in running order; failures are outcomes, nothing is thrown for them */
export async function runStages(options: StageRunOptions): Promise<StageOutcome[]> {
  const { order, graph, budget, job } = options;
  const outcomes = new Map<string, StageOutcome>();
  const results = new Map<string, StageResult>();
  const running = new Map<string, Running>();
  const before = (name: string): string[] => [...(graph.get(name)?.after ?? [])].filter((other) => order.includes(other));
  const settle = (outcome: StageOutcome, result?: StageResult): void => {
    outcomes.set(outcome.name, outcome);
    if (result !== undefined) results.set(outcome.name, result);
    emitOutcome(job, outcome);
  };
  for (;;) {
    for (const name of order) {
      const obstacle = outcomes.has(name) || running.has(name) ? undefined : before(name).find((other) => isObstacle(outcomes.get(other)));
      if (obstacle !== undefined) settle(blocked(options, name, obstacle));
    }
    const ready = order.filter((name) => !outcomes.has(name) && !running.has(name) && before(name).every((other) => results.has(other)));
    let free = budget.threads - [...running.values()].reduce((sum, { threads }) => sum + threads, 0);
    for (const [index, name] of ready.entries()) {
      if (free < 1) break;
      const share = shareOf(budget, free, ready.length - index);
      free -= share.threads;
      const end = runStage(options, name, results, share).then(({ outcome, result }) => {
        running.delete(name);
        settle(outcome, result);
      });
      running.set(name, { threads: share.threads, end });
    }
    if (running.size === 0) return order.flatMap((name) => outcomes.get(name) ?? []);
    await Promise.race([...running.values()].map(async ({ end }) => end));
  }
}

function isObstacle(outcome: StageOutcome | undefined): boolean {
  return outcome !== undefined && outcome.state !== 'done' && outcome.state !== 'unchanged';
}

interface StageEnd {
  readonly outcome: StageOutcome;
  readonly result?: StageResult;
}

async function runStage(
  options: StageRunOptions,
  name: string,
  upstream: ReadonlyMap<string, StageResult>,
  budget: Budget,
): Promise<StageEnd> {
  const { project, job } = options;
  const kind = kindOf(stageOf(project, name));
  const startedAt = Date.now();
  let key = '';
  try {
    throwIfCancelled(job.signal);
    const resolve = async (): Promise<ResolvedStage> =>
      resolveStage(project, name, { asOf: options.asOf, upstream, secrets: options.secrets, signal: job.signal });
    const resolved = await resolve();
    key = resolved.key;
    if (options.lock !== undefined) requireLocked(name, lockedInputs(resolved), options.lock.file);
    const standing = await findStanding(project, name, resolved);
    const unforced = isForced(name, options) ? undefined : standing.execution;
    const edited = await findEdited(project.root, await readStageState(project.root, name), unforced);
    const kept = await keepEdited(project.root, edited);
    for (const sentence of kept) job.log('warning', sentence, name);
    if (unforced !== undefined) {
      await restoreOutputs(project.root, unforced);
      await remember(project.root, { ...unforced, stage: name });
      return { outcome: withNotes(outcomeOf(name, kind, 'unchanged', unforced), kept), result: unforced.result };
    }
    const reasons = standing.reasons.length > 0 ? standing.reasons : [t('it was asked for')];
    job.emit({ type: 'stage', stage: name, state: 'running', reason: reasonWords(reasons) });
    const result = await execute(options, name, resolved, budget);
    await requireSameInputs(name, resolved, resolve);
    const finishedAt = Date.now();
    const execution = {
      version: 1 as const,
      stage: name,
      key,
      record: resolved.record,
      finishedAt,
      durationMs: finishedAt - startedAt,
      result,
    };
    const stored = await storeCacheEntry(project.root, execution, job.signal);
    await remember(project.root, stored);
    await forgetCheckpoints(options, name);
    return { outcome: withNotes(outcomeOf(name, kind, 'done', stored, reasons), kept), result };
  } catch (error) {
    const record = ofStage(name, maskErrorRecord(toErrorRecord(error), createMask(options.audit.secrets)));
    if (!isCancelled(error)) await rememberFailure(options, name, failureOf(record, key));
    return { outcome: failedOutcome({ name, kind, startedAt }, isCancelled(error) ? undefined : record) };
  }
}

function failureOf({ message, args }: ErrorRecord, key: string): StageFailure {
  const runId = args?.runId;
  return { at: Date.now(), key, message, ...(typeof runId === 'string' ? { runId } : {}) };
}

/** Whoever offers a repair must know what failed. */
function ofStage(stage: string, error: ErrorRecord): ErrorRecord {
  return { ...error, args: { stage, ...error.args } };
}

async function execute(options: StageRunOptions, name: string, resolved: ResolvedStage, budget: Budget): Promise<StageResult> {
  const { project, job, audit, tags, asOf } = options;
  const pool = await options.pool();
  return pool.execute(
    {
      project,
      stage: name,
      asOf: asOf.getTime(),
      budget,
      audit,
      tags: { ...tags, [keyTag]: resolved.key, ...settingsTags(lockedInputs(resolved)) },
      given: resolved.given,
    },
    {
      log: ({ level, message }) => {
        job.log(level, message, name);
      },
      progress: (progress) => {
        job.emit({ type: 'progress', stage: name, ...progress });
      },
      child: ({ pid, processStartTime }) => {
        job.emit({ type: 'child', pid, processStartTime });
      },
      run: ({ runId }) => {
        job.emit({ type: 'run', runId });
      },
    },
    job.signal,
  );
}

/** @throws AppError `pipeline.inputChanged` when what was read is no longer what the key was made of */
async function requireSameInputs(stage: string, before: ResolvedStage, resolve: () => Promise<ResolvedStage>): Promise<void> {
  const after = await resolve();
  const names = Object.keys({ ...before.record.inputs, ...after.record.inputs });
  const changed = names.filter((name) => before.record.inputs[name] !== after.record.inputs[name]);
  if (changed.length === 0) return;
  const args = { stage, inputs: changed.join(', ') };
  throw new AppError('pipeline.inputChanged', t('While the stage {stage} ran, what it reads changed: {inputs}.', args), {
    args,
    remedy: t('Run it again when nothing else writes to these files. If the stage itself writes them, name them under "outs" instead.'),
  });
}

/** What of a stage's key belongs into the lock file: nothing of this machine. */
export function lockedInputs({ record }: Pick<ResolvedStage, 'record'>): Record<string, string> {
  const settings = Object.entries(record.values).map(([name, value]) => [`setting ${name}`, value] as const);
  return Object.fromEntries([...settings, ...Object.entries(record.inputs)]);
}

async function remember(root: string, execution: StageExecution): Promise<void> {
  await saveStageState(root, execution.stage, { completed: execution, failed: undefined });
}

/** They are of no more use, but in nobody's way either. */
async function forgetCheckpoints({ project, job }: StageRunOptions, name: string): Promise<void> {
  await dropCheckpoints(project.root, name).catch((error: unknown) => {
    job.log('warning', toErrorRecord(error).message, name);
  });
}

async function rememberFailure(options: StageRunOptions, name: string, failed: StageFailure): Promise<void> {
  const { root } = options.project;
  try {
    await saveStageState(root, name, { ...(await readStageState(root, name)), failed });
  } catch (error) {
    options.job.log('warning', toErrorRecord(error).message, name); // the failure itself is the one to report
  }
}

function withNotes(outcome: StageOutcome, notes: readonly string[]): StageOutcome {
  return notes.length === 0 ? outcome : { ...outcome, notes: [...outcome.notes, ...notes] };
}

function outcomeOf(
  name: string,
  kind: string,
  state: 'done' | 'unchanged',
  { result, durationMs, outputs }: StageExecution,
  reasons: readonly string[] = [],
): StageOutcome {
  const { runId, metrics, registered, report, notes } = result;
  return {
    name,
    kind,
    state,
    reasons,
    durationMs,
    runId,
    metrics,
    registered,
    outputs: outputs.map(({ path }) => path),
    report,
    notes,
    error: undefined,
  };
}

function failedOutcome(
  { name, kind, startedAt }: { readonly name: string; readonly kind: string; readonly startedAt: number },
  error: ErrorRecord | undefined,
): StageOutcome {
  const state = error === undefined ? 'cancelled' : 'failed';
  const reasons = error === undefined ? [] : [error.message];
  return { ...emptyOutcome(name, kind), state, reasons, durationMs: Date.now() - startedAt, error };
}

function blocked({ project, job }: StageRunOptions, name: string, obstacle: string): StageOutcome {
  const kind = kindOf(stageOf(project, name));
  if (job.signal.aborted) return { ...emptyOutcome(name, kind), state: 'cancelled' };
  return { ...emptyOutcome(name, kind), state: 'blocked', reasons: [t('{stage} did not succeed', { stage: obstacle })] };
}

function emptyOutcome(name: string, kind: string): StageOutcome {
  const { metrics, notes } = emptyResult;
  const nothing = { durationMs: undefined, runId: undefined, registered: undefined, report: undefined, error: undefined };
  return { name, kind, state: 'waiting', reasons: [], metrics, outputs: [], notes, ...nothing };
}

function emitOutcome(job: RunningJob, { name, state, reasons, durationMs, runId, error }: StageOutcome): void {
  job.emit({
    type: 'stage',
    stage: name,
    state,
    ...(reasons.length === 0 ? {} : { reason: reasonWords(reasons) }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(runId === undefined ? {} : { runId }),
    ...(error === undefined ? {} : { error }),
  });
}
