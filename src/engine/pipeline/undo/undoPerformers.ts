/** Every kind of undo that a project's changes prepare, gathered for `undoChange`. */
import * as z from 'zod';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ModelVersion } from '../../../protocol/model.ts';
import type { RunSummary } from '../../../protocol/run.ts';
import { aliasUndo } from '../../stores/aliases.ts';
import { openStore } from '../../stores/openStore.ts';
import { openStoreWriter } from '../../stores/openStoreWriter.ts';
import type { PreparedUndo, StateReader } from '../../safety/change.ts';
import type { UndoPlan } from '../../safety/operations.ts';
import { statesBy, undoText, type UndoPerformer, type UndoPerformers } from '../../safety/undo.ts';
import { collectItems } from '../../tracking/store/pages.ts';
import { fileUndo } from './keptFiles.ts';

type Args = UndoPlan['args'];

/**
 * @param root real path of the project folder
 */
export function undoPerformers(root: string): UndoPerformers {
  return {
    ...aliasUndo(root),
    'run.delete': deleteRun(root),
    'run.restore': restoreRun(root),
    'version.delete': deleteVersion(root),
    'version.restore': restoreVersion(root),
    ...fileUndo(root),
  };
}

/** What there is now of what any of the project's undos would take back. */
export function undoStates(root: string): StateReader {
  return statesBy(undoPerformers(root));
}

function deleteRun(root: string): UndoPerformer {
  return {
    state: async (args) => runState(root, args),
    prepareUndo: (args) => planned(root, 'run.restore', args),
    perform: async (args) => {
      const runs = await taggedRuns(root, args, false);
      await refuseRegistered(root, runs);
      await using writer = openStoreWriter({ root }).tracking();
      for (const { id } of runs) await writer.deleteRun(id);
    },
  };
}

function restoreRun(root: string): UndoPerformer {
  return {
    state: async (args) => runState(root, args),
    prepareUndo: (args) => planned(root, 'run.delete', args),
    perform: async (args) => {
      const runs = await taggedRuns(root, args, true);
      await using writer = openStoreWriter({ root }).tracking();
      for (const { id } of runs) await writer.restoreRun(id);
    },
  };
}

function planned(root: string, kind: string, { tag, value }: Args): PreparedUndo {
  const args = { tag: tag ?? null, value: value ?? null };
  return { kind, args, state: async () => runState(root, args) };
}

/** The runs of a change, and whether they are deleted. */
async function runState(root: string, args: Args): Promise<Readonly<Record<string, boolean>>> {
  await using reader = openStore({ root }).tracking();
  const tags = { [undoText(args, 'tag')]: undoText(args, 'value') };
  const runs = await collectItems(async (page) => reader.summaries({ tags, includeDeleted: true, page }));
  return Object.fromEntries(runs.map(({ id, deleted }) => [id, deleted]));
}

/** The run of a change, and those nested in it. */
async function taggedRuns(root: string, args: Args, deleted: boolean): Promise<readonly RunSummary[]> {
  await using reader = openStore({ root }).tracking();
  const tags = { [undoText(args, 'tag')]: undoText(args, 'value') };
  const tagged = await collectItems(async (page) => reader.summaries({ tags, includeDeleted: true, page }));
  const runs = tagged.filter((candidate) => candidate.deleted === deleted);
  if (runs.length > 0) return runs;
  throw new AppError('undo.targetGone', t('The run of this change is no longer there.'), {
    remedy: t('It was deleted or restored by other means; there is nothing left to undo.'),
  });
}

/** A registered version must not name a run that is gone. */
async function refuseRegistered(root: string, runs: readonly RunSummary[]): Promise<void> {
  await using reader = openStore({ root }).registry();
  const registered = (await reader.versions({ runIds: runs.map(({ id }) => id), limit: 1 })).items[0];
  if (registered === undefined) return;
  const args = { model: registered.model, version: registered.version };
  throw new AppError('undo.runInUse', t('The model of this run is registered as version {version} of {model}.', args), {
    args,
    remedy: t('Undo the registration first: its line comes after this one in the audit log.'),
  });
}

function deleteVersion(root: string): UndoPerformer {
  return {
    state: async (args) => versionState(root, args),
    prepareUndo: async (args): Promise<PreparedUndo> => {
      const { description, runId, stage, tags, model, version, createdAt, source } = await unusedVersion(root, args);
      const own = { description: description ?? null, runId: runId ?? null, stage: stage ?? null };
      const stored = { model, version, createdAt, source, aliases: [], tags: { ...tags }, ...own };
      return { kind: 'version.restore', args: { ...args, version: stored }, state: async () => versionState(root, args) };
    },
    perform: async (args) => {
      const { model, version } = await unusedVersion(root, args);
      await using writer = openStoreWriter({ root }).registry();
      await writer.deleteVersion(model, version);
    },
  };
}

/** Gives a version back that an undo deleted. */
function restoreVersion(root: string): UndoPerformer {
  return {
    state: async (args) => versionState(root, args),
    prepareUndo: ({ model, tag, value }): PreparedUndo => {
      const args = { model: model ?? null, tag: tag ?? null, value: value ?? null };
      return { kind: 'version.delete', args, state: async () => versionState(root, args) };
    },
    perform: async (args) => {
      await using writer = openStoreWriter({ root }).registry();
      await writer.restoreVersion(versionIn(args));
    },
  };
}

const storedVersion = z.object({
  model: z.string(),
  version: z.int(),
  createdAt: z.number(),
  description: z.string().nullable(),
  runId: z.string().nullable(),
  source: z.string(),
  tags: z.record(z.string(), z.string()),
  /** Absent in undos of earlier versions. */
  stage: z.string().nullable().optional(),
});

function versionIn(args: Args): ModelVersion {
  const found = storedVersion.safeParse(args.version);
  if (!found.success)
    throw new AppError('undo.damaged', t('The stored undo lacks {name}.', { name: 'version' }), { args: { name: 'version' } });
  const { description, runId, stage, ...version } = found.data;
  const own = { description: description ?? undefined, runId: runId ?? undefined, stage: stage ?? undefined };
  return { ...version, ...own, status: 'READY', statusMessage: undefined, aliases: [] };
}

/** The number of the version that a change made; null where there is none. */
async function versionState(root: string, args: Args): Promise<number | null> {
  return (await madeVersion(root, args))?.version ?? null;
}

async function madeVersion(root: string, args: Args): Promise<ModelVersion | undefined> {
  await using reader = openStore({ root }).registry();
  const [model, tag, value] = [undoText(args, 'model'), undoText(args, 'tag'), undoText(args, 'value')];
  return (await reader.versions({ model, tags: { [tag]: value }, limit: 1 })).items[0];
}

async function unusedVersion(root: string, args: Args): Promise<ModelVersion> {
  const model = undoText(args, 'model');
  const version = await madeVersion(root, args);
  if (version === undefined) {
    throw new AppError('undo.targetGone', t('The version of {model} that this change made is no longer there.', { model }), {
      args: { model },
    });
  }
  if (version.aliases.length > 0) {
    const aliases = version.aliases.join(', ');
    const args_ = { model, version: version.version, aliases };
    throw new AppError('undo.versionInUse', t('Version {version} of {model} is in use as {aliases}.', args_), {
      args: args_,
      remedy: t('Undo the alias first: its line comes after this one in the audit log.'),
    });
  }
  return version;
}
