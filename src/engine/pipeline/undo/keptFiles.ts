/** Files kept for an undo before a change replaces them or takes them away, and what is there of them now. */
import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { AppError } from '../../../base/errors.ts';
import { isMissing, moveOver, resolveInside, temporaryBeside, writeFailure } from '../../../base/files.ts';
import { hashFile } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import { requirePlain } from '../../../base/plainPath.ts';
import { copyFile, removeTree } from '../../../base/trees.ts';
import type { PreparedUndo } from '../../safety/change.ts';
import { operationFolder, type UndoPlan } from '../../safety/operations.ts';
import type { UndoPerformer } from '../../safety/undo.ts';
import { projectPath } from '../records/projectPath.ts';

/** A file as it was before a change. */
const earlierFile = z.object({
  /** Relative to the project. */
  path: z.string(),
  /** The copy of the earlier content, relative to the project; null where there was no file. */
  kept: z.string().nullable(),
  /** SHA-256 of the copy; absent in undos of earlier versions. */
  digest: z.string().optional(),
});
type EarlierFile = z.infer<typeof earlierFile>;

const undoKind = 'files.restore';

/**
 * Keeps files as they are. What cannot be copied, a folder of this name for one, must not be written over.
 * @param paths absolute, inside the project
 * @throws AppError `files.…`
 */
export async function keepFiles(root: string, paths: readonly string[], operationId: string): Promise<PreparedUndo> {
  const folder = operationFolder(root, operationId);
  const files: EarlierFile[] = [];
  for (const [index, path] of paths.entries()) {
    const kept = join(folder, `earlier${index}`);
    const exists = existsSync(path);
    if (exists) {
      await copyFile(path, kept).catch((error: unknown) => {
        throw writeFailure(path, error);
      });
    }
    files.push({
      path: projectPath(root, path),
      ...(exists ? { kept: projectPath(root, kept), digest: await hashFile(kept) } : { kept: null }),
    });
  }
  return { kind: undoKind, args: { files }, state: async () => stateOf(root, files) };
}

/** Puts kept files back, and takes those away that were not there. */
function restoreFiles(root: string): UndoPerformer {
  return {
    state: async (args) => stateOf(root, filesIn(args)),
    prepareUndo: async (args, operationId) =>
      keepFiles(root, await Promise.all(filesIn(args).map(async ({ path }) => resolveInside(root, path))), operationId),
    perform: async (args) => {
      const files = filesIn(args);
      for (const file of files) await requireKept(root, file); // all, before the first is put back
      for (const file of files) await restoreFile(root, file);
    },
  };
}

export const fileUndo = (root: string): Readonly<Record<string, UndoPerformer>> => ({ [undoKind]: restoreFiles(root) });

function filesIn(args: UndoPlan['args']): readonly EarlierFile[] {
  const files = z.array(earlierFile).safeParse(args.files);
  if (files.success) return files.data;
  throw new AppError('undo.damaged', t('The stored undo lacks {name}.', { name: 'files' }), { args: { name: 'files' } });
}

/** SHA-256 of each file, by path; null where there is none. */
async function stateOf(root: string, files: readonly EarlierFile[]): Promise<Record<string, string | null>> {
  const states = files.map(async ({ path }) => {
    return [path, await digestIfPresent(await resolveInside(root, path))] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/** @throws AppError `undo.keptGone` where the copy is not there any more, or is not what was kept */
async function requireKept(root: string, { path, kept, digest }: EarlierFile): Promise<void> {
  if (kept === null) return;
  const found = await digestIfPresent(resolve(root, kept));
  if (found !== null && (digest === undefined || digest === found)) return;
  const args = { path, kept };
  throw new AppError(
    'undo.keptGone',
    found === null
      ? t('What {path} held before was kept in {kept}, which is no longer there.', args)
      : t('What {path} held before was kept in {kept}, which somebody has changed since.', args),
    { args, remedy: t('Nothing was taken back. Make the earlier content again, or restore it from a backup.') },
  );
}

async function digestIfPresent(file: string): Promise<string | null> {
  requirePlain(file);
  return hashFile(file).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
}

async function restoreFile(root: string, { path, kept }: EarlierFile): Promise<void> {
  const target = await resolveInside(root, path);
  if (kept === null) {
    await removeTree(target);
    return;
  }
  const temporary = temporaryBeside(target);
  try {
    await copyFile(resolve(root, kept), temporary);
    await moveOver(temporary, target);
  } catch (error) {
    await removeTree(temporary).catch(() => undefined); // the first failure is the one to report
    throw writeFailure(target, error);
  }
}
