/** Bounds what a project's runs leave behind. The audit log, runs and models are never touched. */
import { join } from 'node:path';
import { statePath } from '../../base/stateFolder.ts';
import { namesIn, removeTree } from '../../base/trees.ts';
import { cleanJobs } from '../jobs/cleanJobs.ts';
import { reapJobs } from '../jobs/reapJobs.ts';
import { takeRunLock } from '../jobs/runLock.ts';
import { cleanCache } from './records/cacheStore.ts';
import { cleanCheckpoints } from './records/stageCheckpoints.ts';
import { dropTornWrites } from './records/tornWrites.ts';
import { undoStates } from './undo/undoPerformers.ts';

export interface CleanBounds {
  /** How many ended jobs to keep, the newest. */
  readonly keepJobs: number;
  readonly cacheBytes: number;
}

export interface Cleaned {
  readonly jobs: number;
  readonly cacheEntries: number;
  /** Stages whose interrupted training nobody took up again. */
  readonly checkpoints: number;
  /** Freed by the cache. */
  readonly bytes: number;
}

/** An interrupted training may be taken up again within a week. */
const checkpointAgeMs = 7 * 86_400_000;

/** @throws AppError `project.busy` while a run has the project */
export async function cleanProject(root: string, { keepJobs, cacheBytes }: CleanBounds): Promise<Cleaned> {
  using held = new DisposableStack();
  held.use(await takeRunLock(root, { jobId: '', wait: false }));
  await dropTornWrites(root);
  await reapJobs(root, ['clean'], undoStates(root));
  const jobs = await cleanJobs(root, { keep: keepJobs });
  const { entries, bytes } = await cleanCache(root, { maxBytes: cacheBytes });
  const checkpoints = await cleanCheckpoints(root, { maxAgeMs: checkpointAgeMs });
  for (const name of await namesIn(statePath(root, 'work'))) await removeTree(join(statePath(root, 'work'), name));
  return { jobs: jobs.length, cacheEntries: entries, checkpoints, bytes };
}
