/** Each stage's latest completed execution and latest failure, for explanations and views: `.millwright/stages/<name>.json`. */
import * as z from 'zod';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { writeAtomic } from '../../../base/files.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { executionSchema, type StageExecution } from './stageResult.ts';

const stateSchema = z.object({
  version: z.literal(1),
  completed: executionSchema.optional(),
  failed: z.object({ at: z.number(), key: z.string(), message: z.string(), runId: z.string().optional() }).optional(),
});

export interface StageFailure {
  readonly at: number;
  readonly key: string;
  readonly message: string;
  /** The run that has a report on it: an evaluation whose gate stayed shut. */
  readonly runId?: string | undefined;
}

export interface RememberedStage {
  readonly completed: StageExecution | undefined;
  /** Of the newest execution, where that failed. */
  readonly failed: StageFailure | undefined;
}

function path(root: string, stage: string): string {
  return statePath(root, 'stages', `${encodeURIComponent(stage)}.json`);
}

export async function readStageState(root: string, stage: string): Promise<RememberedStage> {
  const text = await readIfPresent(path(root, stage));
  try {
    const state = text === undefined ? undefined : stateSchema.parse(JSON.parse(text));
    return { completed: state?.completed, failed: state?.failed };
  } catch {
    return { completed: undefined, failed: undefined }; // of another version: the cache still knows what is unchanged
  }
}

export async function saveStageState(root: string, stage: string, state: RememberedStage): Promise<void> {
  await writeAtomic(path(root, stage), JSON.stringify({ version: 1, ...state }));
}
