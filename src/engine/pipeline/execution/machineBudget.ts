/** What a job may take of the machine, and how stages share it. */
import { availableParallelism, totalmem } from 'node:os';
import type { Budget } from '../../../protocol/stageContext.ts';

/** The rest is for the editor and the system. */
const memoryShare = 0.6;

/** All cores that this process may use, and most of the memory that the machine or its container has. */
export function machineBudget(): Budget {
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { threads: availableParallelism(), memoryBytes: Math.floor(memory * memoryShare) };
}

/**
 * The part of the free budget for one of the stages that can start now. A share is at least one core.
 * @param free cores that no running stage has
 * @param ready stages that wait for a share, this one included
 */
export function shareOf(total: Budget, free: number, ready: number): Budget {
  const threads = Math.max(1, Math.floor(free / Math.max(1, ready)));
  return { threads, memoryBytes: Math.floor((total.memoryBytes * threads) / total.threads) };
}
