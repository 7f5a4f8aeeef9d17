/** The undo that stages prepare, as plain values; {@link file://./undoPerformers.ts} performs them. */
import type { UndoPlan } from '../../safety/operations.ts';

/** Deletes (as MLflow does: restorably) the run that carries a tag. */
export function runDeletion(tag: string, value: string): UndoPlan {
  return { kind: 'run.delete', args: { tag, value } };
}

/** Deletes the version of a model that carries a tag. */
export function versionDeletion(model: string, tag: string, value: string): UndoPlan {
  return { kind: 'version.delete', args: { model, tag, value } };
}
