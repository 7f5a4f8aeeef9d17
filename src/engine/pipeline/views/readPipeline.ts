/** A project's stages for views: cheap, and never an exception for a broken project file. */
import { resolve } from 'node:path';
import { throwIfCancelled } from '../../../base/abort.ts';
import { toErrorRecord, type ErrorRecord, type SourceRange } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { headlineMetric } from '../../../protocol/headlineMetric.ts';
import type { Job, JobEvent, StageState } from '../../../protocol/job.ts';
import type { Pipeline, StageMetric, StageSummary } from '../../../protocol/pipeline.ts';
import type { StageProgress } from '../../../protocol/run.ts';
import { readJobEvents } from '../../jobs/jobFolder.ts';
import { listJobs } from '../../jobs/listJobs.ts';
import type { Project } from '../../project/definitions/project.ts';
import { kindOf, type StageSpec } from '../../project/definitions/stage.ts';
import { loadProject, type LoadedProject } from '../../project/loadProject.ts';
import { filesRead } from './filesRead.ts';
import { planGraph, type StageGraph } from '../plan/graph.ts';
import { planPipeline, type PlannedStage } from '../plan/planPipeline.ts';
import { stageOf } from '../../project/definitions/project.ts';
import type { StageExecution } from '../records/stageResult.ts';
import { readStageState, type RememberedStage } from '../records/stageState.ts';
import { planOf } from '../stages/plans.ts';
import type { StagePlan } from '../stages/stagePlan.ts';

const shownJobs = 20;

export interface ReadPipelineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where windows such as `last: 30d` end; default: now. */
  readonly asOf?: Date | undefined;
  /** False: the stages are shown as they were left, and nothing that they name is read. Default: true. */
  readonly trusted?: boolean | undefined;
  /** Also name the files that the states hang on, for who watches them. Default: false. */
  readonly withReads?: boolean | undefined;
}

/**
 * Reads only: it starts no process, whatever the project names as its interpreter.
 * @throws CancelledError, and nothing else for what is wrong with the project
 */
export async function readPipeline(
  root: string,
  { signal, asOf, trusted = true, withReads = false }: ReadPipelineOptions = {},
): Promise<Pipeline> {
  const loaded = await loadProject(root);
  const jobs = await listJobs(root, { limit: shownJobs });
  throwIfCancelled(signal);
  const { project } = loaded;
  if (project === undefined) return brokenPipeline(root, loaded, jobs);
  const live = await liveStages(project.root, jobs);
  try {
    const graph = planGraph(project);
    const secrets = loaded.secrets.map(({ value }) => value);
    const plan = trusted ? await planPipeline(project, { asOf: asOf ?? new Date(), quick: true, secrets, signal }) : unexamined(graph);
    const summaries = await Promise.all(plan.map(async (stage) => summarize({ project, graph, loaded, live }, stage)));
    const stages = withBlocked(summaries);
    const order = Object.keys(project.stages);
    stages.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const pipeline = { root: project.root, name: project.name, stages, jobs, errors: [] };
    return withReads && trusted ? { ...pipeline, reads: await filesRead(project) } : pipeline;
  } catch (error) {
    throwIfCancelled(signal);
    return { ...brokenPipeline(root, loaded, jobs, [toErrorRecord(error)]), name: project.name };
  }
}

/** Stages of which it is not asked whether their inputs changed: that would open data and stores, and run queries. */
function unexamined(graph: StageGraph): PlannedStage[] {
  const reasons = [t('the workspace is not trusted, so its inputs were not looked at')];
  return [...graph.keys()].map((name) => ({ name, state: 'stale', reasons, execution: undefined, error: undefined }));
}

function brokenPipeline(
  root: string,
  loaded: LoadedProject,
  jobs: readonly Job[],
  errors: readonly ErrorRecord[] = loaded.diagnostics,
): Pipeline {
  const stages = loaded.stages.map(({ name, kind, at }) => ({ ...emptySummary(name, kind ?? '', at), reasons: [] }));
  return { root: resolve(root), name: loaded.project?.name ?? '', stages, jobs, errors };
}

function emptySummary(name: string, kind: string, at: SourceRange): StageSummary {
  const nothing = {
    durationMs: undefined,
    finishedAt: undefined,
    runId: undefined,
    metric: undefined,
    progress: undefined,
    check: undefined,
  };
  return { name, kind, at, after: [], state: 'stale', reasons: [], ...nothing };
}

