/** A store of MLflow's older kind beside ours, which MLflow then takes for the project's. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether MLflow 3.7 and newer, started in the folder without a word about its store, would take `mlruns` and leave
 * `mlflow.db` aside: where a folder named by digits holds a `meta.yaml`, as its own test goes.
 */
export function hasFileStore(root: string): boolean {
  const folder = join(root, 'mlruns');
  try {
    const experiments = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name));
    return experiments.some(({ name }) => lstatSync(join(folder, name, 'meta.yaml'), { throwIfNoEntry: false }) !== undefined);
  } catch {
    return false; // not there, or not for us: MLflow decides the same way
  }
}
