/** Locations of a store that was moved or copied with its project, brought in line with where it lies now, for MLflow's sake. */
import { existsSync } from 'node:fs';
import { movedArtifacts } from '../artifacts/artifacts.ts';
import type { Transaction } from './databaseWriter.ts';
import { asText } from './mlflowDatabase.ts';

/** Where MLflow keeps locations of artifacts: table, column, and the column that names a row. */
const places = [
  ['runs', 'artifact_uri', 'run_uuid'],
  ['model_versions', 'source', 'rowid'],
  ['model_versions', 'storage_location', 'rowid'],
  ['logged_models', 'artifact_location', 'model_id'],
] as const;

/**
 * MLflow stores absolute locations. Those that lie outside of the project's folder, of artifacts that lie in it, are written
 * anew: a moved project is whole again, and a copy no longer means the original's files. Locations elsewhere stay.
 */
export function relocateArtifacts(transaction: Transaction): void {
  const { root, tables } = transaction;
  const experiments = transaction.all('SELECT experiment_id AS id, artifact_location AS location FROM experiments');
  const strangers = experiments.filter(({ location }) => movedArtifacts(root, asText(location) ?? '') !== undefined);
  if (strangers.length === 0) return;
  let relocated = 0;
  for (const [table, column, key] of places) {
    if (tables.get(table)?.has(column) !== true) continue;
    for (const row of transaction.all(`SELECT ${key} AS id, ${column} AS location FROM ${table}`)) {
      const moved = movedArtifacts(root, asText(row.location) ?? '');
      if (moved === undefined || !existsSync(moved.path)) continue;
      relocated += transaction.run(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`, moved.location, row.id ?? null);
    }
  }
  if (relocated === 0) return;
  for (const { id, location } of strangers) {
    const moved = movedArtifacts(root, asText(location) ?? '');
    if (moved !== undefined)
      transaction.run('UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?', moved.location, id ?? null);
  }
}
