/** Bounds what jobs leave behind. */
import { removeTree } from '../../base/trees.ts';
import { isOwnJob, jobIds, jobPaths, readJobRecord, readJobResult } from './jobFolder.ts';
import { backendOf } from './backendOf.ts';

/** A folder without a record that is younger than this may be that of a process still starting. */
const startingMs = 600_000;

export interface JobBounds {
  /** How many ended jobs to keep, the newest. */
  readonly keep: number;
}

/** Drops the folders of older jobs that have ended. @returns the ids that were dropped */
export async function cleanJobs(root: string, { keep }: JobBounds): Promise<string[]> {
  const ended: string[] = [];
  for (const id of (await jobIds(root)).reverse()) {
    const record = await readJobRecord(root, id);
    if (await backendOf(record).isAlive(root, id)) continue;
    const isJob = record !== undefined;
    const waitsToBeReaped = isJob && (await readJobResult(root, id)) === undefined && (await isOwnJob(root, record));
    const isStarting = !isJob && Date.now() - createdAt(id) < startingMs;
    if (!waitsToBeReaped && !isStarting) ended.push(id);
  }
  const dropped = ended.slice(keep);
  for (const id of dropped) await removeTree(jobPaths(root, id).folder);
  return dropped;
}

/** The time in a UUID version 7: its first 48 bits. */
function createdAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
