/** Results that somebody has edited: kept aside before a stage puts its own back, so that nothing is lost. */
import { join, relative } from 'node:path';
import { isMissing, resolveInside, writeFailure } from '../../../base/files.ts';
import { t } from '../../../base/localize.ts';
import { statePath } from '../../../base/stateFolder.ts';
import { copyTree } from '../../../base/trees.ts';
import { digestPath } from './pathDigest.ts';
import type { StageExecution } from './stageResult.ts';
import type { RememberedStage } from './stageState.ts';

/**
 * Paths of outputs that are neither as the stage made them last, nor as they are to be; those that are gone are none. What an
 * execution that failed has left is no edit either.
 * @param remembered what the stage made last
 * @param standing what is to be put back; undefined where the stage runs anew
 */
export async function findEdited(
  root: string,
  { completed, failed }: RememberedStage,
  standing?: StageExecution,
): Promise<readonly string[]> {
  const edited: string[] = [];
  for (const { path, digest } of failed === undefined ? (completed?.outputs ?? []) : []) {
    const present = await digestPath(root, join(root, path)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    const expected = [digest, standing?.outputs.find((output) => output.path === path)?.digest];
    if (present !== undefined && !expected.includes(present.digest)) edited.push(path);
  }
  return edited;
}

/**
 * Copies edited outputs to a folder of their own.
 * @returns a sentence for each, with its place
 * @throws AppError `files.diskFull`, `files.notWritable`
 */
export async function keepEdited(root: string, edited: readonly string[], at: Date = new Date()): Promise<string[]> {
  const folder = statePath(root, 'edited', at.toISOString().replaceAll(':', '-'));
  const sentences: string[] = [];
  for (const path of edited) {
    const kept = join(folder, path);
    try {
      await copyTree(await resolveInside(root, path), kept);
    } catch (error) {
      throw writeFailure(kept, error);
    }
    const place = relative(root, kept).replaceAll('\\', '/');
    sentences.push(t('{path} was edited since the stage made it, and is replaced; the edited one lies at {place}.', { path, place }));
  }
  return sentences;
}
