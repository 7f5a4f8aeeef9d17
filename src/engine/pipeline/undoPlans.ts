/** The undo that stages prepare, as plain values; {@link file://./undoPerformers.ts} performs them. */
import type { UndoPlan } from '../safety/operations.ts';

/** Deletes (as MLflow does: restorably) the run that carries a tag. */
export function runDeletion(tag: string, value: string): UndoPlan {
  return { kind: 'run.delete', args: { tag, value } };
}

/** Deletes the version of a model that carries a tag. */
export function versionDeletion(model: string, tag: string, value: string): UndoPlan {
  return { kind: 'version.delete', args: { model, tag, value } };
}

/** A file as it was before a change. */
export interface EarlierFile {
  /** Relative to the project. */
  readonly path: string;
  /** The copy of the earlier content, relative to the project; null where there was no file. */
  readonly kept: string | null;
}

/** Puts files back, and takes those away that were not there. */
export function fileRestoration(files: readonly EarlierFile[]): UndoPlan {
  return { kind: 'files.restore', args: { files: files.map(({ path, kept }) => ({ path, kept })) } };
}
