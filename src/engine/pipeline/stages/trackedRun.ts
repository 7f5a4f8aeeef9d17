/** What every kind of stage shares while it is executed. */
import { isCancelled } from '../../../base/abort.ts';
import { AppError, errorText, toErrorRecord } from '../../../base/errors.ts';
import { makeFolder } from '../../../base/files.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { removeTree } from '../../../base/trees.ts';
import type { RunSummary } from '../../../protocol/run.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';
import { change, type Change, type ChangeOutcome } from '../../safety/change.ts';
import { createMask, maskErrorRecord } from '../../safety/masking.ts';
import { openStoreWriter } from '../../stores/openStoreWriter.ts';
import type { NewRun, TrackingWriter } from '../../tracking/store/trackingStore.ts';
import { failureTags } from '../../tracking/runs/tags.ts';
import type { ModelSource } from '../models/modelSource.ts';
import type { StageTask } from './stageContract.ts';
import { operationTag, stageTag } from '../../../protocol/tables/storedNames.ts';

export interface ExecutionContext extends StageContext {
  /** A process of the user's was started. */
  readonly onChild: (child: { readonly pid: number; readonly processStartTime: string | undefined }) => void;
  /** A tracked run was opened. */
  readonly onRun: (runId: string) => void;
}

/** What of registered models could not be compared with what was registered: said where they are used. */
export function uncheckedNotes(models: readonly ModelSource[], context: ExecutionContext): string[] {
  const notes = [...new Set(models.flatMap(({ unchecked }) => unchecked ?? []))];
  for (const note of notes) context.log('warning', note);
  return notes;
}

/** A folder for unfinished files, gone when the work ends. */
export async function withWorkFolder<T>(root: string, name: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = statePath(root, 'work', name);
  await removeTree(folder);
  await makeFolder(folder);
  try {
    return await work(folder);
  } finally {
    await removeTree(folder);
  }
}

/** A run that was opened, with the means to log to it. */
export interface OpenRun {
  readonly run: RunSummary;
  readonly writer: TrackingWriter;
  readonly operationId: string;
}

/**
 * Makes a change that is a tracked run: opens the run, does the work, and ends the run as the work ended.
 * The run carries the operation's tag, so that its undo finds it, and the job's, so that whoever reaps the job does.
 */
export async function changeWithRun<T>(
  task: StageTask,
  planned: Omit<Change<T>, 'apply'>,
  context: ExecutionContext,
  work: (open: OpenRun) => Promise<ChangeOutcome<T>>,
): Promise<T> {
  return change(task.audit, {
    ...planned,
    apply: async (operationId) => {
      await using writer = openStoreWriter(task.project).tracking();
      const opening = openingOf(task, operationId, task.stage);
      return await whileRunning(task, { writer, opening }, context, async (run) => work({ run, writer, operationId }));
    },
  });
}

/** Does work that is a run nested in another, of the same change. */
export async function withNestedRun<T>(
  task: StageTask,
  { run: parent, writer, operationId }: OpenRun,
  { name, context }: { readonly name: string; readonly context: ExecutionContext },
  work: (open: OpenRun) => Promise<T>,
): Promise<T> {
  const opening = { ...openingOf(task, operationId, name), parentId: parent.id };
  return whileRunning(task, { writer, opening }, context, async (run) => work({ run, writer, operationId }));
}

function openingOf({ project, stage, audit, tags }: StageTask, operationId: string, name: string): NewRun {
  return {
    experiment: project.experiment,
    name,
    startedAt: Date.now(),
    user: audit.user,
    tags: { ...tags, [stageTag]: stage, [operationTag]: operationId },
  };
}

async function whileRunning<T>(
  { audit, stage }: StageTask,
  { writer, opening }: { readonly writer: TrackingWriter; readonly opening: NewRun },
  context: ExecutionContext,
  work: (run: RunSummary) => Promise<T>,
): Promise<T> {
  const run = await writer.createRun(opening);
  context.onRun(run.id);
  try {
    const result = await work(run);
    await writer.endRun(run.id, 'FINISHED', Date.now());
    return result;
  } catch (error) {
    await endFailed(writer, run.id, { error, stage, secrets: audit.secrets }).catch((later: unknown) => {
      context.log('error', errorText(toErrorRecord(later))); // the first failure is the one to report
    });
    throw error;
  }
}

/** A failed run keeps the reason; nothing of it is secret. */
async function endFailed(
  writer: TrackingWriter,
  runId: string,
  { error, stage, secrets }: { readonly error: unknown; readonly stage: string; readonly secrets: readonly string[] },
): Promise<void> {
  if (isCancelled(error)) {
    await writer.endRun(runId, 'KILLED', Date.now());
    return;
  }
  const record = maskErrorRecord(toErrorRecord(error), createMask(secrets));
  await writer.log(runId, { tags: failureTags(AppError.fromRecord({ ...record, args: { stage, ...record.args } })) });
  await writer.endRun(runId, 'FAILED', Date.now());
}