/**
 * What comes after a failure says nothing about the state that failed, though its own key is unchanged: a gate that stays
 * shut leaves no check mark behind it.
 * @param stages in running order
 */
function withBlocked(stages: readonly StageSummary[]): StageSummary[] {
  const obstacles = new Map<string, string>();
  return stages.map((stage) => {
    const obstacle = stage.after.find((before) => obstacles.has(before));
    if (stage.state === 'failed' || stage.state === 'blocked') obstacles.set(stage.name, stage.name);
    if (obstacle === undefined || (stage.state !== 'unchanged' && stage.state !== 'stale')) return stage;
    const failed = obstacles.get(obstacle) ?? obstacle;
    obstacles.set(stage.name, failed);
    return { ...stage, state: 'blocked', reasons: [t('{stage} did not succeed', { stage: failed }), ...stage.reasons] };
  });
}

interface Surroundings {
  readonly project: Project;
  readonly graph: StageGraph;
  readonly loaded: LoadedProject;
  readonly live: ReadonlyMap<string, LiveStage>;
}

async function summarize({ project, graph, loaded, live }: Surroundings, planned: PlannedStage): Promise<StageSummary> {
  const { name } = planned;
  const at = loaded.stages.find((outline) => outline.name === name)?.at ?? wholeFile(project.file);
  const remembered = await readStageState(project.root, name);
  const last = planned.execution ?? remembered.completed;
  const stage = stageOf(project, name);
  const { headline, readCheck } = planOf(stage);
  const state = stateOf(planned, remembered, live.get(name)?.state);
  return {
    ...emptySummary(name, kindOf(stage), at),
    after: [...(graph.get(name)?.after ?? [])],
    ...state,
    ...(planned.execution?.result.registered?.withheld === undefined ? {} : { reasons: planned.execution.result.notes }),
    ...lastOf(last, remembered, state.state),
    metric: last === undefined ? undefined : headlineOf(state.state, last.result.metrics, headline),
    progress: state.state === 'running' ? live.get(name)?.progress : undefined,
    check: await readCheck?.(project.root, name),
  };
}

/** When it last ended well, and which run tells of the state: of a gate that stayed shut the one that it kept out. */
function lastOf(
  last: StageExecution | undefined,
  { failed }: RememberedStage,
  state: StageState,
): Partial<Pick<StageSummary, 'durationMs' | 'finishedAt' | 'runId'>> {
  const runId = (state === 'failed' ? failed?.runId : undefined) ?? last?.result.runId;
  return { ...(last === undefined ? {} : { durationMs: last.durationMs, finishedAt: last.finishedAt }), runId };
}

/** The figures of another state than the present one are none of it. */
function headlineOf(
  state: StageState,
  metrics: readonly StageMetric[],
  headline: StagePlan<StageSpec, unknown>['headline'],
): StageSummary['metric'] {
  if (state !== 'unchanged' && state !== 'done') return undefined;
  const values = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  return headlineMetric(values, headline?.(metrics));
}

/** A running job's word counts most, then the last failure of what would run again. */
function stateOf(
  { state, reasons }: PlannedStage,
  { completed, failed }: RememberedStage,
  live: StageState | undefined,
): Pick<StageSummary, 'state' | 'reasons'> {
  if (live !== undefined) return { state: live, reasons };
  if (failed === undefined || state === 'unchanged' || failed.at < (completed?.finishedAt ?? 0)) return { state, reasons };
  return { state: 'failed', reasons: [failed.message, ...reasons.filter((reason) => !reason.startsWith(failed.message))] };
}

function wholeFile(file: string): SourceRange {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

/** States that a running job has reported: they count for as long as it runs. */
async function liveStages(root: string, jobs: readonly Job[]): Promise<Map<string, LiveStage>> {
  const live = new Map<string, LiveStage>();
  for (const { record, state } of jobs.toReversed()) {
    if (state !== 'running') continue;
    for (const event of await readJobEvents(root, record.id)) addLive(live, event);
  }
  return live;
}

interface LiveStage {
  readonly state: StageState;
  readonly progress: StageProgress | undefined;
}

function addLive(live: Map<string, LiveStage>, event: JobEvent): void {
  if (event.type === 'planned') for (const stage of event.stages) live.set(stage, { state: 'waiting', progress: undefined });
  if (event.type === 'stage') live.set(event.stage, { state: event.state, progress: undefined });
  if (event.type === 'progress') {
    const { stage, message, fraction, remainingMs } = event;
    live.set(stage, { state: live.get(stage)?.state ?? 'running', progress: { message, fraction, remainingMs } });
  }
}
