/** Gives jobs that died without a word their end: their children, their runs, their audit lines, their result. */
import { existsSync } from 'node:fs';
import { AppError, exitCodes, type ErrorRecord } from '../../base/errors.ts';
import { appendJsonLine, writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import type { JobEvent, JobRecord, JobResult } from '../../protocol/job.ts';
import { closeAbandonedChanges, repair, type StateReader } from '../safety/change.ts';
import { openStoreWriter } from '../stores/openStoreWriter.ts';
import { openStore } from '../stores/openStore.ts';
import { collectItems } from '../tracking/store/pages.ts';
import { failureTags } from '../tracking/runs/tags.ts';
import { backendOf } from './backendOf.ts';
import type { DeadJob } from './backends/jobBackend.ts';
import { currentUser } from './beginJob.ts';
import { isOwnJob, jobIds, jobPaths, readJobEvents, readJobRecord, readJobResult } from './jobFolder.ts';
import { jobTag } from '../../protocol/tables/storedNames.ts';

/**
 * Ends every unfinished job of this user and machine that nobody holds, once, whoever changes something first. Each is a change in the
 * audit log. What came with the folder from elsewhere is left as it is.
 * @param command who does it, as it would be typed after `millwright`
 * @param stateOf see {@link AbandonedChanges}
 * @returns the ids of the jobs that were ended
 */
export async function reapJobs(root: string, command: readonly string[], stateOf?: StateReader): Promise<string[]> {
  const reaped: string[] = [];
  for (const id of await jobIds(root)) if (await reapJob(root, id, command, stateOf)) reaped.push(id);
  await closeAbandonedChanges(root, { detailOf: deathText, stateOf });
  return reaped;
}

/** Ends one job if it died; true when this call did it. */
export async function reapJob(root: string, id: string, command: readonly string[], stateOf?: StateReader): Promise<boolean> {
  const deadRecord = async (): Promise<JobRecord | undefined> =>
    (await readJobResult(root, id)) === undefined ? readJobRecord(root, id) : undefined;
  const found = await deadRecord();
  if (found === undefined || !(await isOwnJob(root, found))) return false;
  using dead = await backendOf(found).reap(root, found);
  const record = dead === undefined ? undefined : await deadRecord();
  if (dead === undefined || record?.environment === undefined) return false; // it lives, or somebody else is ending it, or has
  const log = { root, user: currentUser(), environment: record.environment, jobId: undefined, secrets: [] };
  return await repair(
    { ...log, command: ['millwright', ...command].join(' ') },
    {
      describe: { operation: 'job.end', resources: [`job ${id}`] },
      apply: async () => {
        await endDeadJob(root, id, dead, stateOf);
        return { value: true };
      },
    },
  );
}

async function endDeadJob(root: string, id: string, dead: DeadJob, stateOf: StateReader | undefined): Promise<void> {
  const paths = jobPaths(root, id);
  const cancelled = existsSync(paths.cancel);
  const events = await readJobEvents(root, id);
  await dead.endChildren(events);
  await endOpenWork(root, id, { cancelled, events, stateOf });
  for (const stage of runningStages(events)) {
    const state = cancelled ? ('cancelled' as const) : ('failed' as const);
    await appendJsonLine(paths.events, { at: Date.now(), type: 'stage', stage, state, reason: deathText() });
  }
  await writeAtomic(paths.result, JSON.stringify(deathResult(cancelled, Date.now())));
}

export interface OpenWork {
  readonly cancelled: boolean;
  /** The job's events: runs that they name are ended besides those that carry the job's tag. */
  readonly events?: readonly JobEvent[];
  readonly stateOf?: StateReader | undefined;
}

/** Ends what processes of a job left open when they died: runs and changes. The job itself calls it too, when it has ended. */
export async function endOpenWork(root: string, jobId: string, { cancelled, events = [], stateOf }: OpenWork): Promise<void> {
  await endRuns(root, jobId, events, cancelled ? undefined : deathError());
  const detailOf = (owner: string | undefined): string => (owner === jobId && cancelled ? 'cancelled' : deathText());
  await closeAbandonedChanges(root, { deadJob: jobId, detailOf, stateOf });
}

function deathText(): string {
  return t('The process ended before it had finished.');
}

/** The result of a job that could not write one itself. */
export function deathResult(cancelled: boolean, endedAt: number): JobResult {
  if (cancelled) return { version: 1, state: 'cancelled', endedAt, exitCode: exitCodes.cancelled };
  return { version: 1, state: 'failed', endedAt, exitCode: exitCodes.internal, error: deathError() };
}

function deathError(): ErrorRecord {
  return {
    code: 'jobs.died',
    kind: 'internal',
    message: t('The job ended without a result: its process was killed, or the machine went down.'),
    remedy: t('Run it again; stages that were completed are taken from the cache.'),
  };
}

/**
 * Runs are found by their tag as well as by the events: a job may die between opening a run and saying so.
 * @param failure undefined: the job was cancelled
 */
async function endRuns(root: string, jobId: string, events: readonly JobEvent[], failure: ErrorRecord | undefined): Promise<void> {
  await using reader = openStore({ root }).tracking();
  const ids = events.flatMap((event) => (event.type === 'run' ? [event.runId] : []));
  const tagged = await collectItems(async (page) => reader.summaries({ tags: { [jobTag]: jobId }, page }));
  const recorded = await collectItems(async (page) => reader.summaries({ ids, page }));
  const open = new Set([...tagged, ...recorded].flatMap(({ id, status }) => (status === 'RUNNING' ? [id] : [])));
  if (open.size === 0) return;
  await using writer = openStoreWriter({ root }).tracking();
  for (const id of open) {
    if (failure !== undefined) await writer.log(id, { tags: failureTags(AppError.fromRecord(failure)) });
    await writer.endRun(id, failure === undefined ? 'KILLED' : 'FAILED', Date.now());
  }
}

function runningStages(events: readonly JobEvent[]): string[] {
  const states = new Map(events.flatMap((event) => (event.type === 'stage' ? [[event.stage, event.state] as const] : [])));
  return [...states].flatMap(([stage, state]) => (state === 'running' || state === 'waiting' ? [stage] : []));
}
