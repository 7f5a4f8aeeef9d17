/** A store of MLflow's older kind beside ours, which MLflow then takes for the project's. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactsFolder } from '../../protocol/tables/storedNames.ts';

/**
 * Whether MLflow 3.7 and newer, started in the folder without a word about its store, would take `mlruns` and leave
 * `mlflow.db` aside: where a folder named by digits holds a `meta.yaml`, as its own test goes.
 */
export async function hasFileStore(root: string): Promise<boolean> {
  const folder = join(root, artifactsFolder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []); // not there, or not for us: MLflow decides the same way
  for (const entry of entries) {
    if (entry.isDirectory() && /^\d+$/.test(entry.name) && (await exists(join(folder, entry.name, 'meta.yaml')))) return true;
  }
  return false;
}

/** A link counts wherever it leads. */
async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
