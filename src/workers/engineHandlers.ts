/** How the engine process answers the editor. */
import type { Contract, Handlers, Remote, RequestOptions } from '../protocol/contracts/contract.ts';
import type { engineContract, engineEvents, StartRun } from '../protocol/contracts/engineContract.ts';
import type { Job, JobResult } from '../protocol/job.ts';
import { AppError } from '../base/errors.ts';
import { t } from '../base/localize.ts';
import { cancelJob } from '../engine/jobs/cancelJob.ts';
import { followJob } from '../engine/jobs/followJob.ts';
import { readJob } from '../engine/jobs/listJobs.ts';
import { reapJobs } from '../engine/jobs/reapJobs.ts';
import { startDetachedJob } from '../engine/jobs/startDetachedJob.ts';
import { undoStates } from '../engine/pipeline/undo/undoPerformers.ts';
import { createProject } from '../engine/proposal/createProject.ts';
import { findProjects } from './findProjects.ts';
import type { IdleExit } from './idleExit.ts';
import { ProjectWatch } from './projectWatch.ts';
import { dataContract, storeContract } from './queryContract.ts';
import { QueryThread } from './queryThread.ts';

/** How the audit log names what the editor does by itself. */
const editor = ['(editor)'];

export interface EngineServices {
  readonly events: Remote<typeof engineEvents>;
  readonly isTrusted: () => boolean;
  readonly onTrusted: () => void;
  readonly idle: IdleExit;
}

export function createEngineHandlers({ events, isTrusted, onTrusted, idle }: EngineServices): Handlers<typeof engineContract> {
  const onFault = (error: unknown): void => {
    events.log({ level: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  const stores = new QueryThread({ isTrusted, onFault });
  const data = new QueryThread({ isTrusted, onFault });
  const watching = new Map<string, ProjectWatch>();
  let awake: Disposable | undefined;

  const watch = (roots: readonly string[]): void => {
    for (const [root, watcher] of watching) {
      if (roots.includes(root)) continue;
      watcher[Symbol.dispose]();
      watching.delete(root);
    }
    for (const root of roots) {
      if (watching.has(root)) continue;
      watching.set(
        root,
        new ProjectWatch(root, (parts) => {
          events.changed({ root, parts });
        }),
      );
    }
    const before = awake;
    awake = watching.size === 0 ? undefined : idle.hold();
    before?.[Symbol.dispose]();
  };

  return {
    ...forwards(storeContract, stores),
    ...forwards(dataContract, data),
    projects: ({ folders }) => findProjects(folders),
    watch: ({ roots }) => {
      watch(roots);
      return null;
    },
    pipeline: async (params, signal) => {
      if (isTrusted()) await reapJobs(params.root, editor, undoStates(params.root));
      const pipeline = await stores.calls.pipeline(params, { signal });
      if (pipeline.reads !== undefined) watching.get(params.root)?.alsoWatch(pipeline.reads);
      return pipeline;
    },
    followJob: ({ root, jobId }, signal) => follow(root, jobId, events, signal),
    startRun: (request, signal) => startRun(request, signal),
    cancelJob: async ({ root, jobId }) => {
      await cancelJob(root, jobId, undoStates(root));
      return null;
    },
    setAlias: async (params) => {
      await reapJobs(params.root, editor, undoStates(params.root));
      return stores.calls.setAlias(params);
    },
    deleteAlias: async (params) => {
      await reapJobs(params.root, editor, undoStates(params.root));
      return stores.calls.deleteAlias(params);
    },
    editProject: async ({ text, edit }) => (await import('../engine/project/editProject.ts')).editProject(text, edit),
    createProject: async ({ root, yaml }) => ({ file: (await createProject(root, yaml)).file }),
    trustGranted: () => {
      onTrusted();
      stores.grantTrust();
      data.grantTrust();
    },
  };
}

/** Handlers that pass each question on to a thread. */
function forwards<C extends Contract>(contract: C, thread: { readonly calls: Remote<C> }): Handlers<C> {
  const pass = (name: string) => (params: unknown, signal: AbortSignal) =>
    (thread.calls as Readonly<Record<string, (params: unknown, options: RequestOptions) => unknown>>)[name]?.(params, { signal });
  return Object.fromEntries(Object.keys(contract).map((name) => [name, pass(name)])) as unknown as Handlers<C>;
}

/** A run is a job of its own: it outlives this process. */
async function startRun(request: StartRun, signal: AbortSignal): Promise<Job> {
  const { root, stages = [], downstream, force, note, ticket, approvedBy } = request;
  const flags = [...(downstream === true ? ['--downstream'] : []), ...(force === true ? ['--force'] : [])];
  const options = Object.entries({ '--note': note, '--ticket': ticket, '--approved-by': approvedBy });
  const named = options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return startDetachedJob(root, ['run', ...stages, ...flags, ...named], { signal });
}

async function follow(root: string, jobId: string, events: Remote<typeof engineEvents>, signal: AbortSignal): Promise<JobResult> {
  for await (const event of followJob(root, jobId, { signal })) events.jobEvent({ root, jobId, event });
  const result = (await readJob(root, jobId))?.result;
  if (result !== undefined) return result;
  throw new AppError('jobs.noResult', t('Job {id} ended without a result.', { id: jobId }), { kind: 'internal', args: { id: jobId } });
}
