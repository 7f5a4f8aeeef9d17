/** What would run, and why: nothing is executed and nothing is changed. */
import { AppError, errorText, toErrorRecord, type ErrorRecord } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { stageOf, type Project } from '../../project/definitions/project.ts';
import { openStore } from '../../stores/openStore.ts';
import { explainChange } from '../key/cacheKey.ts';
import { outputsAvailable, readCacheEntry } from '../records/cacheStore.ts';
import { planGraph, selectStages, type StageSelection } from './graph.ts';
import { findEdited } from '../records/keptEdits.ts';
import { resolveStage, type ResolvedStage } from './resolveStage.ts';
import type { StageExecution, StageResult } from '../records/stageResult.ts';
import { readStageState } from '../records/stageState.ts';
import { planOf } from '../stages/plans.ts';
import type { StandingResult } from '../stages/stagePlan.ts';

export interface PlannedStage {
  readonly name: string;
  readonly state: 'stale' | 'unchanged';
  readonly reasons: readonly string[];
  /** The execution whose result stands; undefined for a stale stage. */
  readonly execution: StageExecution | undefined;
  /** Why it cannot be said what the stage depends on: a missing file, a broken reference. */
  readonly error: ErrorRecord | undefined;
}

export interface PlanOptions extends StageSelection {
  readonly asOf: Date;
  /** Run the named stages (without names: all) even where nothing changed. */
  readonly force?: boolean | undefined;
  /** Values of the environment that the project file refers to. */
  readonly secrets?: readonly string[] | undefined;
  /** Answer quickly and start no process: take the installed packages as they were. */
  readonly quick?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The selected stages in running order.
 * @throws AppError `pipeline.noSuchStage`, `pipeline.cycle`; CancelledError
 */
export async function planPipeline(project: Project, options: PlanOptions): Promise<PlannedStage[]> {
  const graph = planGraph(project);
  const planned = new Map<string, PlannedStage>();
  const upstream = new Map<string, StageResult>();
  for (const name of selectStages(graph, options)) {
    const rerun = [...(graph.get(name)?.reads ?? [])].filter((before) => planned.get(before)?.state === 'stale');
    const stage =
      rerun.length > 0
        ? stale(name, [t('it reads the output of {stages}, which would be made anew', { stages: rerun.join(', ') })])
        : await planStage(project, name, upstream, options);
    planned.set(name, stage);
    if (stage.execution !== undefined) upstream.set(name, stage.execution.result);
  }
  return [...planned.values()];
}

function stale(name: string, reasons: readonly string[], error?: ErrorRecord): PlannedStage {
  return { name, state: 'stale', reasons, execution: undefined, error };
}

async function planStage(
  project: Project,
  name: string,
  upstream: ReadonlyMap<string, StageResult>,
  options: PlanOptions,
): Promise<PlannedStage> {
  const remembered = await readStageState(project.root, name);
  const earlier = remembered.completed;
  try {
    const quick = options.quick === true ? { earlier: earlier?.record } : undefined;
    const resolved = await resolveStage(project, name, {
      asOf: options.asOf,
      upstream,
      quick,
      secrets: options.secrets,
      signal: options.signal,
    });
    const forced = isForced(name, options) ? [t('it was asked for')] : [];
    const standing = await findStanding(project, name, resolved);
    const reasons = [...forced, ...standing.reasons];
    if (standing.execution === undefined || reasons.length > 0) return stale(name, reasons);
    const edited = await findEdited(project.root, remembered, standing.execution);
    const kept = edited.map((path) => t('{path} was edited: a run puts it back, and keeps the edited one', { path }));
    return { name, state: 'unchanged', reasons: kept, execution: standing.execution, error: undefined };
  } catch (error) {
    if (!AppError.is(error)) throw error;
    return stale(name, [errorText(error)], toErrorRecord(error));
  }
}

/** Whether the user asked for the stage to run whatever its key says. */
export function isForced(name: string, { force, stages }: Pick<PlanOptions, 'force' | 'stages'>): boolean {
  return force === true && (stages === undefined || stages.length === 0 || stages.includes(name));
}

/** The earlier execution whose result is that of the resolved stage, if there is one and what it made is there or can be put back. */
export async function findStanding(project: Project, name: string, resolved: ResolvedStage): Promise<StandingResult> {
  const { root } = project;
  const earlier = (await readStageState(root, name)).completed;
  const stage = stageOf(project, name);
  const plan = planOf(stage);
  if (plan.findStanding !== undefined) return plan.findStanding(stage, resolved, { root, name, earlier });
  const entry = await readCacheEntry(root, resolved.key);
  if (entry === undefined) return { execution: undefined, reasons: explainStale(earlier, resolved) };
  if (plan.opensRun(stage) && !(await runExists(root, entry.result.runId))) {
    return { execution: undefined, reasons: [t('its run is no longer in the store')] };
  }
  if (!(await outputsAvailable(root, entry))) return { execution: undefined, reasons: [t('what it made is gone')] };
  return { execution: entry, reasons: [] };
}

function explainStale(earlier: StageExecution | undefined, resolved: ResolvedStage): string[] {
  if (earlier === undefined) return [t('it has not run yet')];
  const reasons = explainChange(earlier.record, resolved.record);
  return reasons.length > 0 ? reasons : [t('its result is no longer in the cache')];
}

async function runExists(root: string, runId: string | undefined): Promise<boolean> {
  if (runId === undefined) return false;
  await using reader = openStore({ root }).tracking();
  return (await reader.summaries({ ids: [runId] })).items.length > 0;
}
